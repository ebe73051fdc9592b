/** Whether the events of a run are late by the time of a delayed acknowledgement, or their second half is. */
import { hostOf } from '../core/host.ts';
import { isThisMachine } from '../core/loopback.ts';
import { delayedBy, type Delayed, type Lateness } from '../findings/delayed-writes.ts';
import { countAbove } from '../measure/cluster.ts';
import { longestStopMs } from '../measure/generator.ts';
import type { TimeHistogram } from '../measure/histogram.ts';
import type { RunRecord } from '../record/run-record.ts';

export interface DelayedWrites extends Delayed {
  inParts: boolean;
}

export function delayedWritesOf({ summary: { counts, times }, target, generator }: RunRecord): DelayedWrites | null {
  const inParts = delayedBy(latenessOf(times.restAfter), {
    of: counts.events,
    ownStopMs: longestStopMs(generator),
  });
  if (inParts !== null) return { ...inParts, inParts: true };
  // One clock: what is late by the same is no clock that is behind.
  if (target.proxy !== null || !isThisMachine(hostOf(new URL(target.url)))) return null;
  const late = delayedBy(latenessOf(times.latencySent.count > 0 ? times.latencySent : times.latency));
  return late === null ? null : { ...late, inParts: false };
}

function latenessOf(times: TimeHistogram): Lateness {
  return { count: times.count, countAbove: (ms) => countAbove(times, ms) };
}
