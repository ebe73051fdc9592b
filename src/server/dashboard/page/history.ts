/**
 * The figures of the last ten minutes as columns, one row for each look of the server at itself: one a second while
 * somebody watches, fewer while nobody does.
 *
 * Between two lives of the server, and where the page was away for longer than the server remembers, there is
 * a row of nulls: no line is drawn over what nobody saw, and no rate is taken across it.
 */
import type { FiguresMessage } from '../message.ts';

const COLUMNS = [
  'connected',
  'blocked',
  'published',
  'delivered',
  'dropped',
  'replayed',
  'queued',
  'evicted',
  'rejected',
  'rss',
  'heap',
  'delay',
] as const;
export type ColumnName = (typeof COLUMNS)[number];
export type Column = Array<number | null>;

const KEPT_MS = 600_000;
const MAX_ROWS = 600;
/** Looks that are missing before it is a gap: one may be late. */
const GAP_PERIODS = 3.5;
const MAX_RESTARTS = 20;

export class History {
  /** Unix time in seconds, ascending: what uPlot wants. */
  readonly times: number[] = [];
  readonly columns: Readonly<Record<ColumnName, Column>> = emptyColumns();
  /** When the server was restarted, as Unix time in seconds. */
  readonly restarts: number[] = [];
  #latest: FiguresMessage | null = null;

  /** The newest of all. */
  get latest(): FiguresMessage | null {
    return this.#latest;
  }

  /** Rows that are figures. */
  get pointCount(): number {
    return this.columns.connected.reduce<number>((sum, value) => (value === null ? sum : sum + 1), 0);
  }

  add(figures: FiguresMessage): void {
    const before = this.#latest;
    const at = figures.atMs / 1000;
    const lastAt = this.times.at(-1) ?? -Infinity;
    // The next life's clock may have been set back.
    if (at <= lastAt) this.#clear();
    const isSameLife = before?.lifeId === figures.lifeId;
    const isNext =
      isSameLife && figures.atMs - before.atMs <= GAP_PERIODS * Math.max(before.periodMs, figures.periodMs);
    if (!isNext && this.times.length > 0) this.#push(Math.min(at, lastAt + figures.periodMs / 1000) - 0.0005, null);
    if (!isSameLife && before !== null) this.restarts.push(at);
    const rate = (of: (each: FiguresMessage) => number): number | null =>
      isNext ? ((of(figures) - of(before)) * 1000) / (figures.atMs - before.atMs) : null;
    this.#push(at, {
      connected: figures.clients.connected,
      blocked: figures.clients.blocked,
      published: rate(({ events }) => events.published),
      delivered: rate(({ events }) => events.delivered),
      dropped: rate(({ events }) => events.dropped),
      replayed: rate(({ events }) => events.replayed),
      evicted: rate(evictedOf),
      rejected: rate(({ clients }) => clients.refused),
      queued: figures.queuedBytes,
      rss: figures.memory.rssBytes,
      heap: figures.memory.heapUsedBytes,
      delay: figures.eventLoopDelayMs.p99,
    });
    this.#latest = figures;
    this.#trim(at - KEPT_MS / 1000);
  }

  #push(at: number, values: Record<ColumnName, number | null> | null): void {
    this.times.push(at);
    for (const name of COLUMNS) this.columns[name].push(values === null ? null : values[name]);
  }

  #trim(oldest: number): void {
    while (this.times.length > MAX_ROWS || (this.times[0] ?? Infinity) < oldest) {
      this.times.shift();
      for (const column of Object.values(this.columns)) column.shift();
    }
    const start = this.times[0] ?? Infinity;
    while (this.restarts.length > MAX_RESTARTS || (this.restarts[0] ?? Infinity) < start) this.restarts.shift();
  }

  #clear(): void {
    this.times.length = 0;
    this.restarts.length = 0;
    for (const column of Object.values(this.columns)) column.length = 0;
  }
}

export function emptyColumns(): Record<ColumnName, Column> {
  return Object.fromEntries(COLUMNS.map((name) => [name, []])) as unknown as Record<ColumnName, Column>;
}

/** Clients that the server itself evicted, for whatever reason. */
export function evictedOf({ evicted }: FiguresMessage): number {
  return Object.values(evicted).reduce((sum, evictedCount) => sum + evictedCount, 0);
}
