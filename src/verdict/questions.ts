/**
 * The questions that a soak asks of a server, and which of them this run answered.
 *
 * A run that was asked little passes easily, so what passed says nothing without what was judged. Each question is one
 * entry of one list, with three answers of its own: by what it was judged, what of it could not be told although the
 * run asked (a gap, which the finding `not-measured` names too), and why the run did not ask at all, with the flag that
 * would. Summary, JSON and that finding are made from this list.
 */
import { fieldsOf } from '../accounts/found-fields.ts';
import { counted, formatDuration } from '../core/units.ts';
import { type SequenceMethod, sequenceOf } from '../accounts/sequence.ts';
import { isWorthAWarning, UNPROMISED_SILENCE_MS } from '../findings/bounds.ts';
import { connectedOf, HEARD_ENOUGH, methodOf } from '../record/heard-enough.ts';
import type { RunRecord } from '../record/run-record.ts';
import { cleanUpGap, cleanUpJudgedBy, cleanUpUnasked } from './clean-up.ts';
import { latencyGaps, lossGaps } from './event-gaps.ts';
import type { Gap, Unasked } from './finding.ts';
import type { JudgedRun } from './judged-run.ts';
import { memoryGaps } from './memory-gaps.ts';
import { memoryJudgedBy, memoryUnasked } from './memory-question.ts';
import { stopGaps, stopJudgedBy } from './planned-stop.ts';
import { clockGap, evictionGap, kindsGap } from './run-gaps.ts';

type StreamKind = 'feed' | 'finite' | 'answers' | 'sessions';
/** What only runs are asked that did something for it. */
type Asked = 'stop';

interface Question {
  /** Its name in the JSON. */
  readonly id: string;
  /** What it is about, for people. */
  readonly about: string;
  /** The kind of stream it can be asked of; all where none is named. */
  readonly of?: StreamKind | Asked;
  /** By what it was judged; null where it was not. */
  judgedBy(run: JudgedRun): string | null;
  /** What of it was asked and could not be told. */
  gaps?(run: JudgedRun): readonly (Gap | null)[];
  /** Why it was not asked, read only where it was neither judged nor is a gap; null where another question says it. */
  unasked(run: JudgedRun): Unasked | null;
}

/** One question with what this run has to say of it. */
export interface AnsweredQuestion {
  id: string;
  about: string;
  judgedBy: string | null;
  gaps: Gap[];
  unasked: Unasked | null;
}

const METHODS: Readonly<Record<SequenceMethod, string | null>> = {
  pointer: 'by numbers in the data',
  ids: 'by ids',
  comparison: 'by comparing clients',
  none: null,
};
const NOBODY_CONNECTED = { what: 'no client connected', hint: 'Find out why clients could not connect.' };

const QUESTIONS: readonly Question[] = [
  {
    id: 'connections',
    about: 'connections',
    judgedBy: ({ summary }) =>
      HEARD_ENOUGH.connections(summary) ? counted(summary.total('connected'), 'client') : null,
    unasked: () => NOBODY_CONNECTED,
  },
  {
    id: 'loss',
    about: 'lost and duplicated events',
    of: 'feed',
    judgedBy: ({ summary }) => (HEARD_ENOUGH.loss(summary) ? METHODS[methodOf(summary)] : null),
    gaps: lossGaps,
    unasked: noEvents,
  },
  {
    id: 'order',
    about: 'order',
    of: 'feed',
    judgedBy: ({ summary }) => (HEARD_ENOUGH.order(summary) ? METHODS[methodOf(summary)] : null),
    unasked: (run) =>
      sequenceOf(run.summary)?.method === 'comparison'
        ? {
            what: 'clients were only compared: an order that is wrong for all clients does not show',
            hint: `Count in \`id:\`, or give a number in the data with --seq ${fieldsOf(run.summary).sequence?.pointer ?? '/POINTER'}.`,
          }
        : null,
  },
  {
    id: 'latency',
    about: 'latency',
    of: 'feed',
    judgedBy: ({ summary }) => (HEARD_ENOUGH.latency(summary) ? 'by times in the data' : null),
    gaps: (run) => [...latencyGaps(run), clockGap(run)],
    unasked: noEvents,
  },
  { id: 'heartbeats', about: 'heartbeats', of: 'feed', judgedBy: heartbeatsBy, unasked: idleUnseen },
  { id: 'resuming', about: 'resuming', of: 'feed', judgedBy: resumingBy, unasked: notResumed },
  {
    id: 'completion',
    about: 'complete streams',
    of: 'finite',
    judgedBy: ({ summary }) => (HEARD_ENOUGH.completion(summary) ? counted(summary.counts.completed, 'stream') : null),
    unasked: () => ({ what: 'no stream reached its end', hint: 'Look at one stream with `sse-probe listen`.' }),
  },
  {
    id: 'answers',
    about: 'responses',
    of: 'answers',
    judgedBy: ({ summary }) =>
      HEARD_ENOUGH.answers(summary) ? counted(summary.counts.answers, 'complete response') : null,
    unasked: () => ({ what: 'no response was complete', hint: 'Look at one response with `sse-probe listen`.' }),
  },
  {
    id: 'sessions',
    about: 'sessions',
    of: 'sessions',
    judgedBy: ({ summary }) => (HEARD_ENOUGH.sessions(summary) ? counted(summary.counts.sessions, 'session') : null),
    unasked: () => ({
      what: 'no session was opened',
      hint: 'Look at the server with `sse-probe probe --profile mcp`.',
    }),
  },
  {
    id: 'slow-clients',
    about: 'slow clients',
    judgedBy: ({ summary }) =>
      HEARD_ENOUGH['slow-clients'](summary) ? counted(connectedOf(summary, 'slow'), 'client') : null,
    unasked: () => ({ what: 'no client read slowly', hint: 'Add slow clients: --mix healthy=9,slow=1.' }),
  },
  {
    id: 'eviction',
    about: 'eviction of stalled clients',
    judgedBy: ({ summary }) =>
      HEARD_ENOUGH.eviction(summary)
        ? counted(summary.counts.evictionsSeen + summary.counts.evictionsMissed, 'client')
        : null,
    gaps: (run) => [evictionGap(run), kindsGap(run)],
    unasked: ({ summary, expectations }) =>
      connectedOf(summary, 'stalled') + connectedOf(summary, 'vanished') === 0
        ? { what: 'no client stopped reading', hint: 'Add stalled clients: --mix healthy=9,stalled=1.' }
        : {
            what: 'no client was stalled for long enough',
            hint: `Run longer than --evict-within (${formatDuration(expectations.evictWithinMs)}).`,
          },
  },
  {
    id: 'shutdown',
    about: 'shutdown on SIGTERM',
    of: 'stop',
    judgedBy: stopJudgedBy,
    gaps: stopGaps,
    unasked: () => null,
  },
  {
    id: 'clean-up',
    about: 'clean-up after clients disconnect',
    judgedBy: cleanUpJudgedBy,
    gaps: (run) => [cleanUpGap(run)],
    unasked: cleanUpUnasked,
  },
  {
    id: 'memory',
    about: 'memory',
    judgedBy: memoryJudgedBy,
    gaps: memoryGaps,
    unasked: memoryUnasked,
  },
];

