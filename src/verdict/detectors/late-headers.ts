import { counted, formatDuration } from '../../core/units.ts';
import type { Detector } from '../finding.ts';

/** Fewer streams show nothing. */
const MIN_HELD = 5;
/** The shares of the first streams that got their first event with the head, and that had to wait for it. */
const WITH_EVENT_SHARE = 0.9;
const HELD_SHARE = 1 / 3;
/** One moment at which many heads come is a server that stood still. */
const MIN_MOMENTS = 2;

/** The head is held back until there is an event: until then a browser is not connected, and proxies time out. */
export const lateHeaders: Detector = {
  id: 'late-headers',
  detect({ summary: { counts, times }, generator }) {
    const { headsJudged, headsWithEvent, headsHeld, headsReleased } = counts;
    if (headsHeld < MIN_HELD) return null;
    if (headsWithEvent < headsJudged * WITH_EVENT_SHARE || headsHeld < headsJudged * HELD_SHARE) return null;
    // Each process counts the moments that it sees.
    if (headsReleased < MIN_MOMENTS * generator.processes) return null;
    const { p50, p99 } = times.headers.percentiles();
    return {
      title: `The response head comes only with the first event: ${counted(headsHeld, 'client')} waited for one, up to ${formatDuration(p99)}.`,
      evidence: { headsJudged, headsWithEvent, headsHeld, headsReleased, headersP50Ms: p50, headersP99Ms: p99 },
    };
  },
};
