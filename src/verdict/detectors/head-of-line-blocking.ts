import { counted, formatCount, formatDuration } from '../../core/units.ts';
import type { Detected } from '../../findings/finding.ts';
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
/** Without times: fewer events of a client show no pace. */
const LEAST_EVENTS_EACH = 6;
const NEARLY_ALL = 0.9;

/** Healthy clients wait while others accept nothing: held against what they lived through before. */
export const headOfLineBlocking: Detector = {
  id: 'head-of-line-blocking',
  detect(record) {
    const {
      summary: { times, counts },
    } = record;
    const { latencyBeforeStall: before, latencyWhileStalled: during, latencyAfterStall: after } = times;
    if (!isBlocked(record)) return blockedByPauses(record);
    return {
      title: `While other clients read nothing, healthy clients had to wait: p99 ${formatDuration(during.percentile(99))} instead of ${formatDuration(before.percentile(99))}, at most ${formatDuration(during.percentile(100))}.`,
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

/**
 * By our own clock, where the events say no time that anybody vouches for: all pause together while others accept
 * nothing, and what was kept comes at once.
 */
function blockedByPauses(record: RunRecord): Detected | null {
  const { summary, generator } = record;
  const { times, counts } = summary;
  const { pauseBeforeStall: before, pauseHeld: held, pauseAfterStall: after, pauseToTheEnd: open } = times;
  const saysTimes = times.latencyBeforeStall.count >= LEAST_SAMPLES && counts.stamped > 0;
  if (saysTimes && counts.eventsPlanned > 0) return null;
  if (counts.cameBeforeStall < Math.max(LEAST_SAMPLES, LEAST_EVENTS_EACH * before.count)) return null;
  if (before.count === 0) return null;
  const healthy = summary.kind('healthy').connected;
  const stalled = summary.kind('stalled').connected + summary.kind('vanished').connected;
  const usualMs = before.percentile(100);
  const leastMs = Math.max(LEAST_MEDIAN_MS, FACTOR * usualMs) + generator.eventLoopDelayMs.max;
  const evidence = {
    healthy,
    stalled,
    longestBeforeMs: usualMs,
    heldBack: counts.heldWhileStalled,
    clientsHeld: held.count,
    longestHeldMs: held.percentile(100),
    clientsWithoutEvents: open.count,
    longestWithoutEventsMs: open.percentile(100),
  };
  const usual = `at most ${formatDuration(usualMs)} apart before that`;
  const isBetterAfter = after.count === 0 || after.percentile(50) < held.percentile(50) / 2;
  if (!saysTimes && 2 * held.count >= healthy && held.percentile(50) > leastMs && isBetterAfter) {
    return {
      title: `While ${counted(stalled, 'client')} read nothing, ${formatCount(held.count)} of ${counted(healthy, 'healthy client')} received no event for up to ${formatDuration(held.percentile(100))}, and then ${formatCount(counts.heldWhileStalled)} at the same moment; events were ${usual}.`,
      evidence,
    };
  }
  if (open.count < NEARLY_ALL * healthy || open.percentile(50) <= leastMs) return null;
  return {
    severity: 'warn',
    explains: false,
    title: `After ${counted(stalled, 'client')} stopped reading, events stopped for ${formatCount(open.count)} of ${counted(healthy, 'healthy client')}: none in the last ${formatDuration(open.percentile(50))}, but ${usual}. Either they wait for the stalled clients, or nothing more was published.`,
    evidence,
  };
}

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
