/** What the answers of a probe show of the software that sent them, for advice that depends on it (findings/server-marks.ts). */
import { serverMarks } from '../findings/server-marks.ts';
import type { Observations } from './observations.ts';

export function marksSeen({ main, auxiliary }: Pick<Observations, 'main' | 'auxiliary'>): string {
  const wrong = auxiliary.get('wrongPath');
  return [main, wrong]
    .flatMap((listening) => {
      const head = listening?.head ?? null;
      return head === null ? [] : [serverMarks(head.headers, listening?.excerpt)];
    })
    .join('\n');
}
