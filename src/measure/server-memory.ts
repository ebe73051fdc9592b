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
  /** When the load ended, before the clients left. */
  end: ServerSample | null;
  /** When the settling phase was over, after a garbage collection where we could ask for one. */
  settled: ServerSample | null;
  /** Why it went away during the run: exit code, signal, last words. Null while it lives. */
  down: string | null;
}

export function emptyServerRecord(source: ServerRecord['source']): ServerRecord {
  return { source, baseline: null, samples: [], end: null, settled: null, down: null };
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
