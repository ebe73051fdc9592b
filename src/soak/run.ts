/**
 * One run from start to end: the target, the load, the settling phase; everything measured, nothing judged.
 *
 * There is one path to the end, whatever ends it: time, Ctrl-C, a target that died. What was measured so far
 * is always returned; only what prevents a run from beginning throws.
 */
import { BoundedSeries, inOrder } from '../measure/bounded-series.ts';
import { emptyServerRecord, type ServerRecord, type ServerSample } from '../memory/server-memory.ts';
import type { EndedEarly, RunRecord, StagedIncident } from '../record/run-record.ts';
import { joinPoints, type SeriesPoint } from '../record/series-point.ts';
import { withRotations } from '../record/rotation.ts';
import { warmUpMs } from '../memory/trend.ts';
import { type GeneratorOptions, startGenerator } from './load/start-generator.ts';
import { notingIncidents, stageIncidents } from './incidents.ts';
import type { LoadGenerator, LoadResult, LoadSample } from './load/load-generator.ts';
import { checkLoad, checkOwnDescriptors, openOnce } from './preflight.ts';
import { refusedRun } from './refused-run.ts';
import { type GrowthOf, type MemorySoFar, RunQuestions } from './run-questions.ts';
import { runTick, seriesPoint } from './run-tick.ts';
import { serverFlags } from './target/server-flags.ts';
import { countBefore } from './count-before.ts';
import { type Afterwards, afterwards } from './afterwards.ts';
import { listensThere } from './stop-watch.ts';
import { PlacesWatch } from './places-watch.ts';
import { shardPlan } from './load/shard-plan.ts';
import type { Target, Targets } from './target/target.ts';
import { findTargets, type TargetsOptions } from './target/targets.ts';
import { clientsPerConnection } from '../reach/transport-spec.ts';
import { vanishAfterMs } from './vanish/vanishing.ts';

export interface RunOptions extends TargetsOptions, Omit<GeneratorOptions, 'plan' | 'server'> {
  /** What of the plan could not be done on this machine, and was done without; null when all can be. */
  degraded: string | null;
  /** What the server's memory does so far, as the verdict judges it at the end. */
  growthOf: GrowthOf;
  /** Asked about once a second, with what was measured so far: the threshold that is to end the run, or null. */
  onSoFar: (soFar: () => RunRecord) => Pick<EndedEarly, 'expression' | 'actual'> | null;
}

/**
 * @throws {UsageError} for a plan that cannot be run · {StartError} when our own server does not start
 * · {UnreachableError} when nobody answers · {GeneratorLimitError} when this machine cannot hold the clients
 */
export async function runSoak(options: RunOptions): Promise<RunRecord> {
  const { plan, onEvent } = options;
  await checkOwnDescriptors(plan);
  onEvent({ type: 'starting', embedded: plan.urls.length === 0 });
  const targets = await findTargets(options);
  try {
    await checkLoad(plan, targets);
    return await new Run(options, targets).whole();
  } finally {
    await Promise.all(targets.map((target) => target.stop()));
  }
}

class Run {
  private readonly options: RunOptions;
  private readonly targets: Targets;
  /** The one whose memory is watched. */
  private readonly target: Target;
  private readonly server: ServerRecord;
  private readonly series = new BoundedSeries<SeriesPoint>({ join: joinPoints });
  private readonly samples = new BoundedSeries<ServerSample>();
  private readonly startedAt = new Date();
  private readonly startMs: number;
  private loadStartMs = 0;
  private sampledMs = 0;
  private peakClients = 0;
  private readonly questions: RunQuestions;
  private warmFromMs: number;
  private readonly ended = new AbortController();
  private readonly places = new PlacesWatch();
  private waves: Omit<Afterwards, 'server'> = { waveOfPlaces: null, waveOfMemory: null };
  private readonly incidents: StagedIncident[] = [];
  private endedEarly: EndedEarly | null = null;

  constructor(options: RunOptions, targets: Targets) {
    const { plan, clock } = options;
    this.options = options;
    this.targets = targets;
    this.target = targets[0];
    this.startMs = clock.nowMs();
    this.warmFromMs = plan.rampMs + (warmUpMs(plan.durationMs) ?? Number.POSITIVE_INFINITY);
    this.server = emptyServerRecord(this.target.origin);
    this.questions = new RunQuestions(plan, this.target, options.growthOf);
  }

  async whole(): Promise<RunRecord> {
    const { options, target, targets, server } = this;
    const serverPlan = target.embedded ? serverFlags(options.plan).plan : null;
    const only = shardPlan(options.plan, {
      seed: options.seed,
      server: serverPlan,
      slice: { index: 0, count: 1 },
      vanishingNetwork: options.vanishing?.network ?? null,
    });
    server.clientCount = await countBefore(target, options.onEvent);
    for (const one of targets) {
      options.onEvent({ type: 'target', url: one.url.href, proxy: one.transport.proxy });
      const refused = await openOnce(one, only, options);
      if (refused !== null) return this.record(await refusedRun(one, refused, only, options));
    }
    await target.collectGarbage();
    server.baseline = await target.sample(0);
    const load = await startGenerator(targets, { ...options, server: serverPlan });
    await this.run(load);
    server.down = await target.ended();
    if (server.warm !== null) await target.collectGarbage();
    server.end = server.down === null ? await target.sample(this.loadedMs()) : null;
    // The network comes back before the clients leave, so that the server hears their end.
    await options.vanishing?.release();
    if (server.stop !== null) server.stop.listensAgain = await listensThere(target);
    const result = await load.leave();
    const { counts } = result.summary;
    // Only to a server that is there again could they have come back.
    if (server.stop?.listensAgain === true) counts.notRecovered += counts.notBackAfterStop;
    if (server.down === null && server.stop === null) {
      const { summary } = result;
      const { server: settled, ...waves } = await afterwards(targets, {
        ...options,
        server: serverPlan,
        seen: { ...server, samples: inOrder(this.samples) },
        summary,
        turnedAway: this.places.turnedAway,
        mayAskAgain: this.endedEarly === null,
        loadedMs: () => this.loadedMs(),
      });
      Object.assign(server, settled);
      this.waves = waves;
    }
    if (server.clientCount !== null) server.clientCount.uncounted ??= target.uncounted();
    return this.record(result);
  }

