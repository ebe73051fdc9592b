/** After the load: the wait for events that are still on their way. */
import { pause } from '../../core/pause.ts';
import type { Fleet } from './fleet.ts';

/** How long they may take to arrive everywhere. */
const DRAIN_MS = 2000;
/** Where events have come late all along, the last ones do so too, and are not lost for that. */
const DRAIN_LATENCIES = 1.5;
const MOST_DRAIN_MS = 10_000;
const STEP_MS = 20;

/** @param usualMs how late events came: their 99th percentile; 0 where nobody waits for them */
export async function drain(fleet: Fleet, headSeq: number, usualMs: number): Promise<void> {
  const drainMs = Math.max(DRAIN_MS, Math.min(DRAIN_LATENCIES * usualMs, MOST_DRAIN_MS));
  for (let waitedMs = 0; waitedMs < drainMs && !fleet.allHeard(headSeq); waitedMs += STEP_MS) await pause(STEP_MS);
}
