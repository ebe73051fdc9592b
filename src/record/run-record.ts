/**
 * Everything that was measured in one run, before anybody judges it: what the verdict and the reports read.
 */
import type { GeneratorReport } from '../measure/generator.ts';
import type { ServerRecord } from '../memory/server-memory.ts';
import type { Summary } from './summary.ts';

/** One second of the run. */
export interface SeriesPoint {
  /** Since the run began. */
  tMs: number;
  clients: number;
  /** In this second, as are drops; evictions are counted from the start. */
  events: number;
  /** Null where no event with a time came in this second. */
  latencyP50Ms: number | null;
  latencyP99Ms: number | null;
  rssBytes: number | null;
  drops: number;
  evictions: number;
}

/** What the server was held to. */
export interface Expectations {
  heartbeatMs: number | null;
  heartbeatWithinMs: number | null;
  evictWithinMs: number;
}

/** A threshold that was to end the run when it breaks, and did. */
export interface EndedEarly {
  expression: string;
  /** In the metric's own unit. */
  actual: number;
  /** Since the load began. */
  tMs: number;
}

/** A load process that died before the end. */
export interface LostShard {
  shard: number;
  clients: number;
  pid: number;
  reason: string;
}

export interface RunRecord {
  startedAt: string;
  durationMs: number;
  /** When the ramp was to be over, in the time of `series` and of the server's samples. */
  loadFromMs: number;
  interrupted: boolean;
  /** The threshold that ended the run before its time, and what was measured then; null when none did. */
  endedEarly: EndedEarly | null;
  /** `proxy`: its URL; null where the clients connect directly. */
  target: { url: string; embedded: boolean; protocol: string; proxy: string | null };
  expectations: Expectations;
  /** Clients that the plan asked for. */
  planned: number;
  /** Most streams open at once. */
  peakClients: number;
  summary: Summary;
  /** Largest amount that the kernels took for a stalled client before the server could know. */
  swallowedBytes: number;
  eventsPerSecond: number;
  server: ServerRecord;
  generator: GeneratorReport;
  /** Load processes that died: their clients were not judged. */
  lostShards: readonly LostShard[];
  /** What of the plan could not be done on this machine; null when all was. */
  degraded: string | null;
  series: SeriesPoint[];
}
