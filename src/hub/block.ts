/**
 * What is written to a stream in one piece, encoded once for all clients: as a chunk of HTTP/1.1, and bare for HTTP/2
 * and HTTP/1.0. Both are views of the same memory.
 *
 * Streams are chunked since a body that ends by closing looks whole when its server was killed (RFC 9112, 6.3 and 8):
 * clients that come back only after an error would stay away. The chunk is built here, once, and not by node:http,
 * which makes four writes of it for each client.
 */
import { eventText, type SseMessage } from '../sse/encoder.ts';

export interface Block {
  /** Chunk size, data and line end (RFC 9112, 7.1). */
  readonly chunk: Buffer;
  /** The data of the chunk: whole blocks of the stream. */
  readonly bare: Buffer;
}

const LINE_END = '\r\n';

/**
 * Encodes these messages, one block of the stream each.
 * @throws {UsageError} for a message that cannot be encoded
 */
export function encodeBlock(...messages: readonly SseMessage[]): Block {
  let text = '';
  for (const message of messages) text += eventText(message);
  const sizeBytes = Buffer.byteLength(text);
  const size = sizeBytes.toString(16) + LINE_END;
  const end = size.length + sizeBytes;
  const chunk = Buffer.allocUnsafe(end + LINE_END.length);
  chunk.write(size, 0, 'latin1');
  chunk.write(text, size.length, 'utf8');
  chunk.write(LINE_END, end, 'latin1');
  return { chunk, bare: chunk.subarray(size.length, end) };
}
