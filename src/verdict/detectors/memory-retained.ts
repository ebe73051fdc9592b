import { formatBytes } from '../../core/units.ts';
import { inUseBytes, lookedTooSoon } from '../../memory/server-memory.ts';
import type { Detector } from '../finding.ts';

/** Room for what a runtime keeps after its first load: compiled code, grown tables, pools. */
const ALLOWED_BYTES = 16 * 1024 * 1024;
const ALLOWED_BYTES_PER_CLIENT = 1024;

/**
 * Memory in use after the clients left, a garbage collection before each look. Resident memory is not judged:
 * runtimes give it back late or never, and a sound server would be accused.
 */
export const memoryRetained: Detector = {
  id: 'memory-retained',
  detect({ server, summary }) {
    const { baseline, settled } = server;
    const before = inUseBytes(baseline);
    const after = inUseBytes(settled);
    if (before === null || after === null || lookedTooSoon(server)) return null;
    const clients = summary.total('connected') + summary.total('reconnects');
    const allowedBytes = ALLOWED_BYTES + clients * ALLOWED_BYTES_PER_CLIENT;
    const retainedBytes = after - before;
    if (retainedBytes <= allowedBytes) return null;
    return {
      title: `The server holds ${formatBytes(retainedBytes)} more than before the run, with all clients gone.`,
      evidence: { retainedBytes, allowedBytes, baselineBytes: before, settledBytes: after, streams: clients },
    };
  },
};
