/**
 * One load process: a fleet, what it hears, the watch over stalled clients and the doubts about ourselves.
 * The same whether it is the only one, one of several on this machine, or on another.
 */
import type { AudienceRecord } from '../../accounts/audience-record.ts';
import type { FoundFields } from '../../accounts/field-search.ts';
import { evictedAfterMs } from '../../findings/bounds.ts';
import type { Clock } from '../../core/clock.ts';
import type { Incident } from '../../core/incidents.ts';
import { GeneratorWatch } from '../../measure/generator.ts';
import { HeartbeatJudge } from '../../measure/heartbeat.ts';
import type { Expectations } from '../../record/run-record.ts';
import type { Transport } from '../../wire/transport.ts';
import { drain } from './drain.ts';
import { Fleet } from './fleet.ts';
import { confirmedHops } from '../../reach/hops.ts';
import { IncidentCourse } from './incident-course.ts';
import type { LoadGenerator, LoadResult, LoadSample } from './load-generator.ts';
import { loadStatus } from './load-status.ts';
import { pause } from '../../core/pause.ts';
import { Newcomer } from './newcomer.ts';
import { asksForCoding } from './protocol-watch.ts';
import { Recorder } from './recorder.ts';
import { RefusedAnswers } from './refused-answers.ts';
import { turnedAwayIn } from './refusals.ts';
import type { StreamOpening } from './stream-opening.ts';
import type { Summary } from '../../record/summary.ts';
import type { ShardPlan } from './shard-plan.ts';
import { type LookingOn, SilenceWatch } from './silence-watch.ts';
import type { ConnectionRows } from './connection-table.ts';
import { StaleWatch } from './stale-watch.ts';
import { StopExcuse } from '../../accounts/stop-excuse.ts';
import type { Aim } from './aim.ts';
import { vanishAfterMs } from '../vanish/vanishing.ts';

const SAMPLE_MS = 1000;
const STALE_LOOK_MS = 400;

export interface ShardOptions {
  /** Whether the target lives, as far as is known. */
  alive: () => boolean;
  /** How its clients open their streams, as `loadStreamOpening` gives it. */
  openingFor: (figures: Summary) => StreamOpening;
  /** The kernel's table of connections. */
  table: ConnectionRows;
  transport: Transport;
  clock: Clock;
  /** Values of the request that a server may repeat and that must not be shown. */
  secrets?: readonly string[];
}

export class Shard implements LoadGenerator {
  readonly recorder: Recorder;
  private readonly plan: ShardPlan;
  private readonly url: string;
  /** Who heard what; null until the accounts are closed, and where streams have an end or are answers. */
  private audience: AudienceRecord | null = null;
  private readonly clock: Clock;
  private readonly fleet: Fleet;
  private readonly stale: StaleWatch;
  private readonly generator: GeneratorWatch;
  private readonly excuse: StopExcuse;
  private readonly incidents: IncidentCourse;
  /** How long the server was kept from doing anything. */
  private frozenMs = 0;
  private samples = 0;

  constructor(plan: ShardPlan, target: Aim, options: ShardOptions) {
    const { alive, openingFor, table, transport, clock, secrets = [] } = options;
    this.plan = plan;
    this.url = target.url.href;
    this.clock = clock;
    this.generator = new GeneratorWatch(() => clock.nowMs());
    const heartbeat = new HeartbeatJudge(
      plan.promisedHeartbeatMs,
      plan.heartbeatWithinMs,
      () => this.generator.longestStopMs,
      plan.silenceOnly,
    );
    this.recorder = new Recorder(heartbeat, this.generator.clock, {
      processes: plan.slice.count,
      codingAsked: asksForCoding(plan.headers),
      pointers: plan.pointers,
      seqTrusted: plan.seqTrusted,
      finite: plan.until === null ? null : { until: plan.until, method: plan.method },
    });
    this.excuse = new StopExcuse(this.recorder.summary);
    const opening = openingFor(this.recorder.summary);
    this.recorder.profile = opening.accounts;
    this.fleet = new Fleet(plan, this.recorder, {
      transport: opening.transport,
      requestFor: opening.requestFor,
      hops: confirmedHops(target, plan, transport),
      clock,
      refusedAnswers: new RefusedAnswers(this.recorder.summary, secrets),
      watch: this.generator,
    });
    this.stale = new StaleWatch({
      serverPort: target.port,
      table: target.local ? table : null,
      allowedMs: () => this.expectations.evictWithinMs + this.generator.longestStopMs + this.frozenMs,
      promised: () => this.promisedEvictAfterMs !== null,
      alive,
      bytesHeard: () => this.fleet.mostBytesHeard() + target.fillBytes,
      nowMs: () => clock.nowMs(),
      summary: this.recorder.summary,
    });
    const { recorder, fleet, stale } = this;
    this.incidents = new IncidentCourse({ recorder, fleet, stale, clock }, plan.slice.index === 0);
  }

  /** What the server is held to, as far as it is known by now. */
  private get expectations(): Expectations {
    const { plan, recorder } = this;
    const heartbeatMs = recorder.heartbeat.promisedPeriodMs;
    return {
      heartbeatMs,
      heartbeatWithinMs: plan.heartbeatWithinMs,
      evictWithinMs: plan.evictWithinMs ?? evictedAfterMs(this.promisedEvictAfterMs, heartbeatMs),
    };
  }

  private get promisedEvictAfterMs(): number | null {
    return this.recorder.promises?.evictAfterMs ?? this.plan.promisedEvictAfterMs;
  }

