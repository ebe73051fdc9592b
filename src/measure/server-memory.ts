/**
 * What the server's process looked like over the run: memory, clients, and what it says of itself.
 */

/** One look at the server; null where a source does not tell. */
export interface ServerSample {
  tMs: number;
  rssBytes: number | null;
  heapUsedBytes: number | null;
  externalBytes: number | null;
  cpuSeconds: number | null;
  clients: number | null;
  queuedBytes: number | null;
  evicted: number | null;
}

export interface ServerRecord {
  source: 'embedded' | 'none';
  /** Before any client came, after a garbage collection where we could ask for one. */
  baseline: ServerSample | null;
  /** While the load was on. */
  samples: ServerSample[];
  /**
   * In a load that is long enough for a trend: when it was warm, after a garbage collection. Null where there
   * was none.
   */
  warm: ServerSample | null;
  /** When the load ended, before the clients left; after a garbage collection where `warm` is. */
  end: ServerSample | null;
  /** When the settling phase was over, after a garbage collection where we could ask for one. */
  settled: ServerSample | null;
  /** Why it went away during the run: exit code, signal, last words. Null while it lives. */
  down: string | null;
}

export function emptyServerRecord(source: ServerRecord['source']): ServerRecord {
  return { source, baseline: null, samples: [], warm: null, end: null, settled: null, down: null };
}

/** What the program itself holds, free of what its runtime keeps back; null where a source does not tell. */
export function inUseBytes(sample: ServerSample | null): number | null {
  if (sample === null || sample.heapUsedBytes === null) return null;
  return sample.heapUsedBytes + (sample.externalBytes ?? 0);
}

/** In this time even a busy server hears that thousands of clients have left. */
const SETTLE_AT_LEAST_MS = 1000;

/**
 * Whether clients were still counted and the last look came too soon to hold that against anybody: the run was
 * interrupted, or its settling phase was cut short.
 */
export function lookedTooSoon({ samples, end, settled }: ServerRecord): boolean {
  if (settled === null || settled.clients === 0) return false;
  return settled.tMs - (end ?? samples.at(-1) ?? settled).tMs < SETTLE_AT_LEAST_MS;
}

/** The highest resident memory seen, in bytes; null when it was never read. */
export function peakRssBytes(record: ServerRecord): number | null {
  let peak: number | null = null;
  for (const sample of [record.baseline, ...record.samples, record.end]) {
    const rssBytes = sample?.rssBytes ?? null;
    if (rssBytes !== null && (peak === null || rssBytes > peak)) peak = rssBytes;
  }
  return peak;
}
