/**
 * Whether a response head begins an event stream, and if not, under which word it is refused (HTML standard,
 * 9.2.3: anything but 200 and `text/event-stream` fails the connection for good). Redirects are followed before
 * anybody asks.
 */
import type { Cause } from '../core/causes.ts';
import { codingOf } from '../wire/content-coding.ts';
import { mediaTypeOf } from '../wire/media-type.ts';
import type { ResponseHead } from '../wire/transport.ts';

export interface Refusal {
  cause: Cause;
  /** For people; may hold text of the server. */
  detail: string;
}

/** Null when it is a stream. */
export function refusalOf(head: ResponseHead): Refusal | null {
  if (head.statusCode === 204) return { cause: 'server-stop', detail: 'status 204' };
  if (head.statusCode !== 200) return { cause: 'http-status', detail: `status ${head.statusCode}` };
  if (mediaTypeOf(head) !== 'text/event-stream')
    return { cause: 'content-type', detail: head.headers.get('content-type') || 'no content-type' };
  const encoding = head.headers.get('content-encoding');
  if (encoding === undefined) return null;
  // The transport decodes what it can; that it cannot is known before the stream counts as open.
  const coding = codingOf(encoding);
  return typeof coding === 'object' && 'refusal' in coding ? { cause: 'decode', detail: coding.refusal } : null;
}
