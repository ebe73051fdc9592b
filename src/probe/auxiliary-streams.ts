/**
 * The connections beside the main one: each answers a question that a single stream cannot.
 *
 * An auxiliary stream begins when enough is known to ask, and ends as soon as it is answered; none of them holds the
 * probe up longer than its own bound. They ask the same server a few times more, so they are opened for GET only: what
 * another method sets off is not for a probe to repeat.
 */
import { LEAST_LIMIT_MS } from '../findings/cuts.ts';
import type { Protocol } from '../wire/tls.ts';
import type { Listening } from './listening.ts';
import { fellQuiet, heardSince } from './quiet-stream.ts';
import { atWrongPath, headerOf, withHeader, withoutCredentials, type RequestSpec } from './request-spec.ts';
import { foreignId, movedId, resumeBase, resumeDecided, unknownId } from './resume-trial.ts';

export const AUXILIARY_NAMES = [
  'twin',
  'coded',
  'resume',
  'resumeBehindBeat',
  'resumeUnknown',
  'resumeForeign',
  'wrongPath',
  'withoutToken',
  'headOnly',
  'behindHead',
  'other',
  'again',
  'fresh',
] as const;
export type AuxiliaryName = (typeof AUXILIARY_NAMES)[number];

/** What browsers send. */
export const CODINGS_OFFERED = 'gzip, deflate, br';
/** A head that is not there by then may be held back: the twin asks at another time. */
const LATE_HEAD_MS = 300;
const TWIN_AFTER_MS = 1000;
/** None is waited for longer. */
const PATIENCE_MS = 5000;
const ERROR_PAGE_MS = 200;
/** What cuts one stream a little later than another does it within this. */
const END_SLACK_MS = 700;
const JITTERED = 1.5;
const COMMON_EVENTS = 3;
/** One after the other, so that the server does not have all of them open at once. */
const UNKNOWN_AFTER_MS = 2500;
const FOREIGN_AFTER_MS = 3500;

export interface AuxiliaryContext {
  main: Listening;
  nowMs: number;
  /** Time that the whole has, at most. */
  durationMs: number;
  /** Both are spoken by the server; the one that the main stream does not speak. */
  otherProtocol: Protocol | null;
  /** A request may say that its connection ends with the answer. */
  mayClose: boolean;
}

export interface AuxiliaryPlan {
  readonly name: AuxiliaryName;
  /** The request, once it can be asked; null until then. */
  requestSpec(context: AuxiliaryContext): RequestSpec | null;
  /** Whether more of it would tell nothing new. */
  isAnswered(stream: Listening, context: AuxiliaryContext): boolean;
  /** Goes on beside the main stream when it is answered. */
  readonly stays?: boolean;
  readonly speaks?: (context: AuxiliaryContext) => Protocol | null;
}

/** The same once more, at another time: are heads held back, do both see one past, are both cut at one age? */
const twin: AuxiliaryPlan = {
  name: 'twin',
  stays: true,
  requestSpec({ main, nowMs }) {
    const waitsForHead = main.askedMs !== null && main.headMs === null && nowMs - main.askedMs > LATE_HEAD_MS;
    const isDue = main.isStream && main.end === null && nowMs - (main.headMs ?? nowMs) > TWIN_AFTER_MS;
    return waitsForHead || isDue ? main.requestSpec : null;
  },
  isAnswered(stream, { main, nowMs }) {
    if (main.end !== null && main.headMs !== null) return hasOutlived(stream, main, nowMs);
    return (stream.headMs !== null && stream.log.publishedCount > 0) || nowMs - stream.startedMs > PATIENCE_MS;
  },
};

/**
 * The main stream ended: a second one that grows older, or is silent for longer, was not cut as that was. It is worth
 * all the time that the probe has: without it nobody can tell a limit from an accident.
 */
function hasOutlived(stream: Listening, { end, headMs, log }: Listening, nowMs: number): boolean {
  if (stream.headMs === null || end === null) return false;
  const ageMs = end.atMs - (headMs ?? end.atMs);
  // One that the server ended cleanly may be of a plan with jitter: then the twin may grow older.
  const mostMs = end.cause === 'eof-clean' ? ageMs * JITTERED : ageMs;
  if (nowMs - stream.headMs <= mostMs + END_SLACK_MS) return false;
  const silenceMs = end.atMs - log.lastByteMs;
  const flows = stream.log.lastByteMs > end.atMs;
  return flows || silenceMs < LEAST_LIMIT_MS || nowMs - stream.log.lastByteMs > silenceMs + END_SLACK_MS;
}

export function isQuick({ askedMs, headMs }: Listening): boolean {
  return headMs !== null && headMs - (askedMs ?? headMs) < LATE_HEAD_MS;
}

