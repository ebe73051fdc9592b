import { formatDuration } from '../../core/units.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { Detector } from '../finding.ts';

/** Fewer samples are no distribution. */
const LEAST_SAMPLES = 20;
/** Above what a busy machine does to everybody. */
const LEAST_MS = 500;
const FACTOR = 5;
/** Where nothing tells when an event was sent: a server that stood still for a moment looks the same. */
const LEAST_MEDIAN_MS = 2000;
/** Events that were held back come together, or never: a server that is merely too slow sends them one by one. */
const HELD_SHARE = 0.1;

/** Healthy clients wait while others accept nothing: held against what they lived through before. */
export const headOfLineBlocking: Detector = {
  id: 'head-of-line-blocking',
  detect(record) {
    const {
      summary: { times, counts },
    } = record;
    const { latencyBeforeStall: before, latencyWhileStalled: during, latencyAfterStall: after } = times;
    if (!isBlocked(record)) return null;
    return {
      title: `While other clients accepted nothing, healthy ones waited too: p99 ${formatDuration(during.percentile(99))} instead of ${formatDuration(before.percentile(99))}.`,
      evidence: {
        beforeMs: figures(before),
        whileStalledMs: figures(during),
        afterMs: figures(after),
        heldBack: counts.bunchedWhileStalled,
        neverCame: counts.unheardWhileStalled,
      },
    };
  },
};

function isBlocked({ summary: { times, counts }, generator }: RunRecord): boolean {
  const {
    latencyBeforeStall: before,
    latencyWhileStalled: during,
    latencyAfterStall: after,
    sentWhileStalled: sent,
  } = times;
  if (before.count < LEAST_SAMPLES || during.count < LEAST_SAMPLES) return false;
  const usualMs = FACTOR * before.percentile(99);
  const ownMs = generator.eventLoopDelayMs.max;
  const heldBack = (counts.bunchedWhileStalled + counts.unheardWhileStalled) / during.count;
  if (heldBack < HELD_SHARE) return false;
  const afterSending = sent.percentile(90) > Math.max(LEAST_MS, usualMs) + ownMs;
  const allTheTime = during.percentile(50) > Math.max(LEAST_MEDIAN_MS, usualMs) + ownMs;
  if (!afterSending && !allTheTime) return false;
  // They are gone, and it is as bad: it was not they.
  return after.count < LEAST_SAMPLES || after.percentile(50) < during.percentile(90) / 2;
}

function figures(times: RunRecord['summary']['times']['latency']): Record<string, number> {
  return { count: times.count, p50: times.percentile(50), p99: times.percentile(99) };
}
