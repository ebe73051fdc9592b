/**
 * The body of a request, whole and as text, within a bound in bytes and in time.
 *
 * What is too long is not kept, but still read to its end: a connection that is closed over unread bytes is
 * reset, and the sender would never see why it was refused (RFC 9112, 9.6).
 */
import type { IncomingMessage } from 'node:http';

export type RequestBody =
  | { kind: 'text'; text: string }
  | { kind: 'too-large' }
  | { kind: 'too-slow' }
  /** Bytes that are no UTF-8, which is all that JSON between systems may be (RFC 8259, 8.1). */
  | { kind: 'not-utf8' }
  /** The sender left; there is nobody to answer. */
  | { kind: 'gone' };

export function readBody(
  req: IncomingMessage,
  { maxBytes, timeoutMs }: { maxBytes: number; timeoutMs: number },
): Promise<RequestBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let receivedBytes = 0;
    const settle = (body: RequestBody): void => {
      clearTimeout(timer);
      req.off('data', onData).off('end', onEnd).off('close', onClose);
      req.resume();
      resolve(body);
    };
    const onData = (chunk: Buffer): void => {
      receivedBytes += chunk.length;
      if (receivedBytes > maxBytes) settle({ kind: 'too-large' });
      else chunks.push(chunk);
    };
    const onEnd = (): void => settle(decoded(Buffer.concat(chunks)));
    const onClose = (): void => settle({ kind: 'gone' });
    const timer = setTimeout(() => settle({ kind: 'too-slow' }), timeoutMs);
    // What an error means is said by the `close` behind it.
    req.on('error', () => {});
    if (Number(req.headers['content-length'] ?? 0) > maxBytes) {
      settle({ kind: 'too-large' });
      return;
    }
    req.on('data', onData).on('end', onEnd).on('close', onClose);
  });
}

function decoded(bytes: Buffer): RequestBody {
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { kind: 'not-utf8' };
  }
}
