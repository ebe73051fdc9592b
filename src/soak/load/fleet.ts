/**
 * All clients of one load process: who there is, when they come, who churns, and how each ended.
 *
 * One timer drives everything: arrivals as the pacer says, the wheel with every client's deadline, departures.
 * The same seed gives the same clients in the same order. The fleet never waits for a slow server: what the
 * plan says happens when the plan says it.
 */
import { behaviours } from '../../client/behaviour.ts';
import { EventCache } from '../../client/event-cache.ts';
import { boundsOfFeed, boundsOfMessages, LongTexts } from '../../client/long-texts.ts';
import type { ReadLimits } from '../../client/event-source-context.ts';
import { Subscription, type SubscriptionContext } from '../../client/subscription.ts';
import { Wheel } from '../../client/wheel.ts';
import { CLIENT_KINDS, type ClientKind } from '../../core/client-kinds.ts';
import { Random } from '../../core/random.ts';
import { stampReader } from '../../accounts/stamps.ts';
import type { StampPointers } from '../../accounts/stamp-pointers.ts';
import { countUp, type Measured } from '../../measure/figures.ts';
import type { CountsByKind } from '../../measure/kind-counts.ts';
import type { FLEET_FIGURES } from '../../record/load-figures.ts';
import { hasHeard } from './has-heard.ts';
import { EarlyLeavers } from './early-leavers.ts';
import { closeHeartbeats, sweepHeartbeats } from './heartbeat-rounds.ts';
import { type ArrivalPlan, Arrivals, MAX_CONNECTS_PER_TICK } from './arrivals.ts';
import { pickLeaver } from './leaver.ts';
import { apportion, departuresBy, shareOf } from './pacer.ts';
import type { Recorder } from './recorder.ts';
import { ReturnWatch } from './return-watch.ts';

const TICK_MS = 10;
/** Once all have come and nobody churns, only deadlines are left: each wake-up less is processor for the load. */
const CALM_TICK_MS = 40;
/** After a stop of our own, what came meanwhile is read before anybody's time is up. */
const STOOD_STILL_MS = 500;

export interface FleetPlan extends ArrivalPlan {
  mix: Readonly<Record<ClientKind, number>>;
  churnPerSecond: number;
  seed: number;
  slowRateBytesPerSecond: number;
  /** The public hosts that many clients may be sent to. */
  confirmedTargets: readonly string[];
  retryMs: number;
  connectTimeoutMs: number;
  headersTimeoutMs: number;
  pointers: StampPointers;
  /** Limits of each client's parser; only those that are not its defaults. */
  limits: ReadLimits;
}

/** A watch over the loop that the fleet runs on: a timer of its own would wake the processor once more. */
export interface LoopWatch {
  /** The loop has come round. */
  turn(): void;
  /** From now on the fleet calls `turn`, until `lead`. */
  follow(): void;
  lead(): void;
}

export interface FleetOptions extends Pick<
  SubscriptionContext,
  'transport' | 'requestFor' | 'hops' | 'clock' | 'refusedAnswers'
> {
  watch: LoopWatch;
}

export class Fleet {
  readonly clients: Subscription[];
  private readonly plan: FleetPlan;
  private readonly recorder: Recorder;
  private readonly summary: Measured<typeof FLEET_FIGURES> & CountsByKind;
  readonly context: SubscriptionContext;
  private readonly random: Random;
  private readonly earlyLeavers: EarlyLeavers;
  private readonly watch: LoopWatch;
  private timer: NodeJS.Timeout | undefined;
  private tickMs = TICK_MS;
  private advancedMs = 0;
  startMs = 0;
  private readonly arrivals: Arrivals;
  private departed = 0;

  constructor(plan: FleetPlan, recorder: Recorder, { watch, ...options }: FleetOptions) {
    const nowMs = options.clock.nowMs();
    this.plan = plan;
    this.watch = watch;
    this.recorder = recorder;
    this.summary = recorder.summary;
    this.clients = recorder.clients;
    this.random = new Random(plan.seed);
    this.context = {
      ...options,
      wheel: new Wheel(nowMs),
      random: this.random,
      cache: new EventCache(stampReader(plan.pointers, Date.now, recorder.fields)),
      longTexts: new LongTexts((recorder.profile === null ? boundsOfFeed : boundsOfMessages)(plan.slice.count)),
      observer: recorder,
      connectTimeoutMs: plan.connectTimeoutMs,
      headersTimeoutMs: plan.headersTimeoutMs,
      slowRateBytesPerSecond: plan.slowRateBytesPerSecond,
      nowMs,
      wallOffsetMs: options.clock.wallMs() - options.clock.nowMs(),
    };
    this.earlyLeavers = new EarlyLeavers(this.context, plan.retryMs);
    if (recorder.profile === null && recorder.completion === null) {
      const { clients, summary } = recorder;
      recorder.returnWatch = new ReturnWatch(this.context, { retryMs: plan.retryMs, clients, figures: summary });
    }
    const counts = apportion(plan.clients, plan.mix);
    const kinds = CLIENT_KINDS.flatMap((kind) => Array.from<ClientKind>({ length: counts[kind] }).fill(kind));
    const { slice } = plan;
    this.random.shuffle(kinds).forEach((kind, index) => {
      if (index % slice.count === slice.index) this.enlist(kind, index);
    });
    this.arrivals = new Arrivals(this.clients, plan);
  }

