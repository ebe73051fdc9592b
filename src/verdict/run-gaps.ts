/** What a run could not tell of evictions, and where this machine got in the way. */
import { counted, formatBytes, formatDuration } from '../core/units.ts';
import { KERNELS_SWALLOW_BYTES } from '../findings/bounds.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Gap } from './finding.ts';

/** Kinds of clients that the plan asked for and this machine cannot be. */
export function kindsGap({ degraded: why }: RunRecord): Gap | null {
  if (why === null) return null;
  return {
    what: `what this machine cannot do: ${why}`,
    evidence: { degraded: why },
    hint: 'Run it where clients can vanish: Linux with iproute2, and root or user namespaces.',
  };
}

export function evictionGap({ summary, expectations, swallowedBytes }: RunRecord): Gap | null {
  const { evictionsUnknown } = summary.counts;
  if (evictionsUnknown === 0) return null;
  const soFar = swallowedBytes > 0 ? `, and ${formatBytes(swallowedBytes)} did not suffice here` : '';
  return {
    what: `the eviction of ${counted(evictionsUnknown, 'stalled client')}`,
    evidence: { evictionsUnknown, evictWithinMs: expectations.evictWithinMs, swallowedBytes },
    hint: `A server knows when more was sent to a client than kernels take for it (up to ${formatBytes(KERNELS_SWALLOW_BYTES)}${soFar}), and is given --evict-within (${formatDuration(expectations.evictWithinMs)}) from then on: send more or larger events, or run longer.`,
  };
}

/** Our own: what a server's clock says cannot be held against it any more. */
export function clockGap({ generator: { clockStep }, summary: { counts } }: RunRecord): Gap | null {
  if (clockStep === null || counts.untimed === 0) return null;
  const { atMs, byMs } = clockStep;
  return {
    what: `latency from ${formatDuration(atMs)} on (the clock of this machine was set ${byMs < 0 ? 'back' : 'forward'} by ${formatDuration(Math.abs(byMs))})`,
    evidence: { untimed: counts.untimed, clockStep },
    hint: 'Let nothing set the clock during a run.',
  };
}
