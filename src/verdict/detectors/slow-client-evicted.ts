import { formatPercent, counted } from '../../core/units.ts';
import type { KindCounts } from '../../measure/kind-counts.ts';
import type { Detector } from '../finding.ts';

/** Slow clients are thrown out for being slow where they lose this many times as many streams as those that read all. */
const TIMES_AS_MANY = 2;

/** Clients that read slowly, but read, were thrown out, and others were not. */
export const slowClientEvicted: Detector = {
  id: 'slow-client-evicted',
  detect({ summary }) {
    const slow = summary.byKind.get('slow');
    const healthy = summary.byKind.get('healthy');
    if (slow === undefined) return null;
    const dropped = slow.dropped - slow.unreadable;
    if (dropped <= 0 || droppedShare(slow) < TIMES_AS_MANY * droppedShare(healthy)) return null;
    return {
      title: `${counted(dropped, 'stream')} of slow clients ended although they were still reading (${dropped} of ${slow.connected + slow.reconnects}); for healthy clients ${formatPercent(droppedShare(healthy))} ended.`,
      evidence: { dropped, opened: slow.connected + slow.reconnects, healthyShare: droppedShare(healthy) },
    };
  },
};

/** The share of their streams that ended and not by our doing. */
function droppedShare(counts: KindCounts | undefined): number {
  if (counts === undefined) return 0;
  const opened = counts.connected + counts.reconnects;
  return opened === 0 ? 0 : (counts.dropped - counts.unreadable) / opened;
}