  async begin(): Promise<void> {}
  async run(signal: AbortSignal, onSample: (sample: LoadSample) => void): Promise<void> {
    const { plan, fleet, recorder } = this;
    const failures: unknown[] = [];
    const look = (): void => {
      this.stale.look(fleet.clients).catch((error: unknown) => failures.push(error));
    };
    const sampler = setInterval(() => onSample(this.sample()), SAMPLE_MS);
    const vanishedMs = this.clock.nowMs() + vanishAfterMs(plan, plan.seed);
    const looker = setInterval(() => {
      this.incidents.watch();
      const nowMs = this.clock.nowMs();
      recorder.timing.look(fleet.clients, nowMs, nowMs >= vanishedMs, recorder.incident !== null);
      look();
    }, STALE_LOOK_MS);
    fleet.start();
    await pause(plan.rampMs + plan.durationMs, signal);
    clearInterval(sampler);
    clearInterval(looker);
    fleet.freeze();
    const silence = new SilenceWatch(fleet.clients, recorder.summary);
    if (this.mayAskNewcomer) await silence.ask(this.lookingOn(signal));
    const headSeq = recorder.accounts.headSeq;
    await drain(fleet, headSeq, signal.aborted ? 0 : recorder.summary.times.latency.percentile(99));
    // What ends because the server was told to stop goes on ending while it is waited for.
    if (recorder.incident?.isStop !== true) this.incidents.close();
    silence.close(this.clock.nowMs(), fleet.startMs);
    fleet.closeAccounts(headSeq);
    this.audience = this.lookAtAudience();
    recorder.timing.close(fleet.clients, this.clock.nowMs());
    fleet.sweep();
    fleet.closeHeartbeats();
    await this.stale.close(fleet.clients);
    onSample(this.sample());
    if (failures.length > 0) throw failures[0];
  }

  /** One for the run; and where each client is sent something of its own, it would say nothing of the others. */
  private get mayAskNewcomer(): boolean {
    const { recorder, plan } = this;
    const isFeed = recorder.profile === null && recorder.completion === null;
    return isFeed && plan.slice.index === 0 && recorder.incident === null;
  }

  private lookingOn(signal: AbortSignal): LookingOn {
    const { times, counts } = this.recorder.summary;
    // Heads that wait for an event have nothing to come with while all is quiet.
    const waits = counts.headsWithEvent * 2 > counts.headsJudged;
    return {
      newcomer: (lastIds) => new Newcomer(this.fleet.context, this.plan.slice.index, this.plan.retryMs, lastIds),
      headMs: waits ? Number.POSITIVE_INFINITY : times.headers.percentile(90),
      nowMs: () => this.clock.nowMs(),
      signal,
    };
  }

  incident(incident: Incident): void {
    if (incident.kind === 'freeze') this.frozenMs += incident.durationMs;
    this.incidents.begin(incident);
  }

  /** Where numbers and times were found in the events of this process. */
  get found(): FoundFields {
    return this.recorder.fields.found;
  }

  /** What all processes of the run read from now on. */
  take(found: FoundFields): void {
    this.recorder.fields.take(found);
  }

  async leave(): Promise<LoadResult> {
    this.incidents.close();
    const result = this.soFar();
    this.generator.stop();
    this.recorder.completion?.close(this.fleet.clients);
    this.fleet.stop();
    await this.recorder.profile?.end(this.fleet.clients);
    return { ...result, summary: this.recorder.snapshot(this.clock.nowMs()) };
  }

  private lookAtAudience(): AudienceRecord | null {
    const { clock, plan, recorder } = this;
    if (plan.until !== null || recorder.profile !== null) return null;
    const healthy = recorder.clients.filter(({ behaviour }) => behaviour.kind === 'healthy');
    const nowMs = clock.nowMs();
    return recorder.audience.record(healthy, nowMs, clock.wallMs() - nowMs);
  }

  private soFar(): LoadResult {
    return {
      summary: this.recorder.snapshot(this.clock.nowMs()),
      generator: this.generator.report(this.recorder.limited),
      expectations: this.expectations,
      swallowedBytes: this.stale.swallowedBytes,
      audiences: this.audience === null ? [] : [{ url: this.url, ...this.audience }],
      lost: [],
    };
  }

  private sample(): LoadSample {
    const { recorder, fleet, generator } = this;
    this.samples += 1;
    generator.sample();
    fleet.sweep();
    recorder.accounts.review(this.clock.nowMs());
    const summary = recorder.snapshot(this.clock.nowMs());
    this.excuse.look(this.clock.nowMs(), generator.stops, generator.longestStopMs);
    summary.onsets.look(summary, this.clock.nowMs() - fleet.startMs);
    const recent = recorder.takeRecent();
    return {
      ...recent,
      clients: summary.total('open'),
      mostOpen: Math.max(recent.mostOpen, summary.total('open')),
      evictions: summary.counts.evictionsSeen,
      delayMs: generator.takeDelayMs(),
      dropsSoFar: summary.total('dropped'),
      turnedAway: turnedAwayIn(summary),
      left: summary.counts.churned + summary.counts.churnedEarly + summary.total('reconnects'),
      status: loadStatus(summary, recorder.clients, this.expectations, this.clock.nowMs() - fleet.startMs),
      soFar: (this.samples - 1) % (this.plan.soFarEverySamples ?? 0) === 0 ? this.soFar() : null,
    };
  }
}
