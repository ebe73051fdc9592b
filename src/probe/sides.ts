/**
 * The connections beside the main one: each answers a question that a single stream cannot.
 *
 * A side begins when enough is known to ask, and ends as soon as it is answered; none of them holds the probe up
 * longer than its own bound. They ask the same server a few times more, so they are opened for GET only: what
 * another method sets off is not for a probe to repeat.
 */
import type { Protocol } from '../wire/tls.ts';
import type { Listening } from './listening.ts';
import { atWrongPath, headerOf, withHeader, withoutCredentials, type Question } from './question.ts';
import { resumeBase, resumeDecided } from './resume-trial.ts';

export const SIDE_NAMES = ['twin', 'coded', 'resume', 'wrongPath', 'withoutToken', 'other', 'again'] as const;
export type SideName = (typeof SIDE_NAMES)[number];

/** What browsers send. */
export const CODINGS_OFFERED = 'gzip, deflate, br';
/** A head that is not there by then may be held back: the twin asks at another time. */
const LATE_HEAD_MS = 300;
const TWIN_AFTER_MS = 1000;
/** No side is waited for longer. */
const PATIENCE_MS = 5000;
/** The main stream ended: whether the twin ends at the same age is worth this much waiting. */
const END_PATIENCE_MS = 15_000;
const AGE_SLACK_MS = 700;
const COMMON_EVENTS = 3;

export interface SideContext {
  main: Listening;
  nowMs: number;
  /** Time that the whole has, at most. */
  durationMs: number;
  /** Both are spoken by the server; the one that the main stream does not speak. */
  otherProtocol: Protocol | null;
}

export interface SidePlan {
  readonly name: SideName;
  /** The request, once it can be asked; null until then. */
  question(context: SideContext): Question | null;
  /** Whether more of it would tell nothing new. */
  isAnswered(side: Listening, context: SideContext): boolean;
  /** Goes on beside the main stream when it is answered. */
  readonly stays?: boolean;
  readonly speaks?: (context: SideContext) => Protocol | null;
}

/** The same once more, at another time: are heads held back, do both see one past, are both cut at one age? */
const twin: SidePlan = {
  name: 'twin',
  stays: true,
  question({ main, nowMs }) {
    const waitsForHead = main.askedMs !== null && main.headMs === null && nowMs - main.askedMs > LATE_HEAD_MS;
    const isDue = main.isStream && main.end === null && nowMs - (main.headMs ?? nowMs) > TWIN_AFTER_MS;
    return waitsForHead || isDue ? main.question : null;
  },
  isAnswered(side, { main, nowMs }) {
    if (main.end !== null && main.headMs !== null) {
      const ageMs = main.end.atMs - main.headMs;
      if (ageMs > END_PATIENCE_MS) return true;
      return side.headMs !== null && nowMs - side.headMs > ageMs + AGE_SLACK_MS;
    }
    return (side.headMs !== null && side.log.publishedCount > 0) || nowMs - side.startedMs > PATIENCE_MS;
  },
};

function isQuick({ askedMs, headMs }: Listening): boolean {
  return headMs !== null && headMs - (askedMs ?? headMs) < LATE_HEAD_MS;
}

/** As browsers ask: with content codings on offer. */
const coded: SidePlan = {
  name: 'coded',
  question({ main }) {
    const isDue = main.isStream && main.end === null && headerOf(main.question, 'accept-encoding') === null;
    return isDue ? withHeader(main.question, 'Accept-Encoding', CODINGS_OFFERED) : null;
  },
  isAnswered(side, { main, nowMs }) {
    if (side.head === null) return nowMs - side.startedMs > PATIENCE_MS;
    // A head that was long in coming is waited with for its first event: did it come with it?
    if (!side.head.headers.has('content-encoding'))
      return isQuick(side) || side.log.publishedCount > 0 || nowMs - side.startedMs > PATIENCE_MS;
    const since = main.log.published.filter(({ atMs }) => atMs > (side.headMs as number)).length;
    return (since >= COMMON_EVENTS && side.log.publishedCount >= COMMON_EVENTS) || nowMs - side.startedMs > PATIENCE_MS;
  },
};

/** Comes back behind an event that the main stream saw, which goes on as the witness. */
const resume: SidePlan = {
  name: 'resume',
  question(context) {
    const base = resumeBase(context);
    return base === null ? null : { ...context.main.question, lastEventId: base };
  },
  isAnswered: (side, { main, nowMs }) => resumeDecided(side, main, nowMs) || nowMs - side.startedMs > PATIENCE_MS,
};

const answersAtHead = (side: Listening, { nowMs }: SideContext): boolean =>
  side.head !== null || nowMs - side.startedMs > PATIENCE_MS;

const wrongPath: SidePlan = {
  name: 'wrongPath',
  question: ({ main }) => (main.isStream ? atWrongPath(main.question) : null),
  isAnswered: answersAtHead,
};

const withoutToken: SidePlan = {
  name: 'withoutToken',
  question: ({ main }) => (main.isStream ? withoutCredentials(main.question) : null),
  isAnswered: answersAtHead,
};

/** The version of HTTP that the main stream does not speak. */
const other: SidePlan = {
  name: 'other',
  question: ({ main, otherProtocol }) => (main.isStream && otherProtocol !== null ? main.question : null),
  speaks: ({ otherProtocol }) => otherProtocol,
  isAnswered: (side, context) =>
    (side.log.bytes > 0 && side.head !== null) ||
    (side.head !== null && context.nowMs - (side.headMs ?? 0) > 1000) ||
    (answersAtHead(side, context) && side.head === null),
};

/** After an end that nobody asked for: is there still somebody? */
const again: SidePlan = {
  name: 'again',
  question: ({ main }) =>
    main.isStream && main.end !== null && main.end.cause !== 'closed-by-us' ? main.question : null,
  isAnswered: answersAtHead,
};

export const SIDES: readonly SidePlan[] = [twin, coded, resume, wrongPath, withoutToken, other, again];
