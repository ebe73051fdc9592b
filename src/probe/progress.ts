/** How far a probe is, for somebody who waits for it: what came so far, and what is still to come. */
import type { ProbePlan } from '../options/probe-options.ts';
import type { Listening } from './listening.ts';
import { rhythmOf } from './rhythm.ts';
import { ENOUGH_BEATS, LEAST_WATCH_MS } from './rhythm-known.ts';
import { untilText } from './until-unmet.ts';

export interface ProbeProgress {
  /** Since the start of the probe. */
  elapsedMs: number;
  /** All of it is over by then. */
  limitMs: number;
  events: number;
  comments: number;
  /** The type of the last event (hostile text), and how long ago it came; null before the first one. */
  last: { type: string; agoMs: number } | null;
  /** What is waited for, to stand behind "waiting for". */
  awaited: string;
}

export interface WatchedSoFar {
  plan: Pick<ProbePlan, 'until' | 'heartbeatWithinMs'>;
  main: Listening | null;
  /** What `--until` names has come. */
  untilCame: boolean;
  nowMs: number;
  limitMs: number;
}

export function progressOf(watched: WatchedSoFar): ProbeProgress {
  const { main, nowMs: elapsedMs, limitMs } = watched;
  const at = { elapsedMs, limitMs, awaited: awaitedIn(watched) };
  if (main === null) return { ...at, events: 0, comments: 0, last: null };
  const { log, lastEventMs } = main;
  const last = lastEventMs === null ? null : { type: log.lastType, agoMs: elapsedMs - lastEventMs };
  return { ...at, events: log.events, comments: log.comments, last };
}

function awaitedIn({ plan, main, untilCame, nowMs }: WatchedSoFar): string {
  if (main === null || main.headMs === null) return 'the response head';
  if (plan.until !== null && !untilCame) return untilText(plan.until);
  // What is asked beside the stream: whether it resumes, is the same for everybody, what a wrong path gets.
  if (main.end !== null || plan.until !== null) return 'the answers to other requests';
  if (main.log.firstEventMs === null) return 'the first event';
  const { beats } = rhythmOf(main.log, main.headMs);
  if (beats >= ENOUGH_BEATS)
    return nowMs - main.headMs < LEAST_WATCH_MS ? 'a few more seconds' : 'the answers to other requests';
  return beats === 0 ? 'a heartbeat' : `more heartbeats (${beats} of ${ENOUGH_BEATS})`;
}
