/**
 * What the clients hear, turned into figures: the observer of all subscriptions of one load process.
 *
 * Called for every event, so the way of a plain event is a few comparisons and one histogram. Latency counts
 * from the time an event was due, for healthy clients, and only for events that were due while their stream
 * was open: what came before is the reconnection's time, not the stream's. A client that hears nothing gives
 * no samples, so `closeAccounts` enters what it should have heard as samples of at least that age
 * (coordinated omission).
 */
import type { Cause } from '../core/causes.ts';
import type { Malformed } from '../sse/handlers.ts';
import type { ResponseHead } from '../wire/transport.ts';
import type { Adjustment } from '../client/client-state.ts';
import type { StreamEvent } from '../client/event-cache.ts';
import type { EventReader } from '../client/event-reader.ts';
import type { Subscription, SubscriptionObserver } from '../client/subscription.ts';
import type { IncidentWindow } from './incident-window.ts';
import type { HeartbeatJudge } from '../measure/heartbeat.ts';
import { CLOCK_STEP_MS, type ClockWatch } from '../measure/clock-watch.ts';
import { TimeHistogram } from '../measure/histogram.ts';
import { Ledger } from '../measure/ledger.ts';
import { Schedule } from '../measure/schedule.ts';
import { countUp, Summary } from '../measure/summary.ts';
import { Timing } from './timing.ts';
import { ProtocolWatch } from './protocol-watch.ts';
import { type Promises, readMissed, readPromises } from './server-words.ts';

const HEARTBEAT_TYPES = new Set(['ping', 'heartbeat', 'keepalive', 'keep-alive']);
/** A clock that is ahead by more than this is not just jitter. */
const SKEW_MS = 1;
const TIMED_OUT = new Set<Cause>(['connect-timeout', 'headers-timeout']);
/** Distinct refusals that are kept apart; a hostile server could make one for each attempt. */
const MAX_REFUSALS = 20;
const MAX_DETAIL = 160;
const DESCRIBED = new Set<Cause>(['http-status', 'content-type', 'decode', 'redirect-loop', 'redirect-refused']);

export class Recorder implements SubscriptionObserver {
  readonly summary = new Summary();
  readonly ledger = new Ledger();
  schedule = new Schedule();
  readonly heartbeat: HeartbeatJudge;
  private readonly clock: ClockWatch;
  /** Since the last sample of the series. */
  recent = { latency: new TimeHistogram(), events: 0, drops: 0 };
  /** Descriptors or ports that ran out on this machine. */
  limited = 0;
  promises: Promises | null = null;
  /** While something that the plan asked for is going on. */
  incident: IncidentWindow | null = null;
  readonly timing: Timing;
  private readonly protocol: ProtocolWatch;

  /**
   * @param clock the watch over this machine's wall clock: once it was set, latencies say nothing
   * @param processes that the clients of the run are spread over
   * @param codingAsked the clients ask for a content coding
   */
  constructor(heartbeat: HeartbeatJudge, clock: ClockWatch, processes: number, codingAsked: boolean) {
    this.protocol = new ProtocolWatch(this.summary, codingAsked);
    this.heartbeat = heartbeat;
    this.clock = clock;
    this.timing = new Timing(this.summary, processes);
  }

  onConnected(client: Subscription): void {
    if (this.incident === null) this.timing.connected(client);
    this.summary.times.connect.record(client.context.nowMs - client.phaseStartMs);
  }

  onOpen(client: Subscription, head: ResponseHead): void {
    this.protocol.opened(head);
    const { times } = this.summary;
    const counts = this.summary.kind(client.behaviour.kind);
    counts.open += 1;
    times.headers.record(client.openedMs - client.phaseStartMs);
    if (client.opened === 1) {
      counts.connected += 1;
    } else {
      counts.reconnects += 1;
      times.reconnect.record(client.openedMs - client.endedMs);
      this.ledger.reconnected(client, client.resumed);
    }
    this.timing.opened(client);
    this.incident?.opened(client, client.openedMs);
  }

  onEvent(client: Subscription, event: StreamEvent): void {
    this.summary.counts.events += 1;
    this.recent.events += 1;
    const { nowMs, wallOffsetMs } = client.context;
    if (!client.heardEvent) {
      client.heardEvent = true;
      if (client.opened === 1) this.summary.times.firstEvent.record(nowMs - client.attemptStartMs);
    }
    if (event.seq < 0) {
      this.special(client, event);
      return;
    }
    this.summary.counts.eventsWithSeq += 1;
    this.protocol.published(client, event);
    this.ledger.note(client, event.seq);
    if (client.behaviour.kind !== 'healthy') return;
    const wallMs = nowMs + wallOffsetMs;
    if (event.scheduledMs < client.openedMs + wallOffsetMs) return;
    this.schedule.heard(event.seq, event.scheduledMs, wallMs, this.summary.times.spread);
    if (this.incident === null) this.timing.heard(client, event);
    this.latency(wallMs - event.scheduledMs, wallMs - event.sentMs);
  }

  onMalformed(client: EventReader, defect: Malformed, sample: string): void {
    this.protocol.malformed(client, defect, sample);
  }

  onComment(client: Subscription, _text: string): void {
    this.summary.counts.comments += 1;
    this.beat(client);
  }

  onLeft(client: Subscription): void {
    this.summary.kind(client.behaviour.kind).open -= 1;
    this.timing.left(client);
  }

