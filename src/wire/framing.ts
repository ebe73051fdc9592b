/**
 * Where the body of a response ends (RFC 9112, 6.3), decided once from its head.
 *
 * Stricter than the RFC lets a client be wherever two readers could disagree on the length: a stream that
 * a proxy may cut elsewhere than we do is a finding, not something to be lenient about.
 */
import { protocol, trimOws, type HeadFault } from './head.ts';
import type { ResponseHead } from './transport.ts';

/** Length in bytes; `chunked`; or `close`: it lasts until the server closes. */
export type BodyEnd = number | 'chunked' | 'close';

const DECIMAL = /^\d+$/;

/** The body's end, or why it cannot be told. For answers to anything but HEAD and CONNECT. */
export function bodyEnd(head: ResponseHead): BodyEnd | HeadFault {
  // 6.3 (1): no content "regardless of the header fields present in the message".
  if (head.statusCode === 204 || head.statusCode === 304) return 0;
  const coding = head.headers.get('transfer-encoding');
  const length = head.headers.get('content-length');
  if (coding !== undefined) {
    // 6.3 (3): both "ought to be handled as an error".
    if (length !== undefined) return protocol('both Transfer-Encoding and Content-Length');
    // 6.1: Transfer-Encoding in an HTTP/1.0 message: "the framing is faulty".
    if (head.httpVersion === '1.0') return protocol('Transfer-Encoding in an HTTP/1.0 response');
    return chunkedAlone(coding);
  }
  // 6.3 (8): a response without a declared length lasts until the connection closes.
  return length === undefined ? 'close' : declaredLength(length);
}

function chunkedAlone(field: string): BodyEnd | HeadFault {
  const codings = listElements(field);
  // 6.3 (4) would have us read an unchunked coding until the close, and 7.1 lets others come before chunked;
  // we offered no coding in TE (7.4), can decode none, and must not hand coded bytes on as the body.
  // 6.1: chunked must not be applied twice.
  if (codings.length === 1 && codings[0]?.toLowerCase() === 'chunked') return 'chunked';
  return protocol('Transfer-Encoding is not just "chunked"');
}

function declaredLength(field: string): BodyEnd | HeadFault {
  // 6.3 (5): invalid is unrecoverable, unless it is a list "and all values in the list are the same".
  const values = listElements(field);
  const bytes = Number(values[0]);
  if (values.length === 0 || !values.every((value) => DECIMAL.test(value))) return protocol('bad Content-Length');
  if (!Number.isSafeInteger(bytes)) return protocol('Content-Length above 2^53-1');
  if (values.some((value) => Number(value) !== bytes)) return protocol('two different values of Content-Length');
  return bytes;
}

/** RFC 9110, 5.6.1.2: empty list elements are to be ignored. */
function listElements(field: string): string[] {
  return field
    .split(',')
    .map(trimOws)
    .filter((element) => element !== '');
}
