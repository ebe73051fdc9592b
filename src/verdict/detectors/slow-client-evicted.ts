import { counted } from '../../core/units.ts';
import type { Detector } from '../finding.ts';

/** A client that reads slowly, but reads, was thrown out. */
export const slowClientEvicted: Detector = {
  id: 'slow-client-evicted',
  detect({ summary }) {
    const slow = summary.byKind.get('slow');
    const dropped = slow === undefined ? 0 : slow.dropped - slow.unreadable;
    if (dropped === 0) return null;
    return {
      title: `${counted(dropped, 'stream')} of slow clients ended although they were still reading.`,
      evidence: { dropped },
    };
  },
};