  onLost(client: Subscription, cause: Cause, detail: string, wasOpen: boolean): void {
    const counts = this.summary.kind(client.behaviour.kind);
    if (cause === 'client-limit') this.limited += 1;
    if (wasOpen) {
      counts.open -= 1;
      // A stalled client that is thrown out got what it deserved: the stale watch counts it.
      if (!client.behaviour.reads) return;
      if (this.incident !== null) {
        this.summary.counts.dropsInIncident += 1;
        return;
      }
      counts.dropped += 1;
      this.recent.drops += 1;
      countUp(this.summary.dropsByCause, cause);
      this.protocol.ended(client, cause, detail);
      this.timing.lost(client, cause);
    } else if (client.behaviour.kind === 'vanished' && TIMED_OUT.has(cause)) {
      // Its network went before its stream began: that was us.
    } else if (this.incident !== null) {
      this.summary.counts.refusedInIncident += 1;
    } else {
      counts.refused += 1;
      const { refusalsByCause } = this.summary;
      const key = refusalKey(cause, detail);
      countUp(refusalsByCause, refusalsByCause.has(key) || refusalsByCause.size < MAX_REFUSALS ? key : cause);
    }
  }

  onAdjusted(_client: Subscription, adjustment: Adjustment): void {
    this.summary.counts[adjustment === 'retry-clamped' ? 'retryClamped' : 'idsUnsendable'] += 1;
  }

  /** The server numbers its events anew: what clients have heard so far is no measure for what comes. */
  numberingBegins(clients: Iterable<Subscription>): void {
    this.schedule.flushAll(this.summary.times.spread);
    this.schedule = new Schedule();
    this.ledger.forgetAll(clients);
  }

  /** One that left for good while the run went on: somebody else takes its place. */
  churned(client: Subscription): void {
    this.summary.counts.churned += 1;
    this.summary.kind(client.behaviour.kind).planned += 1;
    countUp(this.summary.ends, 'churned');
  }

  /** At the end: what every client that reads should have heard by `headSeq`, and has not. */
  closeAccounts(clients: Iterable<Subscription>, headSeq: number, nowMs: number): void {
    for (const client of clients) {
      if (client.behaviour.kind !== 'healthy' || client.state !== 'open') continue;
      const wallMs = nowMs + client.context.wallOffsetMs;
      this.summary.times.silence.record(Math.max(client.longestSilenceMs, nowMs - client.lastByteMs));
      const heardSeq = client.lastSeq;
      this.ledger.closeAt(client, headSeq);
      if (heardSeq < 0 || this.clock.step !== null) continue;
      this.schedule.eachOverdue(heardSeq, wallMs, (dueMs) => {
        this.summary.times.latency.record(wallMs - dueMs);
        this.summary.times.latencyCensored.record(wallMs - dueMs);
      });
    }
  }

  /** The summary with the ledger's counts in it. */
  snapshot(): Summary {
    const { counts } = this.summary;
    this.timing.snapshot();
    counts.lost = this.ledger.lost;
    counts.duplicated = this.ledger.duplicated;
    counts.reordered = this.ledger.reordered;
    counts.resumeLost = this.ledger.resumeLost;
    counts.resumeDuplicated = this.ledger.resumeDuplicated;
    counts.announcedLost = this.ledger.announcedLost;
    return this.summary;
  }

  private latency(scheduledLatencyMs: number, sentLatencyMs: number): void {
    // A figure that nobody would expect: first a look at our own clock.
    if (scheduledLatencyMs < -SKEW_MS || scheduledLatencyMs > CLOCK_STEP_MS) this.clock.look();
    if (this.clock.step !== null) {
      this.summary.counts.untimed += 1;
      return;
    }
    if (this.incident !== null) {
      if (!Number.isNaN(scheduledLatencyMs)) this.summary.times.latencyIncident.record(scheduledLatencyMs);
      return;
    }
    if (!Number.isNaN(scheduledLatencyMs)) {
      if (scheduledLatencyMs < -SKEW_MS) this.summary.counts.skewed += 1;
      this.summary.times.latency.record(scheduledLatencyMs);
      this.recent.latency.record(scheduledLatencyMs);
    }
    if (!Number.isNaN(sentLatencyMs)) this.summary.times.latencySent.record(sentLatencyMs);
  }

  private special(client: Subscription, event: StreamEvent): void {
    if (event.type === 'connected') {
      this.promises ??= readPromises(event.data);
      if (this.promises?.heartbeatMs) this.heartbeat.promise(this.promises.heartbeatMs);
    } else if (event.type === 'missed') {
      this.ledger.announced(client, readMissed(event.data));
    } else if (HEARTBEAT_TYPES.has(event.type)) {
      this.beat(client);
    } else {
      this.protocol.published(client, event);
    }
  }

  /** Others than healthy clients read late, or not for long: their heartbeats say nothing of the server. */
  private beat(client: Subscription): void {
    if (client.behaviour.kind !== 'healthy') return;
    if (this.incident !== null) client.lastHeartbeatMs = client.context.nowMs;
    else this.heartbeat.heard(client, client.context.nowMs, this.summary);
  }
}

/** Under which a refusal is counted: where the cause alone says little, with what the server said. */
export function refusalKey(cause: Cause, detail: string): string {
  return DESCRIBED.has(cause) ? `${cause}: ${detail.slice(0, MAX_DETAIL)}` : cause;
}