  private async run(load: LoadGenerator): Promise<void> {
    const { options, target, ended } = this;
    const forward = (): void => ended.abort();
    options.signal.addEventListener('abort', forward, { once: true });
    if (options.signal.aborted) ended.abort();
    const pending: Promise<void>[] = [];
    await load.begin(ended.signal);
    this.loadStartMs = options.clock.nowMs();
    const staged = stageIncidents(options.plan, load, target, {
      signal: ended.signal,
      interrupted: options.signal,
      onEvent: notingIncidents(this.incidents, () => this.loadedMs(), options.onEvent),
    });
    const vanished = options.vanishing?.vanishAfter(vanishAfterMs(options.plan, options.seed), ended.signal);
    await load.run(ended.signal, (sample) => {
      const reason = target.down();
      if (reason !== null && !ended.signal.aborted) {
        options.onEvent({ type: 'target-down', reason });
        ended.abort();
      }
      pending.push(this.sampled(sample));
    });
    options.signal.removeEventListener('abort', forward);
    // The load is over: what has not happened by now does not happen any more.
    ended.abort();
    [this.server.stop] = await Promise.all([staged, vanished]);
    await Promise.all(pending);
  }

  private async sampled(sample: LoadSample): Promise<void> {
    const { plan, onEvent } = this.options;
    const tMs = this.loadedMs();
    const sinceMs = Math.max(tMs - this.sampledMs, 1);
    this.sampledMs = tMs;
    this.places.look(tMs, sample);
    this.peakClients = Math.max(this.peakClients, sample.clients);
    if (tMs >= this.warmFromMs) await this.warmedUp();
    const server = await this.target.sample(tMs);
    if (server !== null) this.samples.add(server);
    const point = seriesPoint(tMs, sample, server);
    this.series.add(point);
    const questions = this.questions.soFar(tMs, sample.status.heardEnough, () => this.memorySoFar());
    onEvent(runTick(plan, point, sinceMs, { ...sample, questions }));
    if (sample.soFar !== null && !this.ended.signal.aborted) this.endEarly(sample.soFar, tMs);
  }

  private endEarly(soFar: LoadResult, tMs: number): void {
    const broken = this.options.onSoFar(() => this.record(soFar));
    if (broken === null) return;
    this.endedEarly = { ...broken, tMs };
    this.options.onEvent({ type: 'ended-early', expression: broken.expression });
    this.ended.abort();
  }

  private memorySoFar(): MemorySoFar {
    const { target, series, samples, peakClients } = this;
    const server = { ...this.server, process: target.process, unread: target.unread, samples: inOrder(samples) };
    return { series: inOrder(series), loadFromMs: this.options.plan.rampMs, peakClients, server };
  }

  /** Once: what is in use now is held against what is in use at the end, both without garbage. */
  private async warmedUp(): Promise<void> {
    this.warmFromMs = Number.POSITIVE_INFINITY;
    if (await this.target.collectGarbage()) this.server.warm = await this.target.sample(this.loadedMs());
  }

  private record({ summary, generator, expectations, swallowedBytes, audiences, lost }: LoadResult): RunRecord {
    const { options, target } = this;
    return {
      startedAt: this.startedAt.toISOString(),
      durationMs: options.clock.nowMs() - this.startMs,
      interrupted: options.signal.aborted,
      endedEarly: this.endedEarly,
      target: {
        url: target.url.href,
        embedded: target.embedded,
        processes: target.embedded ? this.targets.length : 1,
        protocol: target.transport.protocol,
        proxy: target.transport.proxy,
      },
      expectations,
      until: options.plan.until,
      method: options.plan.method,
      limits: { maxLineBytes: options.plan.maxLineBytes, maxEventBytes: options.plan.maxEventBytes },
      headersTimeoutMs: options.plan.headersTimeoutMs,
      clientsPerConnection: clientsPerConnection(target.transport),
      planned: options.plan.clients,
      incidents: [...this.incidents],
      ...this.memorySoFar(),
      // What ends before the event that `--until` names was cut.
      summary: options.plan.until === null ? withRotations(summary) : summary,
      swallowedBytes,
      audiences,
      eventsPerSecond: this.sampledMs > 0 ? (summary.counts.events * 1000) / this.sampledMs : 0,
      bytesPerSecond: this.sampledMs > 0 ? (summary.counts.bytes * 1000) / this.sampledMs : 0,
      turnedAway: this.places.turnedAway,
      ...this.waves,
      generator,
      lostShards: lost,
      workers: options.workers?.list ?? null,
      degraded: options.vanishing?.trouble ?? options.degraded,
    };
  }

  /** Since the load began. */
  private loadedMs(): number {
    return this.options.clock.nowMs() - this.loadStartMs;
  }
}
