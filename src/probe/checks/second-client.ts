/**
 * The first client has its stream: is a second one answered while it lasts? Seen by all the connections that ask for the
 * stream beside the main one, none of which got a head.
 *
 * A head that is held until the next event looks the same until there is one: where the main stream heard nothing
 * meanwhile, both are said.
 */
import { TOGETHER_MS } from '../../findings/arrivals.ts';
import { headAdvice } from '../../findings/language-advice.ts';
import { NO_ANSWER_HEADS, NO_ANSWER_MS, othersWaitAdvice, secondWaitsSays } from '../../findings/no-head.ts';
import type { AuxiliaryName } from '../auxiliary-streams.ts';
import type { Listening } from '../listening.ts';
import { marksSeen } from '../marks-seen.ts';
import type { Observations } from '../observations.ts';
import { fail, warn, type Judged } from './check.ts';

/** Another path may be answered by a server that has one place for a stream. */
const ASK_FOR_STREAM = new Set<AuxiliaryName>(['twin', 'coded', 'resume', 'other']);

/** Null where a second client was answered, was turned away, or has not waited for long enough. */
export function secondClient(seen: Observations, main: Listening): Judged | null {
  const { auxiliary } = seen;
  if (main.headMs === null || main.askedMs === null) return null;
  const others = [...auxiliary].flatMap(([name, other]) => (ASK_FOR_STREAM.has(name) ? [other] : []));
  if (others.length === 0 || others.some(({ head, end }) => head !== null || isTurnedAway(end))) return null;
  const waits = others.map((other) => waitBeside(other, main));
  const waitedMs = Math.max(...waits);
  if (waitedMs < Math.max(NO_ANSWER_MS, NO_ANSWER_HEADS * (main.headMs - main.askedMs))) return null;
  const longest = others[waits.indexOf(waitedMs)] as Listening;
  const evidence = { finding: 'connect-refused', waitedMs, others: others.length };
  const marks = marksSeen(seen);
  if (mayWaitForEvent(longest, main)) {
    return warn(
      `${secondWaitsSays(waitedMs)}: the server waits for the next event, or serves one client at a time`,
      evidence,
      `${headAdvice(marks)} ${othersWaitAdvice(marks)}`,
    );
  }
  return fail(
    `${secondWaitsSays(waitedMs)}: the server serves one client at a time`,
    evidence,
    othersWaitAdvice(marks),
  );
}

function isTurnedAway(end: Listening['end']): boolean {
  return end !== null && end.cause !== 'closed-by-us';
}

/** For how long its connection stood while the main stream was open. */
function waitBeside({ askedMs, end }: Listening, main: Listening): number {
  if (askedMs === null) return 0;
  const untilMs = Math.min(end?.atMs ?? main.log.lastByteMs, main.end?.atMs ?? Number.POSITIVE_INFINITY);
  return untilMs - Math.max(askedMs, main.headMs ?? askedMs);
}

/** The main stream's own head came with the first that was sent, and nothing was sent since. */
function mayWaitForEvent({ askedMs, end }: Listening, { headMs, log }: Listening): boolean {
  const cameTogether = log.firstByteMs !== null && log.firstByteMs - (headMs ?? 0) <= TOGETHER_MS;
  return cameTogether && !hasHeardBetween(log, askedMs ?? 0, end?.atMs ?? Number.POSITIVE_INFINITY);
}

function hasHeardBetween({ arrivals }: Listening['log'], fromMs: number, toMs: number): boolean {
  return arrivals.some(({ atMs }) => atMs > fromMs && atMs < toMs);
}
