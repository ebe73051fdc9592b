import { counted, type Detector } from '../finding.ts';

/** A stream that its client was reading, and that ended all the same. */
export const clientDropped: Detector = {
  id: 'client-dropped',
  severity: 'fail',
  blamesTime: true,
  detect({ summary, server }) {
    // A server that died took every stream with it: that is one finding, not thousands.
    if (server.down !== null) return null;
    let dropped = 0;
    const byKind: Record<string, number> = {};
    for (const [kind, counts] of summary.byKind) {
      if (kind === 'slow' || counts.dropped === 0) continue;
      byKind[kind] = counts.dropped;
      dropped += counts.dropped;
    }
    if (dropped === 0) return null;
    return {
      title: `${counted(dropped, 'stream')} ended although the client was reading.`,
      evidence: { dropped, byKind, byCause: Object.fromEntries(summary.dropsByCause) },
      hint: 'Look for time-outs on the way (proxy read time-out, server write time-out) and for an eviction that counts the wrong clients.',
    };
  },
};
