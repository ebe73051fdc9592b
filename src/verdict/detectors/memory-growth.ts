import { counted, formatBytes } from '../../core/units.ts';
import { type QueueOverrun, queueOverrun } from '../../memory/server-memory.ts';
import type { Growth } from '../../memory/trend.ts';
import type { Detected } from '../../findings/finding.ts';
import type { Detector } from '../finding.ts';
import { METRIC_UNITS } from '../metrics.ts';

const perMinute = METRIC_UNITS.bytesPerMinute.format;

/**
 * The server's memory rises all through the load, and nothing says that it will stop; or more waits in it than
 * its queues may hold, which needs no trend.
 */
export const memoryGrowth: Detector = {
  id: 'memory-growth',
  detect({ server, growth }) {
    const overrun = queueOverrun(server);
    if (growth.verdict === 'fail') return grows(growth, overrun);
    return overrun === null
      ? null
      : {
          title: `${formatBytes(overrun.queuedBytes)} wait in the server for ${counted(overrun.clients, 'client')}, more than the ${formatBytes(overrun.allowedQueuedBytes)} that their queues may hold.`,
          evidence: { ...overrun },
          hint: 'Bound what waits for one client in bytes: stop writing when `write()` says false, and remove who does not catch up.',
        };
  },
};

function grows(growth: Extract<Growth, { low: number }>, overrun: QueueOverrun | null): Detected {
  const { bytesPerMinute, low, high, limitBytesPerMinute } = growth;
  return {
    title: `The server's memory grows by ${perMinute(bytesPerMinute)} under an even load (between ${perMinute(low)} and ${perMinute(high)}).`,
    evidence: { bytesPerMinute, lowBytesPerMinute: low, highBytesPerMinute: high, limitBytesPerMinute, ...overrun },
  };
}
