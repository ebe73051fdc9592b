/**
 * Connections that stand and on which no response head comes: what `probe` and `soak` say of them, and when.
 */
import { counted, formatDuration } from '../core/units.ts';
import { clientsAtOnceAdvice } from './language-advice.ts';

/** Another client that waits for so long while a first one has its stream gets no answer. */
export const NO_ANSWER_MS = 3000;
/** A server that takes some time for each head is slow: those who wait have to have waited so many times as long. */
export const NO_ANSWER_HEADS = 4;

/** To begin a sentence, or to stand behind "no answer:". */
export function noHeadSays(waitedMs: number): string {
  return `connected, but no response headers within ${formatDuration(waitedMs)}`;
}

/** Some clients have their streams, the others wait in vain. */
export function othersWaitSays(answered: number, waiting: number, waitedMs: number): string {
  const waits = waiting === 1 ? 'the other one got' : `the other ${waiting} got`;
  return `${answered} of ${counted(answered + waiting, 'client')} got a response; ${waits} no response headers within ${formatDuration(waitedMs)}`;
}

/** A probe has two clients at a time. */
export function secondWaitsSays(waitedMs: number): string {
  return `a second client got no response within ${formatDuration(waitedMs)} while the first had its stream`;
}

/** @param marks what the server shows of itself */
export function othersWaitAdvice(marks: string): string {
  return clientsAtOnceAdvice(marks);
}

/** Streams of one HTTP/2 connection. */
export interface SharedConnections {
  readonly clients: number;
  readonly answered: number;
  readonly connections: number;
}

/** Under what a soak counts a stream that its server refused while the connection lives. */
export const STREAM_REFUSED = 'refused: the stream was reset with REFUSED_STREAM';

/** @param waitedMs null where the others were refused and did not wait */
export function sharedConnectionSays(
  { clients, answered, connections }: SharedConnections,
  waitedMs: number | null,
): string {
  const became =
    waitedMs === null ? 'were rejected (REFUSED_STREAM)' : `got no response headers within ${formatDuration(waitedMs)}`;
  const over = connections === 1 ? 'one shared HTTP/2 connection' : `${connections} HTTP/2 connections`;
  return `${answered} of ${counted(clients, 'client')} got a response over ${over}; the other ${clients - answered} ${became}`;
}

export function sharedConnectionAdvice({ answered, connections }: SharedConnections): string {
  const each = Math.max(1, Math.floor(answered / connections));
  return `The server, or a proxy in front of it, serves only ${each} streams per connection: spread the clients with --streams-per-connection ${each}, and raise the limit (nginx \`http2_max_concurrent_streams\`, HAProxy \`tune.h2.max-concurrent-streams\`, Envoy \`max_concurrent_streams\`, Apache \`H2MaxWorkers\`) or the limit of the proxy's connections to the server. Browsers share one connection, too.`;
}
