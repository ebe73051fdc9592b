/**
 * The process's part of `/stats` and `/readyz`: memory, event-loop delay, handles.
 *
 * Delays are those of the last 10 to 20 s, the larger of two windows: a figure over the whole life forgets
 * nothing and so says nothing about now. The monitor's own interval is taken off (it records the time
 * between two of its ticks).
 */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Clock } from '../core/clock.ts';
import { ownResidentBytes } from '../core/own-memory.ts';
import { formatBytes, formatDuration } from '../core/units.ts';
import type { ComponentState } from '../hub/stats.ts';

export interface ProcessFigures {
  pid: number;
  /** The resident memory is null where the system does not tell it. */
  memory: { rssBytes: number | null; heapUsedBytes: number; externalBytes: number };
  eventLoopDelayMs: { p50: number; p99: number; max: number };
  /** Processor used so far, user and system. */
  cpuSeconds: number;
  openHandles: number;
  uptimeMs: number;
}

const RESOLUTION_MS = 10;
const WINDOW_MS = 10_000;
/** Above this the process answers, but no client gets anything in time. */
const MAX_READY_DELAY_MS = 1000;
const MAX_READY_HEAP_SHARE = 0.9;

export class ProcessStats {
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  /** The last that was told. */
  #rssBytes: number | null = null;
  #lastWindow = { p50: 0, p99: 0, max: 0 };
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedMs = clock.nowMs();
    this.#readMemory();
  }

  start(): void {
    this.#histogram.enable();
    this.#timer = setInterval(() => {
      this.#lastWindow = this.#window();
      this.#histogram.reset();
    }, WINDOW_MS);
  }

  stop(): void {
    this.#histogram.disable();
    clearInterval(this.#timer);
  }

  read(): ProcessFigures {
    const { user, system } = process.cpuUsage();
    return {
      pid: process.pid,
      memory: this.#readMemory(),
      eventLoopDelayMs: this.#delays(),
      cpuSeconds: (user + system) / 1e6,
      openHandles: process.getActiveResourcesInfo().length,
      uptimeMs: this.#clock.nowMs() - this.#startedMs,
    };
  }

  states(): Record<'memory' | 'eventLoop', ComponentState> {
    const { used_heap_size: usedBytes, heap_size_limit: limitBytes } = getHeapStatistics();
    const { p99 } = this.#delays();
    return {
      memory: {
        ready: usedBytes < MAX_READY_HEAP_SHARE * limitBytes,
        detail: `heap ${formatBytes(usedBytes)} of ${formatBytes(limitBytes)}`,
      },
      eventLoop: { ready: p99 < MAX_READY_DELAY_MS, detail: `delay p99 ${formatDuration(p99)}` },
    };
  }

  /** Reads the memory figures; of the resident memory the last one when no descriptor is left to ask for it. */
  #readMemory(): ProcessFigures['memory'] {
    this.#rssBytes = ownResidentBytes() ?? this.#rssBytes;
    const { used_heap_size: heapUsedBytes, external_memory: externalBytes } = getHeapStatistics();
    return { rssBytes: this.#rssBytes, heapUsedBytes, externalBytes };
  }

  #delays(): ProcessFigures['eventLoopDelayMs'] {
    const now = this.#window();
    const before = this.#lastWindow;
    return {
      p50: Math.max(now.p50, before.p50),
      p99: Math.max(now.p99, before.p99),
      max: Math.max(now.max, before.max),
    };
  }

  #window(): ProcessFigures['eventLoopDelayMs'] {
    if (this.#histogram.count === 0) return { p50: 0, p99: 0, max: 0 };
    return {
      p50: delayMs(this.#histogram.percentile(50)),
      p99: delayMs(this.#histogram.percentile(99)),
      max: delayMs(this.#histogram.max),
    };
  }
}

function delayMs(intervalNs: number): number {
  return Math.max(0, intervalNs / 1e6 - RESOLUTION_MS);
}
