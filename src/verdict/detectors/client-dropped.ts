import { counted } from '../../core/units.ts';
import type { Detector } from '../finding.ts';

/** A stream that its client was reading, and that ended all the same. */
export const clientDropped: Detector = {
  id: 'client-dropped',
  detect({ summary }) {
    let dropped = 0;
    const byKind: Record<string, number> = {};
    for (const [kind, counts] of summary.byKind) {
      // What could not be read any more has findings of its own.
      const ended = counts.dropped - counts.unreadable;
      if (kind === 'slow' || ended === 0) continue;
      byKind[kind] = ended;
      dropped += ended;
    }
    const { notRecovered } = summary.counts;
    if (dropped + notRecovered === 0) return null;
    const words = [
      ...(dropped > 0 ? [`${counted(dropped, 'stream')} ended although the client was reading`] : []),
      ...(notRecovered > 0 ? [`${counted(notRecovered, 'client')} had no stream again after an incident`] : []),
    ];
    return {
      title: `${words.join('; ')}.`,
      evidence: {
        dropped,
        byKind,
        byCause: Object.fromEntries(summary.dropsByCause),
        ...(notRecovered > 0 ? { notRecovered } : {}),
      },
    };
  },
};