  start(): void {
    this.startMs = this.context.clock.nowMs();
    this.advancedMs = this.startMs;
    this.tick(TICK_MS);
  }

  /** Once a second: who has been without a heartbeat for too long. */
  sweep(): void {
    sweepHeartbeats(this.recorder, this.context.clock.nowMs());
    if (this.recorder.incident === null) this.recorder.returnWatch?.look();
  }

  /** At the end: whose heartbeats have stopped. */
  closeHeartbeats(): void {
    closeHeartbeats(this.recorder, this.context.clock.nowMs());
  }

  /** Everybody who reads loses the stream at once, as when a load balancer is switched, and comes back. */
  reconnectAll(): void {
    this.context.nowMs = this.context.clock.nowMs();
    for (const client of this.clients) {
      if (client.behaviour.reads && client.state === 'open') client.leaveAndReturn('rst');
    }
  }

  /** No more arrivals, churn or reconnects: streams that are open go on being read. */
  freeze(): void {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.recorder.returnWatch?.close();
    this.watch.lead();
  }

  /** Whether every healthy client with an open stream has heard all up to `seq`. */
  allHeard(seq: number): boolean {
    const { accounts } = this.recorder;
    return this.clients.every((client) => !accounts.isHeldToAll(client) || hasHeard(client, seq));
  }

  /** The most body bytes that any healthy client has received. */
  mostBytesHeard(): number {
    let most = 0;
    for (const client of this.clients) {
      if (client.behaviour.kind === 'healthy' && client.receivedBytes > most) most = client.receivedBytes;
    }
    return most;
  }

  /** The accounts of all clients are closed: what they have not heard by now is lost. */
  closeAccounts(headSeq: number): void {
    this.recorder.closeAccounts(headSeq, this.context.clock.nowMs());
  }

  /** Everybody leaves, stalled ones with RST as their process would have been killed; all ends are counted. */
  stop(): void {
    this.freeze();
    const { ends } = this.summary;
    for (const client of this.clients) {
      const { state } = client;
      countUp(ends, state === 'closed' ? (client.lastCause ?? 'closed-by-us') : state);
      client.stop(client.behaviour.reads ? 'fin' : 'rst');
    }
  }

  private enlist(kind: ClientKind, index: number): void {
    this.clients.push(new Subscription(index, behaviours[kind], this.context, this.plan));
    this.summary.kind(kind).planned += 1;
  }

  private advance(): void {
    const { rampMs, churnPerSecond, slice } = this.plan;
    const nowMs = this.context.clock.nowMs();
    const elapsedMs = nowMs - this.startMs;
    const stoodStill = nowMs - this.advancedMs > STOOD_STILL_MS;
    this.advancedMs = nowMs;
    if (this.tickMs === CALM_TICK_MS) this.watch.turn();
    if (stoodStill) return;
    this.context.nowMs = nowMs;
    this.context.wheel.advance(nowMs);
    this.arrivals.advance(elapsedMs);
    const departures = Math.min(
      shareOf(slice, departuresBy(elapsedMs, rampMs, churnPerSecond)),
      this.departed + MAX_CONNECTS_PER_TICK,
    );
    while (this.departed < departures) this.churn();
    if (this.tickMs === TICK_MS && churnPerSecond === 0 && this.arrivals.rushIsOver) this.calmDown();
  }

  private calmDown(): void {
    this.watch.follow();
    this.tick(CALM_TICK_MS);
  }

  private tick(everyMs: number): void {
    clearInterval(this.timer);
    this.tickMs = everyMs;
    this.timer = setInterval(() => this.advance(), everyMs);
  }

  /**
   * One healthy client leaves, FIN and RST in turn, and a new one takes its place; somebody else comes and is gone
   * before the stream begins.
   */
  private churn(): void {
    const leaving = pickLeaver(this.clients, this.random);
    const how = this.departed % 2 === 0 ? 'fin' : 'rst';
    this.departed += 1;
    if (leaving === null) return;
    leaving.stop(how);
    this.recorder.profile?.left(leaving, how);
    const { counts, ends } = this.summary;
    counts.churned += 1;
    counts.bytesOfDeparted += leaving.receivedBytes;
    this.summary.kind(leaving.behaviour.kind).planned += 1;
    countUp(ends, 'churned');
    const newcomer = new Subscription(leaving.index, leaving.behaviour, this.context, this.plan);
    this.clients[Math.floor(leaving.index / this.plan.slice.count)] = newcomer;
    newcomer.connect();
    this.earlyLeavers.come(leaving.index);
    counts.churnedEarly = this.earlyLeavers.count;
  }
}
