/**
 * What shows that a stream comes from a cache: its headers say so (RFC 9111, 5.1: Age), or the answer to a request is older
 * than the request. What `probe` and `soak` say of it.
 */
import { counted } from '../core/units.ts';

const STATUS_FIELDS = ['x-cache', 'cf-cache-status', 'x-cache-status', 'x-vercel-cache', 'x-proxy-cache'];

/** A server says the time of each answer (RFC 9110, 6.6.1), to the second, and some only once a second or two. */
export const SAME_DATE_MS = 3000;
/** A clock that stands still for ever is no cache. */
const PLAUSIBLE_MS = 86_400_000;

type Headers = ReadonlyMap<string, string>;

/** What one answer says of itself; null where it says nothing. Hostile text. */
export function cacheSign(headers: Headers): string | null {
  const age = headers.get('age') ?? '';
  if (/^\d+$/.test(age) && Number(age) > 0) return `Age: ${age}`;
  for (const name of STATUS_FIELDS) {
    const value = headers.get(name) ?? '';
    if (/\bhit\b/i.test(value)) return `${name}: ${value}`;
  }
  return null;
}

/** The time of an answer by its own word, as it is written; null where it has none that can be one. */
export function dateOf(headers: Headers, nowMs: number): string | null {
  const date = headers.get('date');
  if (date === undefined) return null;
  return Math.abs(Date.parse(date) - nowMs) < PLAUSIBLE_MS ? date : null;
}

export function sameDateSign(date: string): string {
  return `Date: ${date} again`;
}

export function cacheSays(sign: string, via: string | undefined): string {
  return `${sign}${via === undefined ? '' : ` (Via: ${via})`}`;
}

export function cachedStreamsSays(cached: number, opened: number, sign: string): string {
  return `${cached} of ${counted(opened, 'stream')} came from a cache, which sends a recording instead of the live stream: ${sign}`;
}

export const CACHED_ADVICE =
  'Send `Cache-Control: no-store`, and exclude the path in the CDN: clients get a recording instead of the live stream.';
