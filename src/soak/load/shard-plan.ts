/**
 * From the plan of a run to what one load process needs: plain data, so that it can be told to another
 * process.
 */
import { stampPointers } from '../../accounts/stamp-pointers.ts';
import type { StreamMarker } from '../../core/stream-marker.ts';
import { UNPROMISED_SILENCE_MS } from '../../findings/bounds.ts';
import type { ServePlan } from '../../options/serve-options.ts';
import type { SoakPlan } from '../../options/soak-options.ts';
import { PROFILES } from '../../protocols/profiles.ts';
import { DEFAULT_MAX_EVENT_BYTES, DEFAULT_MAX_LINE_BYTES } from '../../sse/handlers.ts';
import { splitThreshold } from '../../options/values/threshold-text.ts';
import type { FleetPlan } from './fleet.ts';
import type { Slice } from './pacer.ts';
import type { RequestPlan } from './requests.ts';

/** What a lost process had measured is known to so many seconds. */
const KEPT_EVERY_SAMPLES = 5;

export interface ShardPlan extends FleetPlan, RequestPlan {
  /** Every so many samples hold everything measured so far; null where no sample does. */
  soFarEverySamples: number | null;
  /** Somebody vouches for the sequence numbers: the user who named them, or our own server. */
  seqTrusted: boolean;
  /** What the plan knows of the server before it says so itself. */
  promisedHeartbeatMs: number | null;
  promisedEvictAfterMs: number | null;
  heartbeatWithinMs: number | null;
  /** The user gave it: the server is held to that and not to its promise. */
  silenceOnly: boolean;
  evictWithinMs: number | null;
  /** What ends each stream as planned; null where streams have no end. */
  until: StreamMarker | null;
}

export interface ShardOfRun {
  seed: number;
  /** The plan of our own server; null for a target that was there already. */
  server: ServePlan | null;
  slice: Slice;
  /** Where vanished clients connect from; null when there are none. */
  vanishingNetwork: string | null;
}

/** Every member by its name: what a load process has no use for, such as files and the flags of a server, stays here. */
export function shardPlan(plan: SoakPlan, { seed, server, slice, vanishingNetwork }: ShardOfRun): Required<ShardPlan> {
  return {
    clients: plan.clients,
    slice,
    rampMs: plan.rampMs,
    durationMs: plan.durationMs,
    mix: plan.mix,
    churnPerSecond: plan.churnPerSecond,
    seed,
    slowRateBytesPerSecond: plan.slowRateBytesPerSecond,
    confirmedTargets: plan.confirmedTargets,
    retryMs: plan.retryMs,
    connectTimeoutMs: plan.connectTimeoutMs,
    headersTimeoutMs: plan.headersTimeoutMs,
    method: plan.method,
    headers: plan.headers,
    body: plan.body,
    profile: plan.profile,
    vanishingNetwork,
    soFarEverySamples: soFarEverySamples(plan, slice),
    pointers: stampPointers(plan),
    limits: {
      ...(plan.maxLineBytes === DEFAULT_MAX_LINE_BYTES ? {} : { maxLineBytes: plan.maxLineBytes }),
      ...(plan.maxEventBytes === DEFAULT_MAX_EVENT_BYTES ? {} : { maxEventBytes: plan.maxEventBytes }),
    },
    seqTrusted: plan.seqPointer !== 'auto' || server !== null,
    promisedHeartbeatMs: server === null || server.heartbeatKind === 'none' ? null : server.heartbeatMs,
    promisedEvictAfterMs: server?.evictAfterMs ?? null,
    evictWithinMs: plan.evictWithinMs,
    until: plan.until,
    silenceOnly: plan.heartbeatWithinMs !== null,
    // The silence of a server that need not say anything unasked is judged only where somebody asks for it.
    heartbeatWithinMs:
      plan.heartbeatWithinMs ??
      (server === null && PROFILES[plan.profile].request.isFeed ? UNPROMISED_SILENCE_MS : null),
  };
}

/** Whether everything measured so far is asked for all the time: somebody watches the run, or a threshold may end it early. */
export function tellsSoFar({ ui, thresholds }: Pick<SoakPlan, 'ui' | 'thresholds'>): boolean {
  return ui || thresholds.some((text) => splitThreshold(text).abortAfterMs !== null);
}

/** Of one process of several it is kept, for the case that it is lost. */
function soFarEverySamples(plan: SoakPlan, { count }: Slice): number | null {
  if (tellsSoFar(plan)) return 1;
  return count > 1 ? KEPT_EVERY_SAMPLES : null;
}
