/**
 * Reads our own server's `/stats`. A server that is too busy to answer in time gives no sample: a gap in the
 * series, never a zero.
 */
import type { ServerSample } from '../../memory/server-memory.ts';

const TIMEOUT_MS = 3000;

export async function readStats(url: URL, tMs: number): Promise<ServerSample | null> {
  let stats: Record<string, Record<string, unknown>>;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok) return null;
    stats = (await answer.json()) as typeof stats;
  } catch {
    // Down, draining or too busy: the run sees that by its clients; here it is a gap.
    return null;
  }
  const evicted = Object.values(stats['evicted'] ?? {});
  return {
    tMs,
    rssBytes: figure(stats['memory']?.['rssBytes']),
    heapUsedBytes: figure(stats['memory']?.['heapUsedBytes']),
    externalBytes: figure(stats['memory']?.['externalBytes']),
    cpuSeconds: figure(stats['cpuSeconds']),
    clients: figure(stats['clients']?.['connected']),
    blocked: figure(stats['clients']?.['blocked']),
    queuedBytes: figure(stats['queuedBytes']),
    evicted: evicted.reduce<number>((sum, count) => sum + (figure(count) ?? 0), 0),
    life: figure(stats['pid'])?.toString() ?? null,
  };
}

function figure(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
