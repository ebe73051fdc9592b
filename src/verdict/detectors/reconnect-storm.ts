import { FINDINGS } from '../../findings/finding-rows.ts';
import { counted, countedOf, formatDuration } from '../../core/units.ts';
import { BURST_MS } from '../../measure/reconnect-burst.ts';
import type { Detector } from '../finding.ts';

/** Streams shorter than their own reconnection time, by healthy client: a loop. */
const SHORT_LIVES_A_CLIENT = 5;

/** Clients that were dropped all come back at one moment, or again and again. */
export const reconnectStorm: Detector = {
  id: 'reconnect-storm',
  detect({ summary: { counts, times, byKind } }) {
    const { stormDropped: dropped, stormPeak: peak, shortLives } = counts;
    const clients = byKind.get('healthy')?.planned ?? 0;
    const reconnectMs = { p50: times.reconnect.percentile(50), max: times.reconnect.percentile(100) };
    if (shortLives > clients * SHORT_LIVES_A_CLIENT) {
      return {
        title: `Clients reconnect in a loop: ${counted(shortLives, 'stream')} of ${counted(clients, 'client')} ended before their own reconnection time had passed.`,
        evidence: { shortLives, clients, reconnectMs },
        hint: `Find out why streams end so soon. ${FINDINGS['reconnect-storm'].advice}`,
      };
    }
    if (dropped === 0) return null;
    const longest = times.reconnect.count === 0 ? '' : `, the last after ${formatDuration(reconnectMs.max)}`;
    return {
      title: `${countedOf(dropped, clients, 'stream')} were dropped within a second, and ${peak.toLocaleString('en-US')} of their clients reconnected within ${formatDuration(BURST_MS)}${longest}.`,
      evidence: { dropped, peak, withinMs: BURST_MS, reconnectMs },
    };
  },
};
