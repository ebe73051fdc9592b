/**
 * What a run and its load processes say to each other. Plain data; histograms travel in their own encoding.
 */
import type { FoundFields } from '../../accounts/field-search.ts';
import type { AudienceOfUrl } from '../../accounts/audience-record.ts';
import type { Incident } from '../../core/incidents.ts';
import type { LoadStatus } from '../../core/run-events.ts';
import type { GeneratorReport } from '../../measure/generator.ts';
import type { Expectations } from '../../record/run-record.ts';
import type { DropsByCause } from '../../record/series-point.ts';
import type { SummaryJson } from '../../record/summary.ts';
import type { Beats } from './recent.ts';
import type { RowsAsked, SeenEnds } from './connection-table.ts';
import type { ShardPlan } from './shard-plan.ts';
import type { TransportSpec } from '../../reach/transport-spec.ts';

/** `Aim` with its URL as text. */
export interface AimJson {
  url: string;
  address: string;
  port: number;
  local: boolean;
  fillBytes: number;
  transport: TransportSpec;
}

/** `LoadResult` of one process, as text where it has histograms. */
export interface ResultJson {
  summary: SummaryJson;
  generator: GeneratorReport;
  expectations: Expectations;
  swallowedBytes: number;
  audiences: AudienceOfUrl[];
}

export type ToShard =
  | { type: 'plan'; plan: ShardPlan; aim: AimJson; bearer: string | null; version: string; wallShiftMs: number }
  /** All begin together: at this time, Unix ms. */
  | { type: 'start'; atMs: number }
  | { type: 'end'; targetDown: boolean }
  | { type: 'incident'; incident: Incident }
  /** What all processes read from now on. */
  | { type: 'fields'; found: FoundFields }
  /** What the kernel's table says of the clients that it asked for. */
  | { type: 'rows'; seen: SeenEnds | null }
  | { type: 'leave' };

export type FromShard =
  | { type: 'ready' }
  /** Once a second, whatever it does: a process that says nothing stands still. */
  | { type: 'alive' }
  | {
      type: 'sample';
      clients: number;
      evictions: number;
      events: number;
      drops: number;
      dropsByCause: DropsByCause | undefined;
      dropsSoFar: number;
      turnedAway: number;
      left: number;
      status: LoadStatus;
      latency: string;
      reconnects: number;
      refused: number;
      beats: Beats;
      delayMs: number;
      found: FoundFields;
      soFar: ResultJson | null;
    }
  | { type: 'rows'; asked: RowsAsked }
  | { type: 'hurry' }
  | { type: 'closed' }
  | ({ type: 'result' } & ResultJson);
