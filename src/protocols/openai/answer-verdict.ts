/**
 * What is to be said of one streamed answer: whether it came to its end, when it began, and whether somebody held it
 * back on the way.
 */
import { CAUSES } from '../../core/causes.ts';
import { formatDuration, rounded } from '../../core/units.ts';
import { printable } from '../../core/printable.ts';
import type { CheckResult } from '../../findings/check-result.ts';
import type { StreamEnding } from '../profile-checks.ts';
import type { AnswerMeter } from './answer-meter.ts';

/** So many chunks in one read, after so long a wait, were not made at once. */
const HELD_BACK_CHUNKS = 8;
const HELD_BACK_AFTER_MS = 500;

export interface AnswerState {
  askedMs: number;
  headMs: number | null;
  /** The answer began as a stream: status 200. */
  streamed: boolean;
  complete: boolean;
  /** Why the model stopped, in the server's words; hostile text. */
  finish: string | null;
  /** Made printable. */
  error: string | null;
  /** Events that are no part of such an answer. */
  strangers: number;
  ending: StreamEnding | null;
}

export type AnswerOutcome = 'complete' | 'empty' | 'error' | 'truncated' | 'stalled' | 'unfinished' | 'none';

function outcomeOf(
  { askedMs, streamed, complete, error, ending }: AnswerState,
  meter: AnswerMeter,
  stalledAfterMs: number,
): AnswerOutcome {
  if (error !== null) return 'error';
  if (!streamed) return 'none';
  if (complete) return meter.chunks === 0 ? 'empty' : 'complete';
  if (ending === null) return 'unfinished';
  if (ending.cause !== 'closed-by-us' && ending.cause !== 'idle-timeout') return 'truncated';
  return silentMs(meter, ending, askedMs) >= stalledAfterMs ? 'stalled' : 'unfinished';
}

/** How long nothing of the answer had come when the stream was left. */
function silentMs(meter: AnswerMeter, { atMs }: StreamEnding, askedMs: number): number {
  return atMs - (meter.lastMs ?? askedMs);
}

export function answerFigures(state: AnswerState, meter: AnswerMeter, stalledAfterMs: number): Record<string, unknown> {
  const { interTokenMs, interArrivalMs, tokensPerChunk, tokensPerSecond, ...counts } = meter.figures();
  return {
    answer: outcomeOf(state, meter, stalledAfterMs),
    finishReason: state.finish === null ? null : printable(state.finish, 40),
    error: state.error,
    ...counts,
    tokensPerChunk: rounded(tokensPerChunk),
    tokensPerSecond: rounded(tokensPerSecond),
    firstTokenMs: meter.firstMs === null ? null : rounded(meter.firstMs - state.askedMs),
    interTokenMs: spread(interTokenMs),
    interArrivalMs: spread(interArrivalMs),
    longestGapMs: rounded(meter.longestGapMs),
    otherEvents: state.strangers,
  };
}

export function answerChecks(state: AnswerState, meter: AnswerMeter, stalledAfterMs: number): CheckResult[] {
  const outcome = outcomeOf(state, meter, stalledAfterMs);
  // There was no answer: status and content-type say why, and the server's own words belong to it.
  if (!state.streamed) {
    return state.error === null
      ? []
      : [completion('fail', `the server rejected the request: ${state.error}`, {}, REFUSED)];
  }
  return [firstToken(state, meter, stalledAfterMs), held(state, meter), ended(state, meter, outcome)];
}

const REFUSED = 'Add --bearer-env with the API key, and --body with a model that this server has.';

