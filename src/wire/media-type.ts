/**
 * The media type of a response, as fetch extracts it: type and subtype in small letters, without parameters (WHATWG
 * MIME sniffing, 4.4). Of several the last one that is a type counts (Fetch standard, 2.2.2, "extract a MIME type").
 */
import type { ResponseHead } from './transport.ts';

/** One value of a field that came several times, or was written as a list; commas in quotes part nothing. */
const LISTED = /(?:[^,"]|"(?:\\.|[^"\\])*"?)+/g;
const ESSENCE = /^[!#$%&'*+.^_`|~\da-z-]+\/[!#$%&'*+.^_`|~\da-z-]+$/;

/** Empty where the head names none. */
export function mediaTypeOf({ headers }: ResponseHead): string {
  let essence = '';
  for (const [value] of (headers.get('content-type') ?? '').matchAll(LISTED)) {
    const candidate = (value.split(';', 1)[0] ?? '').trim().toLowerCase();
    if (ESSENCE.test(candidate) && candidate !== '*/*') essence = candidate;
  }
  return essence;
}
