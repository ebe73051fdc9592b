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
    const hint = 'Send `retry:` with a few seconds, and with 20 % jitter or more between clients.';
    if (retryMs === null) return pass('no retry: each client uses its own reconnection time', { retryMs }, hint);
    if (retryMs < LEAST_MS)
      return warn(`retry: ${retryMs} makes clients flood a server that is down`, { retryMs }, hint);
    if (retryMs > MOST_MS) return warn(`clients reconnect only after ${formatDuration(retryMs)}`, { retryMs }, hint);
    return pass(`clients reconnect after ${formatDuration(retryMs)}`, { retryMs });
  },
};