/** All questions that can be asked of such a stream, in the order of reports. */
export function questionsOf(run: JudgedRun): AnsweredQuestion[] {
  const kinds = kindsOf(run);
  return QUESTIONS.filter(({ of }) => of === undefined || kinds.includes(of)).map((question) => {
    const gaps = gapsOf(question, run);
    const judgedBy = question.judgedBy(run);
    const unasked = judgedBy === null && gaps.length === 0 ? question.unasked(run) : null;
    return { id: question.id, about: question.about, judgedBy, gaps, unasked };
  });
}

function gapsOf({ gaps }: Question, run: JudgedRun): Gap[] {
  return gaps === undefined ? [] : gaps(run).filter((gap) => gap !== null);
}

function kindsOf(run: RunRecord): (StreamKind | Asked)[] {
  return [...streamKindsOf(run), ...(run.server.stop === null ? [] : (['stop'] as const))];
}

/** Messages within a session are meant for it alone, and the answers of a language model are no feed. */
function streamKindsOf({ summary: { counts }, until }: RunRecord): StreamKind[] {
  if (counts.sessions > 0) return ['sessions'];
  if (counts.tokens + counts.answerStrangers > 0) return ['answers'];
  return until === null ? ['feed'] : ['feed', 'finite'];
}

function noEvents(): Unasked {
  return { what: 'no event arrived', hint: 'Publish events during the run, or run longer.' };
}

function heartbeatsBy({ summary: { counts, times }, expectations }: RunRecord): string | null {
  const { heartbeatMs, heartbeatWithinMs } = expectations;
  if (times.silence.count === 0) return null;
  if (heartbeatMs !== null) return `one every ${formatDuration(heartbeatMs)} is announced`;
  if (heartbeatWithinMs !== null && heartbeatWithinMs !== UNPROMISED_SILENCE_MS)
    return `a byte within ${formatDuration(heartbeatWithinMs)}`;
  const longestMs = times.silence.percentile(100);
  const idleSeen = counts.heartbeatsAfterGreeting > 0 || isWorthAWarning(longestMs);
  return idleSeen ? `no silence over ${formatDuration(longestMs)}` : null;
}

function idleUnseen({ summary: { times }, server }: RunRecord): Unasked {
  if (server.stop !== null) return { what: 'the server was stopped before', hint: 'Run without the sigterm incident.' };
  if (times.silence.count === 0) return NOBODY_CONNECTED;
  return {
    what: `none arrived, and events were at most ${formatDuration(times.silence.percentile(100))} apart: the stream without events was not seen`,
    hint: 'Run for a minute or more while nothing is published.',
  };
}

function resumingBy({ summary }: RunRecord): string | null {
  return HEARD_ENOUGH.resuming(summary)
    ? `${counted(summary.counts.resumptions, 'reconnection')} with Last-Event-ID`
    : null;
}

function notResumed({ summary: { counts } }: RunRecord): Unasked {
  if (counts.eventsWithId === 0)
    return { what: 'no event has an id to resume after', hint: 'Send `id:` with every event.' };
  return counts.apart > 0
    ? {
        what: 'each connection gets its own stream with its own ids: there is nothing to resume',
        hint: 'For clients to resume, count ids across all connections.',
      }
    : { what: 'no client reconnected with an id', hint: 'Add resuming clients: --mix healthy=9,resuming=1.' };
}
