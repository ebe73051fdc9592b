/**
 * Whether a response head begins an event stream, and if not, under which word it is refused (HTML standard,
 * 9.2.3: anything but 200 and `text/event-stream` fails the connection for good). Redirects are followed before
 * anybody asks.
 */
import type { Cause } from '../core/causes.ts';
import { codingOf } from '../wire/content-coding.ts';
import type { ResponseHead } from '../wire/transport.ts';

export interface Refusal {
  cause: Cause;
  /** For people; may hold text of the server. */
  detail: string;
}

/** One value of a field that came several times, or was written as a list; commas in quotes part nothing. */
const LISTED = /(?:[^,"]|"(?:\\.|[^"\\])*"?)+/g;
const ESSENCE = /^[!#$%&'*+.^_`|~\da-z-]+\/[!#$%&'*+.^_`|~\da-z-]+$/;

/** Null when it is a stream. */
export function refusalOf(head: ResponseHead): Refusal | null {
  if (head.statusCode === 204) return { cause: 'server-stop', detail: 'status 204' };
  if (head.statusCode !== 200) return { cause: 'http-status', detail: `status ${head.statusCode}` };
  const contentType = head.headers.get('content-type') ?? '';
  if (essenceOf(contentType) !== 'text/event-stream')
    return { cause: 'content-type', detail: contentType || 'no content-type' };
  const encoding = head.headers.get('content-encoding');
  if (encoding === undefined) return null;
  // The transport decodes what it can; that it cannot is known before the stream counts as open.
  const coding = codingOf(encoding);
  return typeof coding === 'string' ? null : { cause: 'decode', detail: coding.refusal };
}

/**
 * Type and subtype; parameters and case do not matter (WHATWG MIME sniffing, 4.4). Of several the last one that
 * is a type counts (Fetch standard, 2.2.2, "extract a MIME type").
 */
function essenceOf(contentType: string): string {
  let essence = '';
  for (const [value] of contentType.matchAll(LISTED)) {
    const candidate = (value.split(';', 1)[0] ?? '').trim().toLowerCase();
    if (ESSENCE.test(candidate) && candidate !== '*/*') essence = candidate;
  }
  return essence;
}
