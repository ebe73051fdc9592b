import { counted, formatBytes } from '../../core/units.ts';
import { type QueueOverrun, queueOverrun } from '../../memory/server-memory.ts';
import type { Rise } from '../../memory/rise.ts';
import type { Growth } from '../../memory/trend.ts';
import type { Detected } from '../../findings/finding.ts';
import type { Detector } from '../finding.ts';
import { riseEvidence, riseText } from '../memory-gaps.ts';
import { METRIC_UNITS } from '../metrics.ts';

const perMinute = METRIC_UNITS.bytesPerMinute.format;

/**
 * The server's memory rises all through the load, and nothing says that it will stop; or it rises on when all clients
 * have left; or more waits in it than its queues may hold, which needs no trend.
 */
export const memoryGrowth: Detector = {
  id: 'memory-growth',
  detect({ server, growth, growsAlone, rise }) {
    const overrun = queueOverrun(server);
    if (growth.verdict === 'fail' && growsAlone && rise !== null) return goesOn(growth, rise);
    if (growth.verdict === 'fail') return grows(growth, overrun);
    return overrun === null
      ? null
      : {
          title: `The server queues ${formatBytes(overrun.queuedBytes)} for ${counted(overrun.clients, 'client')}, more than the ${formatBytes(overrun.allowedQueuedBytes)} that their queues may hold.`,
          evidence: { ...overrun },
          hint: 'Limit the bytes queued per client: stop writing when `write()` returns false, and evict clients that do not catch up.',
        };
  },
};

function goesOn(growth: Extract<Growth, { low: number }>, rise: Rise): Detected {
  const { bytesPerMinute, low, high, limitBytesPerMinute } = growth;
  return {
    title: `The server's memory rose ${riseText(rise)}: it still grows by ${perMinute(bytesPerMinute)} without any client (between ${perMinute(low)} and ${perMinute(high)}).`,
    evidence: {
      bytesPerMinute,
      lowBytesPerMinute: low,
      highBytesPerMinute: high,
      limitBytesPerMinute,
      ...riseEvidence(rise),
    },
    hint: 'Clients are not the cause: look for what the server keeps for each event or each run of a timer (histories, queues, caches without a limit), and compare two heap snapshots some seconds apart. If it fills a history of that size on purpose, add --ignore memory-growth.',
  };
}

function grows(growth: Extract<Growth, { low: number }>, overrun: QueueOverrun | null): Detected {
  const { bytesPerMinute, low, high, limitBytesPerMinute } = growth;
  return {
    title: `The server's memory grows by ${perMinute(bytesPerMinute)} under an even load (between ${perMinute(low)} and ${perMinute(high)}).`,
    evidence: { bytesPerMinute, lowBytesPerMinute: low, highBytesPerMinute: high, limitBytesPerMinute, ...overrun },
  };
}
