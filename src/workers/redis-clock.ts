/**
 * How far a clock is from that of Redis, which all machines of a run can ask: of several questions the one that was answered
 * fastest, since its answer is off by no more than half the time that it took (Cristian's algorithm, 1989).
 */
import type { RedisLine } from './redis-line.ts';

const QUESTIONS = 7;
/** The smallest part of a second that Redis says. */
const REDIS_STEP_MS = 0.001;

export interface ClockOffset {
  /** Added to the clock, it is that of Redis. */
  offsetMs: number;
  /** It is off by this much at most. */
  errorMs: number;
}

/**
 * @param wallMs the clock, in Unix milliseconds
 * @param stepMs how far it goes at a time: what it shows may be so old
 * @returns null where Redis could not be asked
 */
export async function clockOffset(line: RedisLine, wallMs: () => number, stepMs: number): Promise<ClockOffset | null> {
  let best: ClockOffset | null = null;
  for (let question = 0; question < QUESTIONS; question += 1) {
    const askedMs = wallMs();
    const time = await line.ask((redis) => redis.time());
    if (time === null) continue;
    const [seconds, microseconds] = time.map(Number) as [number, number];
    const halfMs = (wallMs() - askedMs) / 2;
    const errorMs = halfMs + stepMs / 2 + REDIS_STEP_MS;
    // A clock that was set back meanwhile says nothing.
    if (halfMs >= 0 && (best === null || errorMs < best.errorMs))
      best = { offsetMs: seconds * 1000 + microseconds / 1000 - (askedMs + halfMs + stepMs / 2), errorMs };
  }
  return best;
}
