/**
 * One load process: a fleet, what it hears, the watch over stalled clients and the doubts about ourselves.
 * The same whether it is the only one, one of several on this machine, or on another.
 */
import type { Clock } from '../core/clock.ts';
import { GeneratorWatch, type GeneratorReport } from '../measure/generator.ts';
import { HeartbeatJudge } from '../measure/heartbeat.ts';
import type { Expectations } from '../measure/run-record.ts';
import type { Summary } from '../measure/summary.ts';
import type { Transport } from '../wire/transport.ts';
import { Fleet, type FleetPlan } from './fleet.ts';
import { Recorder } from './recorder.ts';
import type { Requests } from './requests.ts';
import { StaleWatch } from './stale-watch.ts';
import type { Target } from './target.ts';

const SAMPLE_MS = 1000;
const STALE_LOOK_MS = 400;
/** After the load: how long events that are on their way may take to arrive everywhere. */
const DRAIN_MS = 2000;
const DRAIN_STEP_MS = 20;
/** What a server may take beyond its promise: its own sweep, one heartbeat to fill the queue, our looks. */
const EVICTION_SLACK_MS = 1500;
const EVICTION_FACTOR = 1.25;
const DEFAULT_EVICT_WITHIN_MS = 95_000;

export interface ShardPlan extends FleetPlan {
  durationMs: number;
  /** What the plan knows of the server before it says so itself. */
  promisedHeartbeatMs: number | null;
  promisedEvictAfterMs: number | null;
  heartbeatWithinMs: number | null;
  evictWithinMs: number | null;
}

export interface ShardSample {
  tMs: number;
  clients: number;
  /** Since the sample before, as are drops. */
  events: number;
  eventsPerSecond: number;
  drops: number;
  latencyP50Ms: number;
  latencyP99Ms: number;
  evictions: number;
  summary: Summary;
}

export class Shard {
  readonly recorder: Recorder;
  private readonly plan: ShardPlan;
  private readonly clock: Clock;
  private readonly fleet: Fleet;
  private readonly stale: StaleWatch;
  private readonly generator = new GeneratorWatch();
  private sampledMs = 0;

  constructor(plan: ShardPlan, target: Target, requests: Requests, transport: Transport, clock: Clock) {
    this.plan = plan;
    this.clock = clock;
    const heartbeat = new HeartbeatJudge(
      plan.promisedHeartbeatMs, plan.heartbeatWithinMs, () => this.generator.longestStopMs,
    );
    this.recorder = new Recorder(heartbeat);
    this.fleet = new Fleet(plan, this.recorder, transport, (client) => requests.for(client), clock);
    this.stale = new StaleWatch({
      serverPort: target.port,
      local: target.local,
      allowedMs: () => this.expectations.evictWithinMs + this.generator.longestStopMs,
      alive: () => target.down() === null,
      bytesHeard: () => this.fleet.mostBytesHeard() + target.fillBytes,
      nowMs: () => clock.nowMs(),
      summary: this.recorder.summary,
    });
  }

  /** What the server is held to, as far as it is known by now. */
  get expectations(): Expectations {
    const { plan, recorder } = this;
    const heartbeatMs = recorder.heartbeat.promisedPeriodMs;
    const promisedMs = recorder.promises?.evictAfterMs ?? plan.promisedEvictAfterMs;
    const fromPromiseMs = promisedMs === null
      ? DEFAULT_EVICT_WITHIN_MS
      : promisedMs * EVICTION_FACTOR + (heartbeatMs ?? 0) + EVICTION_SLACK_MS;
    return {
      heartbeatMs,
      heartbeatWithinMs: plan.heartbeatWithinMs,
      evictWithinMs: plan.evictWithinMs ?? fromPromiseMs,
    };
  }

  get swallowedBytes(): number {
    return this.stale.swallowedBytes;
  }

  /** Ramp and duration, or until the signal; then the accounts are closed. Clients are still there. */
  async run(signal: AbortSignal, onSample: (sample: ShardSample) => void): Promise<void> {
    const { plan, clock, fleet, recorder } = this;
    const startMs = clock.nowMs();
    const failures: unknown[] = [];
    const look = (): void => {
      this.stale.look(fleet.clients).catch((error: unknown) => failures.push(error));
    };
    const sampler = setInterval(() => onSample(this.sample(clock.nowMs() - startMs)), SAMPLE_MS);
    const looker = setInterval(look, STALE_LOOK_MS);
    fleet.start();
    await pause(plan.rampMs + plan.durationMs, signal);
    clearInterval(sampler);
    clearInterval(looker);
    fleet.freeze();
    const headSeq = recorder.ledger.highestSeq;
    for (let waitedMs = 0; waitedMs < DRAIN_MS && !fleet.allHeard(headSeq); waitedMs += DRAIN_STEP_MS) {
      await pause(DRAIN_STEP_MS);
    }
    fleet.closeAccounts(headSeq);
    fleet.sweep();
    await this.stale.look(fleet.clients);
    this.stale.close();
    onSample(this.sample(clock.nowMs() - startMs));
    if (failures.length > 0) throw failures[0];
  }

  /** Everybody leaves. */
  leave(): { summary: Summary; generator: GeneratorReport } {
    const generator = this.generator.report(this.recorder.limited);
    this.generator.stop();
    this.fleet.stop();
    return { summary: this.recorder.snapshot(), generator };
  }

  private sample(tMs: number): ShardSample {
    const { recorder, fleet, generator } = this;
    generator.sample();
    fleet.sweep();
    const summary = recorder.snapshot();
    const { recent } = recorder;
    const sinceMs = Math.max(tMs - this.sampledMs, 1);
    this.sampledMs = tMs;
    const sample: ShardSample = {
      tMs,
      clients: summary.total('open'),
      events: recent.events,
      eventsPerSecond: (recent.events * 1000) / sinceMs,
      drops: recent.drops,
      latencyP50Ms: recent.latency.percentile(50),
      latencyP99Ms: recent.latency.percentile(99),
      evictions: summary.counts.evictionsSeen,
      summary,
    };
    recent.events = 0;
    recent.drops = 0;
    recent.latency.reset();
    return sample;
  }
}

/** Resolves after so long, or at once when the signal fires. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
