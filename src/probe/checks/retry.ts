import { formatDuration } from '../../core/units.ts';
import { pass, warn, type Check } from './check.ts';

const LEAST_MS = 100;
const MOST_MS = 5 * 60_000;

/**
 * When do clients come back? Without a `retry:` each browser takes its own time (some seconds), all at once after a
 * restart; with a tiny one they hammer, with a huge one they stay away.
 */
export const retry: Check = {
  id: 'retry',
  needs: 'stream',
  judge(_seen, { log: { retryMs } }) {
    const hint = 'Send `retry:` with some seconds, another value to each client (20 % or more of jitter).';
    if (retryMs === null) return pass('no retry: clients come back after a time of their own', { retryMs }, hint);
    if (retryMs < LEAST_MS)
      return warn(`retry: ${retryMs} makes clients hammer a server that is down`, { retryMs }, hint);
    if (retryMs > MOST_MS) return warn(`clients come back only after ${formatDuration(retryMs)}`, { retryMs }, hint);
    return pass(`clients come back after ${formatDuration(retryMs)}`, { retryMs });
  },
};
