/**
 * The figures of the last minutes as columns, one row for each look of the server at itself.
 *
 * Between two lives of the server, and where the page was away for longer than the server remembers, there is
 * a row of nulls: no line is drawn over what nobody saw, and no rate is taken across it.
 */
import type { FiguresMessage } from '../message.ts';

export type ColumnName = 'connected' | 'blocked' | 'published' | 'delivered' | 'queued' | 'rss' | 'heap' | 'delay';
export type Column = Array<number | null>;

const MAX_ROWS = 600;
/** Looks that are missing before it is a gap: one may be late. */
const GAP_PERIODS = 3.5;
const MAX_RESTARTS = 20;

export class History {
  /** Unix time in seconds, ascending: what uPlot wants. */
  readonly times: number[] = [];
  readonly columns: Readonly<Record<ColumnName, Column>> = {
    connected: [],
    blocked: [],
    published: [],
    delivered: [],
    queued: [],
    rss: [],
    heap: [],
    delay: [],
  };
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
    const isNext = isSameLife && figures.atMs - before.atMs <= GAP_PERIODS * figures.periodMs;
    if (!isNext && this.times.length > 0) this.#push(Math.min(at, lastAt + figures.periodMs / 1000) - 0.0005, null);
    if (!isSameLife && before !== null) this.restarts.push(at);
    this.#push(at, {
      connected: figures.clients.connected,
      blocked: figures.clients.blocked,
      published: isNext ? rate(before, figures, 'published') : null,
      delivered: isNext ? rate(before, figures, 'delivered') : null,
      queued: figures.queuedBytes,
      rss: figures.memory.rssBytes,
      heap: figures.memory.heapUsedBytes,
      delay: figures.eventLoopDelayMs.p99,
    });
    this.#latest = figures;
    this.#trim(at - (MAX_ROWS * figures.periodMs) / 1000);
  }

  #push(at: number, values: Record<ColumnName, number | null> | null): void {
    this.times.push(at);
    for (const name of Object.keys(this.columns) as ColumnName[])
      this.columns[name].push(values === null ? null : values[name]);
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

function rate(before: FiguresMessage, now: FiguresMessage, name: 'published' | 'delivered'): number {
  return ((now.events[name] - before.events[name]) * 1000) / (now.atMs - before.atMs);
}
