import type { Detected } from '../../findings/finding.ts';
import { headAdvice } from '../../findings/language-advice.ts';
import { heldForClientsSays, isAlike, lateForClientsSays } from '../../findings/held-head.ts';
import { narrowest } from '../../measure/cluster.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { Detector } from '../finding.ts';
import { marksOf } from '../server-marks.ts';

/** Fewer streams show nothing. */
const MIN_HELD = 5;
/** The shares of the first streams that got their first event with the head, and that had to wait for it. */
const WITH_EVENT_SHARE = 0.9;
const HELD_SHARE = 1 / 3;
/** One moment at which many heads come is a server that stood still. */
const MIN_MOMENTS = 2;
/** The part of the first streams whose head waited for an event of their own, and the part of these that waited for as long. */
const OWN_SHARE = 0.75;
const ALIKE_PERCENT = 80;

/** The head is held back until there is an event: until then a browser is not connected, and proxies time out. */
export const lateHeaders: Detector = {
  id: 'late-headers',
  detect(record) {
    const held = heldUntilAll(record) ?? heldForOwn(record);
    return held === null ? null : { ...held, hint: headAdvice(marksOf(record)) };
  },
};

/** Clients that asked at different times are let in by the events that all get. */
function heldUntilAll({ summary: { counts, times }, generator }: RunRecord): Detected | null {
  const { headsJudged, headsWithEvent, headsHeld, headsReleased } = counts;
  if (headsHeld < MIN_HELD) return null;
  if (headsWithEvent < headsJudged * WITH_EVENT_SHARE || headsHeld < headsJudged * HELD_SHARE) return null;
  // Each process counts the moments that it sees.
  if (headsReleased < MIN_MOMENTS * generator.processes) return null;
  const { p50, p99 } = times.headers.percentiles();
  return {
    title: `${heldForClientsSays({ clients: headsHeld, of: headsJudged, longestMs: times.headers.percentile(100) })}.`,
    evidence: { headsJudged, headsWithEvent, headsHeld, headsReleased, headersP50Ms: p50, headersP99Ms: p99 },
  };
}

/** Each connection has events of its own: all have waited for as long, whenever they asked. */
function heldForOwn({ summary: { counts, times }, generator }: RunRecord): Detected | null {
  const { headsJudged, ownHeadMoments, ownHeadPeriods } = counts;
  const { ownHeadWait } = times;
  if (ownHeadWait.count < Math.max(MIN_HELD, headsJudged * OWN_SHARE)) return null;
  if (ownHeadMoments < MIN_MOMENTS * generator.processes) return null;
  const alike = narrowest(ownHeadWait, ALIKE_PERCENT);
  if (alike === null || !isAlike(alike.fromMs, alike.toMs)) return null;
  const { count } = ownHeadWait;
  const { p50, p99 } = ownHeadWait.percentiles();
  const held = { clients: count, of: headsJudged, longestMs: ownHeadWait.percentile(100) };
  const isTimer = ownHeadPeriods * 100 >= count * ALIKE_PERCENT;
  return {
    title: `${isTimer ? heldForClientsSays(held) : lateForClientsSays(held)}.`,
    evidence: {
      headsJudged,
      headsHeld: count,
      ownHeadMoments,
      ownHeadPeriods,
      headersP50Ms: p50,
      headersP99Ms: p99,
    },
  };
}
