import type { ResponseOutcome } from './response-log.ts';
import type { OracleOutcome } from './undici-oracle.ts';

/**
 * Where `ResponseReader` and undici (llhttp in its strict mode) differ on purpose, each decided by the RFC.
 *
 * What we read in a head and undici refuses is rewritten by `plainly` into what undici reads too: the results
 * must then be the same, so that nothing else hides behind the difference. The rest is the table.
 */
export interface KnownDifference {
  title: string;
  /** Why we do as we do. */
  clause: string;
  /** What undici says where we read the response to its end. Its body so far must be the beginning of ours. */
  undiciSays?: RegExp;
  /** What we say where undici reads the response to its end. */
  weSay?: RegExp;
  /** Which responses it is about, where the words alone would let more pass. */
  holdsWhen?: (ours: ResponseOutcome, theirs: OracleOutcome) => boolean;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    title: 'a 204 or 304 with a length, or with framing that makes no sense',
    clause: 'RFC 9112, 6.3 (1): it ends with its head "regardless of the header fields present in the message"',
    undiciSays: /content-length|transfer-encoding|other side closed/i,
    holdsWhen: (ours) => (ours.head?.statusCode === 204 || ours.head?.statusCode === 304) && ours.body === '',
  },
  {
    title: 'Content-Length repeated with the same value',
    clause: 'RFC 9112, 6.3 (5): valid when "all values in the list are the same"',
    undiciSays: /content-length/i,
    holdsWhen: (ours) => /^0*(\d+), 0*\1$/.test(ours.head?.headers['content-length'] ?? ''),
  },
  {
    title: 'white space between a chunk size and its extension, an extension without a name',
    clause: 'RFC 9112, 7.1.1: BWS before ";" is grammar; unrecognized extensions MUST be ignored, so no name is needed',
    undiciSays: /Invalid character in chunk (size|extensions)/,
    holdsWhen: (_ours, theirs) => theirs.head !== undefined,
  },
  {
    title: 'trailers with bare LF or folded lines',
    clause: 'RFC 9112, 2.2 and 5.2, as for the fields of a head',
    undiciSays:
      /Unexpected whitespace after header value|Missing expected (CR|LF) after header value|Invalid header value char/,
    holdsWhen: (ours, theirs) => ours.head?.headers['transfer-encoding'] !== undefined && theirs.body === ours.body,
  },
  {
    title: 'Transfer-Encoding in an HTTP/1.0 response',
    clause: 'RFC 9112, 6.1: a client "MUST treat the message as if the framing is faulty"',
    weSay: /^Transfer-Encoding in an HTTP\/1\.0 response$/,
  },
  {
    title: 'a transfer coding other than chunked, or chunked twice',
    clause: 'RFC 9112, 6.1 and 7.4: we offered none in TE; coded bytes must not pass for the body',
    weSay: /^Transfer-Encoding is not just "chunked"$/,
  },
  {
    title: 'a control character in the reason phrase',
    clause: 'RFC 9112, 4: a reason-phrase is made of HTAB, SP, VCHAR and obs-text',
    weSay: /^bad status line "HTTP\/1\.[01] \d{3} /,
  },
  {
    title: 'line ends before the status line',
    clause: 'RFC 9112, 2.2: only servers are told to ignore an empty line, before a request',
    weSay: /^the response does not begin with "HTTP\/"$|^bad status line ""$/,
  },
];

export function knownDifference(
  ours: ResponseOutcome,
  detail: string,
  theirs: OracleOutcome,
): KnownDifference | undefined {
  return KNOWN_DIFFERENCES.find((row) => {
    if (row.holdsWhen !== undefined && !row.holdsWhen(ours, theirs)) return false;
    if (ours.end === 'done') return row.undiciSays?.test(theirs.reason) === true && ours.body.startsWith(theirs.body);
    return theirs.end === 'done' && row.weSay?.test(detail) === true;
  });
}

const LEADING_SPACE = /^[ \t]+/;
const TRAILING_SPACE = /[ \t]+$/;
const INTERIM = /^HTTP\/1\.[01] 1(?!01)\d\d(?: |$)/;

/** `wire` with every head in the one form that undici reads; bodies stay as they are. */
export function plainly(wire: string): string {
  let plain = '';
  let rest = wire;
  for (;;) {
    const end = /\r?\n\r?\n/.exec(rest);
    if (end === null) return plain + plainHead(rest, false);
    const head = rest.slice(0, end.index);
    const interim = INTERIM.test(head);
    plain += `${plainHead(head, interim)}\r\n\r\n`;
    rest = rest.slice(end.index + end[0].length);
    if (!interim) return plain + rest;
  }
}

function plainHead(head: string, interim: boolean): string {
  const lines: string[] = [];
  for (const ended of head.split('\n')) {
    // RFC 9112, 2.2: a bare LF MAY end a line.
    const line = ended.endsWith('\r') ? ended.slice(0, -1) : ended;
    // RFC 9112, 5.2: a user agent MUST unfold. Not onto the status line: both refuse that.
    if (LEADING_SPACE.test(line) && lines.length > 1) {
      lines.push(`${lines.pop()?.replace(TRAILING_SPACE, '')} ${line.replace(LEADING_SPACE, '')}`);
    } else lines.push(line);
  }
  return lines.map((line, n) => (n === 0 ? plainStatus(line, interim) : plainField(line, interim))).join('\r\n');
}

function plainStatus(line: string, interim: boolean): string {
  // RFC 9110, 15.2: "A client MUST be able to parse one or more 1xx responses … even if the client does not
  // expect one". undici takes 100 for an error.
  return interim ? line.replace(/^(HTTP\/1\.[01]) 100/, '$1 102') : line;
}

function plainField(line: string, interim: boolean): string {
  // undici takes `Connection: close` of an interim response for that of the final one.
  const field = interim ? line.replace(/^connection:/i, 'x-connection:') : line;
  // RFC 9110, 5.5: white space around a value is no part of it. undici keeps a tab at the end.
  return field.replace(TRAILING_SPACE, '');
}
