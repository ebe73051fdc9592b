/**
 * A request as fields, for engines that write it themselves: read back from the bytes of `encodeRequest`.
 *
 * So that callers encode in one way for every transport. Text is latin1 throughout: one character for each
 * byte, which both engines write back as that byte, and a `Last-Event-ID` in UTF-8 arrives as it was.
 *
 * Refuses fields that belong to a connection, which in these transports is not the caller's.
 */
import { UsageError } from '../core/errors.ts';

export interface RequestFields {
  method: string;
  /** Origin-form: path and query. */
  path: string;
  /** Value of the Host field. */
  authority: string;
  /** All fields but Host, their names as they were written. */
  headers: ReadonlyArray<readonly [name: string, value: string]>;
  /** Body of the request; empty when there is none. */
  body: Buffer;
}

/**
 * Fields that "MUST NOT" be in a message of HTTP/2 (RFC 9113, 8.2.2): over a shared session they would end the
 * streams of other clients too.
 */
const CONNECTION_FIELDS = new Set(['connection', 'keep-alive', 'proxy-connection', 'upgrade', 'te', 'expect']);
const HEAD_END = '\r\n\r\n';

const known = new WeakMap<Uint8Array, RequestFields>();

/**
 * @param bytes from `encodeRequest`; the same array is read once.
 * @throws {UsageError} for a field that belongs to the connection.
 */
export function requestFields(bytes: Uint8Array): RequestFields {
  let fields = known.get(bytes);
  if (fields === undefined) {
    fields = read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    known.set(bytes, fields);
  }
  return fields;
}

function read(bytes: Buffer): RequestFields {
  const headEnd = bytes.indexOf(HEAD_END);
  const [requestLine, ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const [method, path] = (requestLine ?? '').split(' ');
  if (headEnd < 0 || method === undefined || path === undefined) throw new UsageError('the bytes are not a request');
  let authority = '';
  const headers: Array<readonly [string, string]> = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (CONNECTION_FIELDS.has(name.toLowerCase())) {
      throw new UsageError(`header ${name} cannot be set with this transport`, {
        hint: 'It belongs to the connection.',
      });
    }
    if (name.toLowerCase() === 'host') authority = value;
    else headers.push([name, value]);
  }
  return { method, path, authority, headers, body: bytes.subarray(headEnd + HEAD_END.length) };
}
