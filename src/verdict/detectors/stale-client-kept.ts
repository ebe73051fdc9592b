import { counted, countedOf, formatBytes, formatDuration } from '../../core/units.ts';
import type { Detected } from '../../findings/finding.ts';
import { KERNELS_SWALLOW_BYTES } from '../../findings/bounds.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { Detector } from '../finding.ts';

/** The server could know that a client accepts nothing any more, and kept it. */
export const staleClientKept: Detector = {
  id: 'stale-client-kept',
  detect(record) {
    const { summary, expectations, swallowedBytes } = record;
    const { evictionsMissed, evictionsSeen } = summary.counts;
    if (evictionsMissed === 0) return overdue(record);
    const shown = swallowedBytes > 0 ? `, which shows such clients after ${formatBytes(swallowedBytes)}` : '';
    return {
      title: `${countedOf(evictionsMissed, evictionsMissed + evictionsSeen, 'client')} that read nothing for ${formatDuration(expectations.evictWithinMs)} had not been evicted.`,
      evidence: {
        missed: evictionsMissed,
        evicted: evictionsSeen,
        evictWithinMs: expectations.evictWithinMs,
        swallowedBytes,
      },
      hint: `Evict clients whose socket accepts nothing for too long: watch \`write()\` and \`drain\` of each client, and on Linux the unacknowledged send queue${shown}.`,
    };
  },
};

/** No fault of a server that promised nothing: its writes do not tell before the kernels are full. */
function overdue({ summary: { counts }, expectations: { evictWithinMs }, swallowedBytes }: RunRecord): Detected | null {
  if (counts.evictionsOverdue === 0) return null;
  return {
    severity: 'warn',
    explains: false,
    title: `${counted(counts.evictionsOverdue, 'client')} that read nothing for ${formatDuration(evictWithinMs)} had not been evicted; the kernels still buffered all writes, so a write timeout could not notice yet.`,
    evidence: { overdue: counts.evictionsOverdue, evicted: counts.evictionsSeen, evictWithinMs, swallowedBytes },
    hint: `Send more (up to ${formatBytes(KERNELS_SWALLOW_BYTES)} to each client) to see whether they are evicted once writes block. Before that, only the kernel's unacknowledged send queue (SIOCOUTQ, TCP_USER_TIMEOUT) shows that a client is gone.`,
  };
}
