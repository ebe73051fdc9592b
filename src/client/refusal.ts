/**
 * Whether a response head begins an event stream, and if not, under which word it is refused (HTML standard,
 * 9.2.3: anything but 200 and `text/event-stream` fails the connection for good).
 */
import type { Cause } from '../core/causes.ts';
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
  const contentType = head.headers.get('content-type') ?? '';
  // The essence decides; parameters and case do not (WHATWG MIME sniffing, 4.4).
  const essence = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (essence !== 'text/event-stream') return { cause: 'content-type', detail: contentType || 'no content-type' };
  const encoding = (head.headers.get('content-encoding') ?? 'identity').toLowerCase();
  if (encoding !== 'identity') return { cause: 'decode', detail: `content-encoding ${encoding} was not asked for` };
  return null;
}