function firstToken({ askedMs, ending }: AnswerState, meter: AnswerMeter, stalledAfterMs: number): CheckResult {
  if (meter.firstMs !== null) {
    const firstTokenMs = rounded(meter.firstMs - askedMs);
    return {
      id: 'first-event',
      status: 'pass',
      title: `the first token arrived after ${formatDuration(meter.firstMs - askedMs)}`,
      evidence: { firstTokenMs },
      hint: '',
    };
  }
  const waitedMs = (ending?.atMs ?? askedMs) - askedMs;
  const waits = ending?.cause === 'closed-by-us' && waitedMs < stalledAfterMs;
  return {
    id: 'first-event',
    status: waits ? 'skip' : 'fail',
    title: `no token arrived within ${formatDuration(waitedMs)}`,
    evidence: { waitedMs: rounded(waitedMs) },
    hint: waits
      ? 'Allow more time with --duration.'
      : 'Check the queue of the model server, and whether a proxy buffers the response.',
  };
}

function held({ askedMs }: AnswerState, meter: AnswerMeter): CheckResult {
  const { chunks, arrivals } = meter.figures();
  const waitedMs = meter.firstMs === null ? 0 : meter.firstMs - askedMs;
  const atOnce = arrivals === 1 && chunks >= HELD_BACK_CHUNKS && waitedMs >= HELD_BACK_AFTER_MS;
  return {
    id: 'buffered',
    status: atOnce ? 'fail' : chunks === 0 ? 'skip' : 'pass',
    title: atOnce
      ? `the whole response arrived at the same moment, after ${formatDuration(waitedMs)}`
      : chunks === 0
        ? 'no token arrived'
        : `${chunks} chunks arrived in ${arrivals} ${arrivals === 1 ? 'read' : 'reads'}`,
    evidence: { chunks, arrivals },
    hint: atOnce
      ? 'Send "X-Accel-Buffering: no", or set "proxy_buffering off;" in nginx, and disable compression on the path.'
      : '',
  };
}

function ended(state: AnswerState, meter: AnswerMeter, outcome: AnswerOutcome): CheckResult {
  const { tokens, tokensFrom, tokensPerSecond } = meter.figures();
  const evidence = {
    answer: outcome,
    tokens,
    tokensFrom,
    finishReason: state.finish === null ? null : printable(state.finish, 40),
    cause: state.ending?.cause ?? null,
  };
  const soFar = `${tokens} ${tokens === 1 ? 'token' : 'tokens'}`;
  switch (outcome) {
    case 'complete':
      return state.finish === 'length' || state.finish === 'max_output_tokens' || state.finish === 'content_filter'
        ? completion(
            'warn',
            `the response ended after ${soFar}, cut by the server: ${state.finish}`,
            evidence,
            'Request more tokens in --body, or send another prompt.',
          )
        : completion(
            'pass',
            `the response is complete: ${soFar}${tokensPerSecond === null ? '' : `, ${tokensPerSecond.toFixed(1)} tokens/s`}`,
            evidence,
            '',
          );
    case 'empty':
      return completion(
        'fail',
        'the response ended without a token',
        evidence,
        'Check the prompt, and the log of the model server.',
      );
    case 'error':
      return completion(
        'fail',
        `the response broke off after ${soFar} with an error: ${state.error}`,
        evidence,
        'Check the log of the model server.',
      );
    case 'truncated':
      return completion(
        'fail',
        `the response was truncated after ${soFar}, without [DONE]: ${CAUSES[state.ending?.cause ?? 'eof-clean'].says}`,
        evidence,
        'Look for what cut it: a proxy timeout, a limit of the platform, or the model server itself.',
      );
    case 'stalled':
      return completion(
        'fail',
        `the response stalled: nothing for ${formatDuration(silentMs(meter, state.ending as StreamEnding, state.askedMs))} after ${soFar}`,
        evidence,
        'Check the load of the model server; clients give up at this point.',
      );
    case 'unfinished':
    case 'none':
      return completion(
        'skip',
        `the response was still running when the probe ended, after ${soFar}`,
        evidence,
        'Allow more time with --duration.',
      );
  }
}

function completion(
  status: CheckResult['status'],
  title: string,
  evidence: CheckResult['evidence'],
  hint: string,
): CheckResult {
  return { id: 'completion', status, title, evidence, hint };
}

function spread<Figures extends object>(figures: Figures | null): Record<string, number> | null {
  return figures === null
    ? null
    : Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, rounded(value as number)]));
}
