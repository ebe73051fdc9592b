/**
 * The figures of a profile as Prometheus metrics: `interTokenMs: { p50 }` of `openai` is
 * `probe_openai_inter_token_seconds{stat="p50"}`. Numbers alone, and of a distribution the statistics that have a
 * fixed name: whatever else there is may have been named by a server.
 */
import { type Family, inSeconds, type Sample } from '../exposition.ts';

const NAME = /^[a-z][A-Za-z\d]*$/;
const STATISTIC = /^(?:p\d{2,3}|min|max|mean|count)$/;

/** @param profile `name` and figures; nothing without a profile */
export function ofTheProfile(profile: Readonly<Record<string, unknown>> | undefined): Family[] {
  const profileName = profile?.['name'];
  if (profile === undefined || typeof profileName !== 'string' || !NAME.test(profileName)) return [];
  return Object.entries(profile).flatMap(([key, value]) => {
    const samples = NAME.test(key) ? samplesOf(value, key.endsWith('Ms')) : [];
    if (samples.length === 0) return [];
    const words = key.replace(/Ms$/, 'Seconds').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return [
      {
        name: `probe_${profileName}_${words}`,
        type: 'gauge',
        help: `Profile ${profileName}: ${words.replaceAll('_', ' ')}`,
        samples,
      },
    ];
  });
}

function samplesOf(value: unknown, isTime: boolean): Sample[] {
  if (typeof value === 'number') return [{ value: isTime ? inSeconds(value) : value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([stat, figure]) => {
    if (typeof figure !== 'number' || !STATISTIC.test(stat)) return [];
    return [{ labels: { stat }, value: isTime && stat !== 'count' ? inSeconds(figure) : figure }];
  });
}
