/**
 * One run from start to end: the target, the load, the settling phase; everything measured, nothing judged.
 *
 * There is one path to the end, whatever ends it: time, Ctrl-C, a target that died. What was measured so far
 * is always returned; only what prevents a run from beginning throws.
 */
import type { Clock } from '../core/clock.ts';
import { UnreachableError } from '../core/errors.ts';
import type { RunListener } from '../core/run-events.ts';
import { Random } from '../core/random.ts';
import { EventCache } from '../client/event-cache.ts';
import { Wheel } from '../client/wheel.ts';
import { DEFAULT_POINTERS, stampReader } from '../measure/stamps.ts';
import { emptyServerRecord, type ServerRecord } from '../measure/server-memory.ts';
import type { RunRecord, SeriesPoint } from '../measure/run-record.ts';
import { warmUpMs } from '../measure/trend.ts';
import type { ServePlan } from '../scenario/serve-options.ts';
import type { SoakPlan } from '../scenario/soak-options.ts';
import { Http1Transport } from '../wire/http1.ts';
import { checkDescriptors, descriptorLimit, openOnce, type Refusal } from './preflight.ts';
import { Requests } from './requests.ts';
import { serverFlags } from './server-flags.ts';
import { pause, Shard, type ShardPlan, type ShardSample } from './shard.ts';
import { remoteTarget, startEmbedded, type Target } from './target.ts';

const SETTLE_STEP_MS = 250;
const DEFAULT_SILENCE_MS = 20_000;

export interface RunOptions {
  plan: SoakPlan;
  seed: number;
  /** The value of the plan's `bearer-env`. */
  bearer: string | null;
  version: string;
  /** The program that understands `serve`: script and leading arguments. */
  serverCommand: readonly string[];
  signal: AbortSignal;
  clock: Clock;
  onEvent: RunListener;
}

/**
 * @throws {UsageError} for a plan that cannot be run · {StartError} when our own server does not start
 * · {UnreachableError} when nobody answers · {GeneratorLimitError} when this machine cannot hold the clients
 */
export async function runSoak(options: RunOptions): Promise<RunRecord> {
  const { plan, onEvent } = options;
  checkDescriptors(plan.clients, await descriptorLimit());
  onEvent({ type: 'starting', embedded: plan.url === null });
  const server = serverFlags(plan);
  const target = plan.url === null
    ? await startEmbedded({ command: options.serverCommand, args: server.args, path: server.plan.path }, options.signal)
    : await remoteTarget(new URL(plan.url));
  try {
    return await new Run(options, target, server.plan).whole();
  } finally {
    await target.stop();
  }
}

class Run {
  private readonly options: RunOptions;
  private readonly target: Target;
  private readonly shardPlan: ShardPlan;
  private readonly requests: Requests;
  private readonly transport = new Http1Transport();
  private readonly shard: Shard;
  private readonly server: ServerRecord;
  private readonly series: SeriesPoint[] = [];
  private readonly startedAt = new Date();
  private readonly startMs: number;
  private peakClients = 0;
  private loadedMs = 0;
  private warmFromMs: number;

  constructor(options: RunOptions, target: Target, serverPlan: ServePlan) {
    const { plan, clock } = options;
    this.options = options;
    this.target = target;
    this.startMs = clock.nowMs();
    this.warmFromMs = plan.rampMs + (warmUpMs(plan.durationMs) ?? Number.POSITIVE_INFINITY);
    this.server = emptyServerRecord(target.embedded ? 'embedded' : 'none');
    this.requests = new Requests(target, plan, options.bearer, options.version);
    const promises = target.embedded && serverPlan.heartbeatKind !== 'none';
    this.shardPlan = {
      ...plan,
      seed: options.seed,
      pointers: {
        seq: plan.seqPointer === 'auto' ? DEFAULT_POINTERS.seq : plan.seqPointer,
        scheduled: plan.sentAtPointer === 'auto' ? DEFAULT_POINTERS.scheduled : plan.sentAtPointer,
        sent: DEFAULT_POINTERS.sent,
      },
      promisedHeartbeatMs: promises ? serverPlan.heartbeatMs : null,
      promisedEvictAfterMs: target.embedded ? serverPlan.evictAfterMs : null,
      heartbeatWithinMs: plan.heartbeatWithinMs ?? (target.embedded ? null : DEFAULT_SILENCE_MS),
    };
    this.shard = new Shard(this.shardPlan, target, this.requests, this.transport, clock);
  }

  async whole(): Promise<RunRecord> {
    const { options, target, shard, server } = this;
    options.onEvent({ type: 'target', url: target.url.href });
    const refusal = await this.tryOnce();
    if (refusal !== null) return this.refused(refusal);
    await target.collectGarbage();
    server.baseline = await target.sample(0);
    await this.load();
    server.down = target.down();
    if (server.warm !== null) await target.collectGarbage();
    server.end = server.down === null ? await target.sample(this.elapsedMs()) : null;
    const { summary, generator } = shard.leave();
    if (server.down === null) await this.settle();
    return this.record(summary, generator);
  }

