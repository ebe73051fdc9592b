/**
 * What a probe has seen, built by hand: a sound stream on which everything was answered, and what a row changes of it.
 *
 * The streams are the probe's own `Listening`, driven as a transport would, on a clock that stands at the times of the
 * schedule. Nothing is asked of anybody: no connection is ever opened.
 */
import { type StampPointers, stampPointers } from '../../src/accounts/stamp-pointers.ts';
import type { Cause } from '../../src/core/causes.ts';
import { loadProbePlan, type ProbePlan } from '../../src/options/probe-options.ts';
import { Listening } from '../../src/probe/listening.ts';
import type { Observations } from '../../src/probe/observations.ts';
import type { RequestSpec } from '../../src/probe/request-spec.ts';
import type { AuxiliaryName } from '../../src/probe/auxiliary-streams.ts';
import { Connector } from '../../src/reach/connector.ts';
import { PLAIN } from '../../src/reach/transport-spec.ts';
import type { ResponseHead } from '../../src/wire/transport.ts';

/** What a server says, and at which age of the stream in milliseconds. */
export type Said = readonly [ageMs: number, text: string];

const URL_ASKED = new URL('http://192.0.2.7/events');
/** When the main stream's request went out, and when its head came. */
export const ASKED_MS = 15;
export const HEAD_MS = 40;
const WATCHED_MS = 20_000;
const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

/**
 * How one connection went; times of what was said and of the end count from the head, or from the request without one.
 */
export interface Course {
  startedMs?: number;
  /** Null: the connection never stood. */
  askedMs?: number | null;
  /** Null: no head came. */
  headMs?: number | null;
  head?: Partial<Omit<ResponseHead, 'headers'>>;
  /** Beside those of a sound stream; null takes one away. */
  headers?: Readonly<Record<string, string | null>>;
  says?: readonly Said[];
  /** So many bytes in a content coding come with each that is said, or with the head: they do not end as a flush does. */
  codedBytes?: number;
  /** Default: left by us after 20 s. Null: it goes on. */
  end?: { cause: Cause; detail?: string; ageMs: number } | null;
  requestSpec?: Partial<RequestSpec>;
}

/** Over which nothing is sent: the address needs no look-up. */
const CONNECTOR = new Connector({
  url: URL_ASKED,
  method: 'GET',
  connectTo: null,
  reach: PLAIN,
  nowMs: () => 0,
  signal: new AbortController().signal,
});
await CONNECTOR.contact();

export function heard(course: Course = {}, pointers?: StampPointers): Listening {
  const { startedMs = 5, askedMs = ASKED_MS, headMs = HEAD_MS, head = {}, headers = {}, says = SOUND } = course;
  const { end = { cause: 'closed-by-us', ageMs: WATCHED_MS }, requestSpec = {}, codedBytes = 0 } = course;
  let clockMs = startedMs;
  const listening = new Listening({
    connector: CONNECTOR,
    requestSpec: {
      url: URL_ASKED,
      method: 'GET',
      headers: [],
      body: null,
      lastEventId: '',
      version: '0.0.0',
      ...requestSpec,
    },
    nowMs: () => clockMs,
    onNews: () => undefined,
    ...(pointers === undefined ? {} : { pointers }),
  });
  listening.startedMs = startedMs;
  const openedMs = headMs ?? askedMs ?? startedMs;
  if (askedMs !== null) {
    clockMs = askedMs;
    listening.onConnect();
  }
  if (headMs !== null) {
    clockMs = headMs;
    const fields = Object.entries({ ...HEADERS, ...headers }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    );
    listening.onHead({ statusCode: 200, statusText: 'OK', httpVersion: '1.1', ...head, headers: new Map(fields) });
    if (codedBytes > 0 && says.length === 0) listening.onCoded(codedBytes, false);
    for (const [ageMs, text] of says.toSorted(([a], [b]) => a - b)) {
      // A transport is not heard any more once its stream was left.
      if (listening.end !== null) break;
      clockMs = openedMs + ageMs;
      if (codedBytes > 0) listening.onCoded(codedBytes, false);
      const bytes = Buffer.from(text);
      listening.onBody(bytes, 0, bytes.length);
    }
  }
  if (end !== null && listening.end === null) {
    clockMs = openedMs + end.ageMs;
    if (end.cause === 'closed-by-us') listening.leave();
    else listening.onEnd(end.cause, end.detail ?? '');
  }
  return listening;
}

export interface Seeing extends Partial<Omit<Observations, 'plan' | 'main' | 'auxiliary'>> {
  plan?: Partial<ProbePlan>;
  /** Null: nothing could be asked. */
  main?: Course | Listening | null;
  auxiliary?: Readonly<Partial<Record<AuxiliaryName, Course>>>;
}

/** @param change what is not as on a sound stream */
export function observed({ plan = {}, main = {}, auxiliary = {}, ...change }: Seeing = {}): Observations {
  const planned: ProbePlan = { ...loadProbePlan({ flags: {} }), ...plan };
  const pointers = stampPointers(planned);
  const listening = main === null || main instanceof Listening ? main : heard(main, pointers);
  return {
    plan: planned,
    url: URL_ASKED,
    contact: {
      dnsMs: null,
      connectMs: null,
      tlsMs: null,
      addresses: [URL_ASKED.hostname],
      handshake: null,
      failure: null,
    },
    proxy: null,
    main: listening,
    auxiliary: new Map(
      Object.entries(auxiliary).map(([name, course]) => [name as AuxiliaryName, heard(course, pointers)]),
    ),
    asksTwice: true,
    endedBy: 'duration',
    endMs: listening?.end?.atMs ?? HEAD_MS + WATCHED_MS,
    ownStopMs: 0,
    complete: false,
    untilCame: false,
    wallOffsetMs: Date.UTC(2026, 10, 3),
    ...change,
  };
}

const PING = ': ping\n\n';

/** The first event of a server that promises a heartbeat. */
export function connected(heartbeatMs: number): string {
  return `event: connected\ndata: ${JSON.stringify({ heartbeatMs })}\n\n`;
}

/** An event with its number as its id. */
export function tick(number: number, data: Readonly<Record<string, unknown>> = {}): string {
  return `id: ${number}\ndata: ${JSON.stringify({ number, ...data })}\n\n`;
}

/** Ticks from 1 on, one each period. */
export function ticks(count: number, periodMs = 1000, firstMs = periodMs): Said[] {
  return Array.from({ length: count }, (_, index) => [firstMs + index * periodMs, tick(index + 1)]);
}

export function pings(...agesMs: readonly number[]): Said[] {
  return agesMs.map((ageMs) => [ageMs, PING]);
}

/** An event a second, and the heartbeat that was promised. */
export const SOUND: readonly Said[] = [[0, connected(5000)], ...ticks(19), ...pings(5000, 10_000, 15_000)];
