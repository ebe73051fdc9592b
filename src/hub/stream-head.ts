/** The HTTP side of one stream: what the request asks to resume, and the head of the answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { UsageError } from '../core/errors.ts';

/**
 * `no-transform` and `X-Accel-Buffering` keep proxies from compressing and from collecting.
 *
 * There is no `Connection: close`, though a connection ends with its stream: undici, which is Node's `fetch`, takes
 * whatever came of such an answer for all of it, also without the last chunk.
 */
export const STREAM_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
};

/** @throws {UsageError} for what is no request and response of Node's, and for what is answered already */
export function checkUnanswered(req: IncomingMessage, res: ServerResponse): void {
  if (
    typeof req?.resume !== 'function' ||
    typeof res?.writeHead !== 'function' ||
    typeof req.socket?.setTimeout !== 'function'
  ) {
    throw new UsageError('handle() needs the request and the response of node:http or node:http2', {
      hint: 'In Fastify they are request.raw and reply.raw, in Hono c.env.incoming and c.env.outgoing. Requests made by inject() have no connection.',
    });
  }
  if (res.headersSent || res.writableEnded) {
    throw new UsageError('handle() got a response whose headers are already sent', {
      hint: 'Call handle() once, before anything is written to the response.',
    });
  }
}

/** What somebody may have set for another answer, and what would end this one early or make it unreadable. */
const NOT_OF_A_STREAM = ['Connection', 'Transfer-Encoding', 'Content-Length', 'Content-Encoding'] as const;

function beginHead(res: ServerResponse, fields: Readonly<Record<string, string>>): void {
  for (const field of NOT_OF_A_STREAM) res.removeHeader(field);
  res.writeHead(200, fields);
}

/** A client of HTTP/1.0 knows no chunks: its stream ends by closing (RFC 9112, 6.1). */
function isChunked({ httpVersionMajor, httpVersionMinor }: IncomingMessage): boolean {
  return httpVersionMajor === 1 && httpVersionMinor >= 1;
}

/** Frameworks give HEAD to whatever answers GET: it has no body, so there is no stream (RFC 9110, 9.3.2). */
export function answerHead(res: ServerResponse): void {
  beginHead(res, STREAM_HEADERS);
  res.end();
}

/** Prepares the head; the connection sends it with its first bytes. */
export function openStream(req: IncomingMessage, res: ServerResponse): void {
  // A body is not ours to read, but unread it would hold the connection's reading side.
  req.resume();
  // A server's time-out for connections without traffic is not for streams: who accepts nothing is known better.
  if (req.httpVersionMajor === 1) req.socket.setTimeout(0);
  // Written out, since it is not to depend on what was set or removed on the response before.
  beginHead(res, isChunked(req) ? { ...STREAM_HEADERS, 'Transfer-Encoding': 'chunked' } : STREAM_HEADERS);
}

/** 503 for a newcomer; the connection closes, so that it cannot stay and count nowhere. */
export function refuseForNow(req: IncomingMessage, res: ServerResponse, retryMs: number): void {
  const body = JSON.stringify({ error: 'too-many-clients', message: 'the server is full; try again later' });
  res.writeHead(503, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'Retry-After': Math.max(1, Math.ceil(retryMs / 1000)),
    ...(req.httpVersionMajor === 1 ? { Connection: 'close' } : {}),
  });
  res.end(body);
}

/**
 * The id to resume after: the header, else `?lastEventId=` for clients that cannot set headers. The header
 * is UTF-8 (HTML standard, 9.2.2), which node:http hands over as latin1.
 */
export function lastEventIdOf(req: IncomingMessage): string | null {
  const header = req.headers['last-event-id'];
  if (typeof header === 'string') return header === '' ? null : Buffer.from(header, 'latin1').toString('utf8');
  const queryAt = req.url?.indexOf('?') ?? -1;
  if (queryAt === -1) return null;
  const asked = new URLSearchParams(req.url?.slice(queryAt)).get('lastEventId');
  return asked === '' ? null : asked;
}
