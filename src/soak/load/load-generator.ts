/**
 * The load of one run as the run sees it: one process or many. What comes up once a second can be added, what
 * comes at the end can be merged; nothing here is a percentile.
 */
import type { AudienceOfUrl } from '../../accounts/audience-record.ts';
import type { Incident } from '../../core/incidents.ts';
import type { LoadStatus } from '../../core/run-events.ts';
import type { GeneratorReport } from '../../measure/generator.ts';
import type { TimeHistogram } from '../../measure/histogram.ts';
import type { LostShard } from '../../record/lost-shard.ts';
import type { Expectations } from '../../record/run-record.ts';
import type { DropsByCause } from '../../record/series-point.ts';
import type { Summary } from '../../record/summary.ts';
import type { Beats } from './recent.ts';

/** What happened since the sample before; `clients` and `evictions` are how many there are by now. */
export interface LoadSample {
  clients: number;
  /** The most that were open at once since then; of several processes, whose peaks may be apart, `clients`. */
  mostOpen: number;
  evictions: number;
  events: number;
  drops: number;
  /** Undefined where no stream was dropped. */
  dropsByCause: DropsByCause | undefined;
  latency: TimeHistogram;
  reconnects: number;
  refused: number;
  beats: Beats;
  /** The longest delay of the event loop, in the worst of several processes. */
  delayMs: number;
  dropsSoFar: number;
  /** Attempts so far for which the server had no place, and clients that have left, for good or to come back. */
  turnedAway: number;
  left: number;
  status: LoadStatus;
  /** Everything measured so far, where the plan needs it to end early; the summary may go on changing. */
  soFar: LoadResult | null;
}

export interface LoadResult {
  summary: Summary;
  generator: GeneratorReport;
  expectations: Expectations;
  /** Largest amount that kernels took for a stalled client before the server could know. */
  swallowedBytes: number;
  /** Who heard what, of each process that knows. */
  audiences: AudienceOfUrl[];
  lost: LostShard[];
}

export interface LoadGenerator {
  /** All load processes begin together; resolves when they do, or when the signal fires. */
  begin(signal: AbortSignal): Promise<void>;
  /** Ramp and duration, or until the signal; then the accounts are closed. Clients are still there. */
  run(signal: AbortSignal, onSample: (sample: LoadSample) => void): Promise<void>;
  /** Something that the plan asked for begins; it ends when all have come back. */
  incident(incident: Incident): void;
  /** Everybody leaves, and tells what was measured. */
  leave(): Promise<LoadResult>;
}
