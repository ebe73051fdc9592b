/**
 * Streams that flowed, fell silent at one moment and stayed open: the process that wrote them is gone, and what stands
 * between keeps its clients. Only a client that comes afterwards tells that from a feed with nothing to say. What `probe`
 * and `soak` say of it, and the bounds by which both ask such a client.
 */
import { formatDuration } from '../core/units.ts';

/** A shorter silence is not asked about. */
const LEAST_SILENCE_MS = 3000;
/** Nor is one that is not so many times as long as the longest before it: the feed is irregular. */
const TIMES_THE_LONGEST = 3;
/** Streams that stopped within this of each other stopped at one moment. */
export const SAME_STOP_MS = 1000;

/**
 * What became of the client that came afterwards: it was sent events behind the last that anybody had heard, or others, or
 * none; or it reached nobody.
 */
export const NEWCOMERS = ['news', 'hears', 'quiet', 'refused'] as const;
export type Newcomer = (typeof NEWCOMERS)[number];

/** Whether a silence is long for a stream whose longest before it is `usualMs`. */
export function isLongSilence(silentMs: number, usualMs: number): boolean {
  return silentMs >= LEAST_SILENCE_MS && silentMs >= usualMs * TIMES_THE_LONGEST;
}

const COUNTING_ID = /^(.*?)(\d{1,15})$/s;

/** Whether an id counts on behind another. */
export function isBehind(id: string, before: string): boolean {
  const [, feed, number] = COUNTING_ID.exec(id) ?? [];
  const [, feedBefore, numberBefore] = COUNTING_ID.exec(before) ?? [];
  return feed !== undefined && feed === feedBefore && Number(number) > Number(numberBefore);
}

/**
 * Statuses by which something between says that it reaches nobody (RFC 9110, 15.6.3 and 15.6.5). 503, or a connection that
 * is reset, may be a limit of clients.
 */
export function saysNobodyBehind(statusCode: number): boolean {
  return statusCode === 502 || statusCode === 504;
}

export interface SilentStreams {
  streams: number;
  /** From when on, since the load or the probe began. */
  sinceMs: number;
  forMs: number;
}

const HEARS = ', while a new client received events';
const MEANWHILE: Readonly<Record<Newcomer, string>> = {
  news: HEARS,
  hears: HEARS,
  quiet: '',
  refused: ', while a new client could not reach the server',
};

/** A whole sentence without its stop. */
export function silentTogetherSays({ streams, sinceMs, forMs }: SilentStreams, newcomer: Newcomer): string {
  const stayed = streams === 1 ? 'the stream' : streams === 2 ? 'both streams' : `all ${streams} streams`;
  return `No client received a byte after ${formatDuration(sinceMs)}: ${stayed} stayed open and silent for ${formatDuration(forMs)}${MEANWHILE[newcomer]}`;
}

export const DEAD_STREAMS_ADVICE =
  "The process that wrote these streams died or was replaced, and an intermediary (a proxy, a development server, a load balancer) keeps the connections of its clients, which therefore never reconnect. Make it end the client's response when the response of the origin ends, breaks off or fails (in Node: `proxyRes.on('error', () => res.destroy())`, or `pipeline(proxyRes, res)`). Without an intermediary, look for a list of clients that was lost or replaced while their streams stayed open.";

/** Where nobody can tell whether there was anything to say. */
export const SILENT_TOGETHER_ADVICE =
  'Either nothing more was published: then a comment (`: ping`) every 15 s shows that the streams are alive. Or the process that wrote them died and an intermediary keeps the connections: then heartbeats do not help, and the intermediary must end the streams. Check the server log for that time.';
