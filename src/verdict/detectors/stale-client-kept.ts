import { counted, formatBytes, formatDuration } from '../../core/units.ts';
import type { Detector } from '../finding.ts';

/** The server could know that a client accepts nothing any more, and kept it. */
export const staleClientKept: Detector = {
  id: 'stale-client-kept',
  detect({ summary, expectations, swallowedBytes }) {
    const { evictionsMissed, evictionsSeen } = summary.counts;
    if (evictionsMissed === 0) return null;
    const shown = swallowedBytes > 0 ? `, which shows it after ${formatBytes(swallowedBytes)}` : '';
    return {
      title: `${counted(evictionsMissed, 'client')} that accepted nothing for ${formatDuration(expectations.evictWithinMs)} had not been removed.`,
      evidence: {
        missed: evictionsMissed,
        evicted: evictionsSeen,
        evictWithinMs: expectations.evictWithinMs,
        swallowedBytes,
      },
      hint: `Remove a client whose socket takes nothing for long: watch \`write()\` and \`drain\` for each, and on Linux the unacknowledged queue${shown}.`,
    };
  },
};
