/**
 * The request of an event stream as the bytes that go over the wire.
 *
 * We encode it ourselves because Node's header check and `fetch` throw on a non-ASCII `Last-Event-ID`, after which a
 * client can never reconnect; the standard sends it as UTF-8 (HTML, 9.2.3). The bytes do not depend on
 * anything but the options: a caller without an id encodes once and sends the same Buffer for every stream.
 *
 * Refuses what would make the request mean something else: line ends and control characters anywhere, a body
 * length that is not the body's, and HEAD and CONNECT, whose answers the response reader cannot frame; HEAD only where the
 * caller says that nothing behind the head is read for what it says.
 */
import { UsageError } from '../core/errors.ts';

export interface RequestOptions {
  method: string;
  /** Origin-form (RFC 9112, 3.2.1): path and query, percent-encoded, as in `/events?topic=a`. */
  path: string;
  /** Value of the Host field: the host and, unless it is the default, the port. */
  host: string;
  /** Fields added to the defaults; one with a default's name, in any case, replaces it. */
  headers: ReadonlyArray<readonly [name: string, value: string]>;
  /** The stream's last event id; empty or absent: no such header. */
  lastEventId?: string;
  /** Body of the request, sent as UTF-8 with its Content-Length. */
  body?: string;
  /** The version of sse-probe for the User-Agent: a load tester says who it is. */
  version: string;
  /** Only the head of the answer counts, and whether the connection is closed behind it: HEAD may be asked. */
  onlyHead?: boolean;
}

export interface EncodedRequest {
  bytes: Buffer;
  /** `false` when there was no id, or when it cannot be carried by a header field. */
  lastEventIdSent: boolean;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VISIBLE = /^[\x21-\x7e]+$/;
/** No control character but tab: RFC 9110, 5.5. Above ASCII everything may go, as UTF-8. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\u{10ffff}]*$/u;
/** Methods that have a body by nature, so that an empty one is announced (RFC 9110, 8.6). */
const WITH_CONTENT = new Set(['POST', 'PUT', 'PATCH']);
/** Fields that decide where the request ends (RFC 9112, 6); a caller must not set them. */
const FRAMING = new Set(['content-length', 'transfer-encoding']);

/** @throws {UsageError} when method, path, host or a header cannot be sent as they are. */
export function encodeRequest(options: RequestOptions): EncodedRequest {
  checkTarget(options);
  for (const [name, value] of options.headers) checkHeader(name, value);

  const id = options.lastEventId ?? '';
  // An id with control characters is legal in a stream and illegal in a header: it stays unsent.
  const lastEventIdSent = id !== '' && FIELD_VALUE.test(id);
  const fields = defaultFields(options);
  const overridden = new Set(options.headers.map(([name]) => name.toLowerCase()));
  const lines = [`${options.method} ${options.path} HTTP/1.1`];
  for (const [name, value] of fields) {
    if (!overridden.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  for (const [name, value] of options.headers) {
    // HTML, 9.2.3 sets the header to the stream's id: an id from the command line is only for the start.
    if (id === '' || name.toLowerCase() !== 'last-event-id') lines.push(`${name}: ${value}`);
  }
  if (lastEventIdSent) lines.push(`Last-Event-ID: ${id}`);
  return { bytes: Buffer.from(`${lines.join('\r\n')}\r\n\r\n${options.body ?? ''}`, 'utf8'), lastEventIdSent };
}

/** No `Connection`: HTTP/1.1 persists by default, and the stream ends when one side leaves. */
function defaultFields(options: RequestOptions): Array<[name: string, value: string]> {
  const fields: Array<[string, string]> = [
    ['Host', options.host],
    ['Accept', 'text/event-stream'],
    ['Cache-Control', 'no-cache'],
    // RFC 9110, 12.5.3: without this field "any content coding is considered acceptable". It is acceptable, but a
    // coding costs each client a decoder and hides what the server buffers; browsers ask for `gzip, deflate, br`,
    // and so can a caller who wants to know how that goes.
    ['Accept-Encoding', 'identity'],
    ['User-Agent', `sse-probe/${options.version}`],
  ];
  if (options.body !== undefined || WITH_CONTENT.has(options.method)) {
    fields.push(['Content-Length', String(Buffer.byteLength(options.body ?? '', 'utf8'))]);
  }
  return fields;
}

function checkTarget({ method, path, host, onlyHead = false }: RequestOptions): void {
  if (!TOKEN.test(method)) throw new UsageError(`${JSON.stringify(method)} is not a request method`);
  if ((method === 'HEAD' && !onlyHead) || method === 'CONNECT') {
    throw new UsageError(`${method} cannot open a stream`, { hint: 'Use GET, or POST with a body.' });
  }
  if (!path.startsWith('/') || !VISIBLE.test(path)) {
    throw new UsageError(`${JSON.stringify(path)} is not a request path`, {
      hint: 'It must begin with /, with spaces and other special characters percent-encoded.',
    });
  }
  if (!VISIBLE.test(host)) throw new UsageError(`${JSON.stringify(host)} is not a host`);
}

function checkHeader(name: string, value: string): void {
  if (!TOKEN.test(name)) throw new UsageError(`${JSON.stringify(name)} is not a header name`);
  // The value is not shown: it may be a secret.
  if (!FIELD_VALUE.test(value))
    throw new UsageError(`the value of header ${name} contains a line break or control character`);
  if (FRAMING.has(name.toLowerCase())) {
    throw new UsageError(`header ${name} cannot be set`, { hint: 'It is derived from the body.' });
  }
}