/** As browsers ask: with content codings on offer. */
const coded: AuxiliaryPlan = {
  name: 'coded',
  requestSpec({ main }) {
    const isDue = main.isStream && main.end === null && headerOf(main.requestSpec, 'accept-encoding') === null;
    return isDue ? withHeader(main.requestSpec, 'Accept-Encoding', CODINGS_OFFERED) : null;
  },
  isAnswered(stream, { main, nowMs }) {
    if (stream.head === null) return nowMs - stream.startedMs > PATIENCE_MS;
    // A head that was long in coming is waited with for its first event: did it come with it?
    if (!stream.head.headers.has('content-encoding'))
      return isQuick(stream) || stream.log.publishedCount > 0 || nowMs - stream.startedMs > PATIENCE_MS;
    const since = main.log.published.filter(({ atMs }) => atMs > (stream.headMs as number)).length;
    return (
      (since >= COMMON_EVENTS && stream.log.publishedCount >= COMMON_EVENTS) || nowMs - stream.startedMs > PATIENCE_MS
    );
  },
};

/** Comes back behind an event that the main stream saw, which goes on as the witness. */
const resume: AuxiliaryPlan = {
  name: 'resume',
  requestSpec(context) {
    const base = resumeBase(context);
    return base === null ? null : { ...context.main.requestSpec, lastEventId: base };
  },
  isAnswered: (stream, { main, nowMs }) => resumeDecided(stream, main, nowMs) || nowMs - stream.startedMs > PATIENCE_MS,
};

/** The same behind the id of a heartbeat, which is the one that a browser returns with. */
const resumeBehindBeat: AuxiliaryPlan = {
  name: 'resumeBehindBeat',
  requestSpec({ main, nowMs }) {
    const moved = main.isStream ? movedId(main.log, nowMs) : null;
    return moved === null || moved.id === '' ? null : { ...main.requestSpec, lastEventId: moved.id };
  },
  isAnswered: (stream, { main, nowMs }) =>
    resumeDecided(stream, main, nowMs, movedId(main.log, stream.startedMs)?.behindId) ||
    nowMs - stream.startedMs > PATIENCE_MS,
};

const answersAtHead = (stream: Listening, { nowMs }: AuxiliaryContext): boolean =>
  stream.head !== null || nowMs - stream.startedMs > PATIENCE_MS;

/** Comes back behind an id that was never given: only whether it is let in is of interest. */
const resumeUnknown: AuxiliaryPlan = {
  name: 'resumeUnknown',
  requestSpec: (context) => behindUnknown(context, UNKNOWN_AFTER_MS, unknownId),
  isAnswered: answersAtHead,
};

const resumeForeign: AuxiliaryPlan = {
  name: 'resumeForeign',
  requestSpec: (context) => behindUnknown(context, FOREIGN_AFTER_MS, foreignId),
  isAnswered: answersAtHead,
};

function behindUnknown(
  context: AuxiliaryContext,
  afterMs: number,
  idOf: (main: Listening) => string | null,
): RequestSpec | null {
  const { main, nowMs } = context;
  if (main.end !== null || nowMs - (main.headMs ?? nowMs) < afterMs || resumeBase(context) === null) return null;
  const lastEventId = idOf(main);
  return lastEventId === null ? null : { ...main.requestSpec, lastEventId };
}

/** The page of an error often shows which software wrote it, so its beginning is waited for. */
const wrongPath: AuxiliaryPlan = {
  name: 'wrongPath',
  requestSpec: ({ main }) => (main.isStream ? atWrongPath(main.requestSpec) : null),
  isAnswered: (stream, context) =>
    answersAtHead(stream, context) &&
    (stream.refusal === null || stream.excerpt !== '' || context.nowMs - (stream.headMs ?? 0) > ERROR_PAGE_MS),
};

const withoutToken: AuxiliaryPlan = {
  name: 'withoutToken',
  requestSpec: ({ main }) => (main.isStream ? withoutCredentials(main.requestSpec) : null),
  isAnswered: answersAtHead,
};

/** The version of HTTP that the main stream does not speak. */
const other: AuxiliaryPlan = {
  name: 'other',
  requestSpec: ({ main, otherProtocol }) => (main.isStream && otherProtocol !== null ? main.requestSpec : null),
  speaks: ({ otherProtocol }) => otherProtocol,
  isAnswered: (stream, context) =>
    (stream.log.bytes > 0 && stream.head !== null) ||
    (stream.head !== null && context.nowMs - (stream.headMs ?? 0) > 1000) ||
    (answersAtHead(stream, context) && stream.head === null),
};

/** After an end that nobody asked for: is there still somebody? */
const again: AuxiliaryPlan = {
  name: 'again',
  requestSpec: ({ main }) =>
    main.isStream && main.end !== null && main.end.cause !== 'closed-by-us' ? main.requestSpec : null,
  isAnswered: answersAtHead,
};

/** After a silence that is long for this stream: is somebody who comes now sent what it is not? */
const fresh: AuxiliaryPlan = {
  name: 'fresh',
  requestSpec: ({ main, nowMs }) => (fellQuiet(main, nowMs) ? main.requestSpec : null),
  isAnswered: (stream, { nowMs }) => heardSince(stream) > 0 || nowMs - stream.startedMs > PATIENCE_MS,
};

export const AUXILIARY_STREAMS: readonly AuxiliaryPlan[] = [
  twin,
  coded,
  resume,
  resumeBehindBeat,
  resumeUnknown,
  resumeForeign,
  wrongPath,
  withoutToken,
  other,
  again,
  fresh,
];
