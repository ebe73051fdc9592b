/** What a run could not tell of evictions, and where this machine got in the way. */
import { counted, formatBytes, formatDuration } from '../core/units.ts';
import { KERNELS_SWALLOW_BYTES } from '../findings/bounds.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { Gap } from './finding.ts';

/** Kinds of clients that the plan asked for and this machine cannot be. */
export function kindsGap({ degraded: why }: RunRecord): Gap | null {
  if (why === null) return null;
  return {
    what: `clients that this machine cannot simulate: ${why}`,
    evidence: { degraded: why },
    hint: 'Use a machine where clients can vanish: Linux with iproute2, and root or user namespaces.',
  };
}

export function evictionGap({ summary, expectations, swallowedBytes }: RunRecord): Gap | null {
  const { evictionsUnknown } = summary.counts;
  if (evictionsUnknown === 0) return null;
  const soFar = swallowedBytes > 0 ? `; ${formatBytes(swallowedBytes)} was not enough here` : '';
  return {
    what: `the eviction of ${counted(evictionsUnknown, 'stalled client')}`,
    evidence: { evictionsUnknown, evictWithinMs: expectations.evictWithinMs, swallowedBytes },
    hint: `A server can notice a stalled client once it has sent more than the kernels buffer (up to ${formatBytes(KERNELS_SWALLOW_BYTES)}${soFar}), and then has --evict-within (${formatDuration(expectations.evictWithinMs)}): send more or larger events, or run longer.`,
  };
}

/** Our own: what a server's clock says cannot be held against it any more. */
export function clockGap({ generator: { clockStep }, summary: { counts } }: RunRecord): Gap | null {
  if (clockStep === null || counts.untimed === 0) return null;
  const { atMs, byMs } = clockStep;
  return {
    what: `latency from ${formatDuration(atMs)} on (the clock of this machine was set ${byMs < 0 ? 'back' : 'forward'} by ${formatDuration(Math.abs(byMs))})`,
    evidence: { untimed: counts.untimed, clockStep },
    hint: 'Do not change the clock during a run.',
  };
}
