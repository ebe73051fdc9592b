import { METRIC_UNITS } from '../metrics.ts';
import { growthOfRun } from '../../measure/trend-of-run.ts';
import type { Detector } from '../finding.ts';

const perMinute = METRIC_UNITS.bytesPerMinute.format;

/** The server's resident memory rises all through the load, and nothing says that it will stop. */
export const memoryGrowth: Detector = {
  id: 'memory-growth',
  severity: 'fail',
  // A slow load process sends less and measures the server's memory all the same.
  blamesTime: false,
  detect(record) {
    const growth = growthOfRun(record);
    if (growth.verdict !== 'fail') return null;
    const { bytesPerMinute, low, high, limitBytesPerMinute } = growth;
    return {
      title: `The server's memory grows by ${perMinute(bytesPerMinute)} under an even load (between ${perMinute(low)} and ${perMinute(high)}).`,
      evidence: { bytesPerMinute, lowBytesPerMinute: low, highBytesPerMinute: high, limitBytesPerMinute },
      hint: 'Compare two heap snapshots some minutes apart under load; look for queues, histories and listeners that only ever grow.',
    };
  },
};
