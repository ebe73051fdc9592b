/** What a scraper asks an exporter for, read and checked: pure. */
import { quote } from '../core/printable.ts';
import { type AllowedTarget, isAllowedForHttps, isAllowedTarget } from '../options/values/allowed-target.ts';
import type { RefusalReason } from './exporter-figures.ts';

export interface ExporterRequest {
  target: URL;
  /** Name of the profile; null for the one that the exporter was started with. */
  profile: string | null;
  /** Whether the answer is what the probe saw, for a person, before the metrics. */
  isDebug: boolean;
}

export interface RequestRefusal {
  reason: RefusalReason;
  statusCode: number;
  message: string;
}

const PARAMETERS = ['target', 'profile', 'debug'];
const MAX_TARGET_LENGTH = 4000;

/** What the owner of an exporter lets its callers choose. */
export interface Allowance {
  readonly targets: readonly AllowedTarget[];
  /** Names of profiles: those that exist, and those that a caller may ask for. */
  readonly profiles: { readonly known: readonly string[]; readonly allowed: readonly string[] };
}

export function readExporterRequest(
  query: URLSearchParams,
  { targets, profiles }: Allowance,
): ExporterRequest | RequestRefusal {
  // A mistyped `profile` that is passed over would be a wrong answer for months.
  const unknown = [...query.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) return refusal(`${quote(unknown)} is not a parameter; use target, profile and debug`);
  const [target, ...others] = query.getAll('target');
  if (target === undefined || others.length > 0)
    return refusal('give one target: /probe?target=https://api.example.com/events');
  const [profile = null, ...more] = query.getAll('profile');
  if (more.length > 0 || (profile !== null && !profiles.known.includes(profile)))
    return refusal(`profile must be one of ${profiles.known.join(', ')}`);
  if (profile !== null && !profiles.allowed.includes(profile))
    return notAllowed(`--allow-profile does not allow the profile ${profile}`);
  const [debug = 'false', ...furtherDebug] = query.getAll('debug');
  if (furtherDebug.length > 0 || (debug !== 'true' && debug !== 'false')) return refusal('debug must be true or false');
  const url = readTarget(target, targets);
  return url instanceof URL ? { target: url, profile, isDebug: debug === 'true' } : url;
}

/** The target is not repeated in a refusal: a mistyped URL may hold a secret. */
function readTarget(target: string, targets: Allowance['targets']): URL | RequestRefusal {
  if (target.length > MAX_TARGET_LENGTH || !URL.canParse(target))
    return refusal('the target is not a URL; write it like https://api.example.com/events');
  const url = new URL(target);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return refusal('the target must begin with http:// or https://');
  if (url.username !== '' || url.password !== '')
    return refusal('the target contains user info; start the exporter with --bearer-env or --header instead');
  url.hash = '';
  if (!isAllowedTarget(url, targets))
    return notAllowed(
      isAllowedForHttps(url, targets)
        ? 'the target is allowed for https:// only (--allow-target http://HOST allows http://)'
        : '--allow-target does not allow this target',
    );
  return url;
}

function refusal(message: string): RequestRefusal {
  return { reason: 'bad-request', statusCode: 400, message };
}

function notAllowed(message: string): RequestRefusal {
  return { reason: 'not-allowed', statusCode: 403, message };
}

/** Prometheus says how long it waits; we answer before. */
const SCRAPE_MARGIN_MS = 500;
const MIN_BUDGET_MS = 100;

/**
 * How long a probe may take, in milliseconds.
 *
 * @param scrapeTimeout X-Prometheus-Scrape-Timeout-Seconds as it came
 * @param longestMs what the exporter was started with
 */
export function budgetFor(scrapeTimeout: string | undefined, longestMs: number): number {
  const scrapeMs = Number(scrapeTimeout) * 1000;
  if (!(scrapeMs > 0)) return longestMs;
  return Math.min(longestMs, Math.max(MIN_BUDGET_MS, scrapeMs - SCRAPE_MARGIN_MS));
}