  /** One client first: nobody there is an error, somebody who refuses is a finding. */
  private async tryOnce(): Promise<Refusal | null> {
    const { clock, signal } = this.options;
    const nowMs = clock.nowMs();
    const refusal = await openOnce({
      transport: this.transport,
      wheel: new Wheel(nowMs),
      clock,
      random: new Random(this.options.seed),
      cache: new EventCache(stampReader(this.shardPlan.pointers)),
      requestFor: (client) => this.requests.for(client),
      connectTimeoutMs: this.shardPlan.connectTimeoutMs,
      headersTimeoutMs: this.shardPlan.headersTimeoutMs,
      slowRateBytesPerSecond: 1,
      nowMs,
      wallOffsetMs: 0,
    }, this.shardPlan.retryMs, signal);
    if (refusal === null || refusal.answered) return refusal;
    throw new UnreachableError(`${this.target.url.host} cannot be reached: ${refusal.cause} (${refusal.detail})`, {
      hint: 'Check that the server runs and that the URL names its host and port.',
    });
  }

  private async load(): Promise<void> {
    const { options, target, shard } = this;
    const ended = new AbortController();
    const forward = (): void => ended.abort();
    options.signal.addEventListener('abort', forward, { once: true });
    if (options.signal.aborted) ended.abort();
    const pending: Promise<void>[] = [];
    await shard.run(ended.signal, (sample) => {
      const reason = target.down();
      if (reason !== null && !ended.signal.aborted) {
        options.onEvent({ type: 'target-down', reason });
        ended.abort();
      }
      pending.push(this.sampled(sample));
    });
    options.signal.removeEventListener('abort', forward);
    this.loadedMs = this.elapsedMs();
    await Promise.all(pending);
  }

  private async sampled(sample: ShardSample): Promise<void> {
    const { plan } = this.options;
    const { summary: _summary, eventsPerSecond: _rate, ...point } = sample;
    this.peakClients = Math.max(this.peakClients, sample.clients);
    if (sample.tMs >= this.warmFromMs) await this.warmedUp();
    const server = await this.target.sample(sample.tMs);
    if (server !== null) this.server.samples.push(server);
    this.series.push({ ...point, rssBytes: server?.rssBytes ?? null });
    this.options.onEvent({
      type: 'tick',
      tMs: sample.tMs,
      totalMs: plan.rampMs + plan.durationMs,
      phase: sample.tMs < plan.rampMs ? 'ramp' : 'load',
      clients: sample.clients,
      plannedClients: plan.clients,
      eventsPerSecond: sample.eventsPerSecond,
      latencyP50Ms: sample.latencyP50Ms,
      latencyP99Ms: sample.latencyP99Ms,
      drops: sample.summary.total('dropped'),
      evictions: sample.evictions,
      serverRssBytes: server?.rssBytes ?? null,
    });
  }

  /** Once: what is in use now is held against what is in use at the end, both without garbage. */
  private async warmedUp(): Promise<void> {
    this.warmFromMs = Number.POSITIVE_INFINITY;
    if (await this.target.collectGarbage()) this.server.warm = await this.target.sample(this.elapsedMs());
  }

  /** All clients have left: the server's count must come back to zero, and its memory to near the baseline. */
  private async settle(): Promise<void> {
    const { target, options, server } = this;
    if (!target.embedded) return;
    const { settleMs } = options.plan;
    const startMs = options.clock.nowMs();
    for (;;) {
      const sample = await target.sample(this.elapsedMs());
      const remainingMs = settleMs - (options.clock.nowMs() - startMs);
      options.onEvent({ type: 'settling', clients: sample?.clients ?? null, remainingMs });
      if (sample?.clients === 0 || remainingMs <= 0 || options.signal.aborted || target.down() !== null) break;
      await pause(SETTLE_STEP_MS, options.signal);
    }
    await target.collectGarbage();
    server.settled = await target.sample(this.elapsedMs());
    server.down = target.down();
  }

  private refused({ cause, detail }: Refusal): RunRecord {
    const { summary, generator } = this.shard.leave();
    summary.kind('healthy').refused += 1;
    const described = cause === 'http-status' || cause === 'content-type';
    summary.refusalsByCause.set(described ? `${cause}: ${detail.slice(0, 80)}` : cause, 1);
    return this.record(summary, generator);
  }

  private record(summary: RunRecord['summary'], generator: RunRecord['generator']): RunRecord {
    const { options, target, shard } = this;
    return {
      startedAt: this.startedAt.toISOString(),
      durationMs: this.elapsedMs(),
      loadFromMs: options.plan.rampMs,
      interrupted: options.signal.aborted,
      target: { url: target.url.href, embedded: target.embedded, protocol: 'http/1.1' },
      expectations: shard.expectations,
      planned: options.plan.clients,
      peakClients: this.peakClients,
      summary,
      swallowedBytes: shard.swallowedBytes,
      eventsPerSecond: this.loadedMs > 0 ? (summary.counts.events * 1000) / this.loadedMs : 0,
      server: this.server,
      generator,
      series: this.series,
    };
  }

  private elapsedMs(): number {
    return this.options.clock.nowMs() - this.startMs;
  }
}
