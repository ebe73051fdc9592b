/**
 * What the clients hear, turned into figures: the observer of all subscriptions of one load process.
 *
 * Called for every event, so the way of a plain event is a few comparisons and one histogram. Latency counts
 * from the time an event was due, for healthy clients, and only for events that were due while their stream
 * was open: what came before is the reconnection's time, not the stream's. A client that hears nothing gives
 * no samples, so `closeAccounts` enters what it should have heard as samples of at least that age
 * (coordinated omission).
 */
import { GREETING_COMMENT_MS } from '../../findings/bounds.ts';
import type { Cause } from '../../core/causes.ts';
import type { ResponseHead } from '../../wire/transport.ts';
import type { StreamEvent } from '../../client/event-cache.ts';
import type { Subscription, SubscriptionObserver } from '../../client/subscription.ts';
import type { ProfileAccounts } from '../../protocols/profile.ts';
import type { IncidentWindow } from './incident-window.ts';
import type { HeartbeatJudge } from '../../measure/heartbeat.ts';
import type { ClockWatch } from '../../measure/clock-watch.ts';
import { isHeartbeat, type Promises, readMissed, readPromises } from '../../accounts/server-words.ts';
import { countAffected, noteDefect } from '../../measure/defects.ts';
import { countUp, type Measured } from '../../measure/figures.ts';
import type { RECORDER_FIGURES } from '../../record/load-figures.ts';
import { Summary } from '../../record/summary.ts';
import { Audience } from '../../accounts/audience.ts';
import { EventAccounts } from '../../accounts/event-accounts.ts';
import { FieldSearch } from '../../accounts/field-search.ts';
import { noteFields } from '../../accounts/found-fields.ts';
import { EventLatency } from '../../accounts/event-latency.ts';
import { closeAccounts } from './account-closing.ts';
import { enterWithoutHead } from './heads-awaited.ts';
import { LineRecorder } from './line-recorder.ts';
import { Recent } from './recent.ts';
import type { RecorderOptions } from './recorder-options.ts';
import { countRefusal, type RefusalFigures } from './refusals.ts';
import { Timing } from './timing.ts';
import { CompletionWatch } from './completion-watch.ts';
import { ProtocolWatch } from './protocol-watch.ts';

const TIMED_OUT = new Set<Cause>(['connect-timeout', 'headers-timeout']);
/** Streams on which a member that counts has to stand at the same number. */
const AGREEING_STREAMS = 2;

type RecorderFigures = Measured<typeof RECORDER_FIGURES> & RefusalFigures;

export class Recorder extends LineRecorder implements SubscriptionObserver {
  readonly summary = new Summary();
  /** The part of the summary that is written here; the rest is written by those who are given it below. */
  private readonly figures: RecorderFigures = this.summary;
  /** All clients of this process, in the order of the plan; the fleet fills it. */
  readonly clients: Subscription[] = [];
  readonly accounts: EventAccounts;
  readonly audience: Audience;
  /** Where the numbers and times are that nobody said anything of. */
  readonly fields: FieldSearch;
  readonly heartbeat: HeartbeatJudge;
  private readonly latency: EventLatency;
  private recent = new Recent();
  /** Descriptors or ports that ran out on this machine. */
  limited = 0;
  promises: Promises | null = null;
  /** While something that the plan asked for is going on. */
  incident: IncidentWindow | null = null;
  readonly timing: Timing;
  /** Who hears the events where they are no feed, but answers or messages within sessions. */
  profile: ProfileAccounts | null = null;
  protected readonly protocol: ProtocolWatch;
  /** Null where streams have no end. */
  readonly completion: CompletionWatch | null;

  /** @param clock the watch over this machine's wall clock: once it was set, latencies say nothing */
  constructor(
    heartbeat: HeartbeatJudge,
    clock: ClockWatch,
    { processes, codingAsked, pointers, seqTrusted, finite = null }: RecorderOptions,
  ) {
    super();
    this.fields = new FieldSearch(pointers, AGREEING_STREAMS, processes === 1);
    this.protocol = new ProtocolWatch(this.summary, codingAsked);
    this.heartbeat = heartbeat;
    this.accounts = new EventAccounts(this.summary, this.clients, { trusted: seqTrusted, finite: finite !== null });
    this.audience = new Audience(processes);
    this.latency = new EventLatency(this.summary, clock);
    this.timing = new Timing(this.summary, processes);
    this.completion = finite === null ? null : new CompletionWatch(this.summary, finite);
  }

  onConnected(client: Subscription): void {
    if (this.incident === null) this.timing.connected(client);
    this.figures.times.connect.record(client.context.nowMs - client.phaseStartMs);
  }

  onOpen(client: Subscription, head: ResponseHead): void {
    this.protocol.opened(head, client);
    const { times } = this.figures;
    const counts = this.figures.kind(client.behaviour.kind);
    counts.open += 1;
    times.headers.record(client.openedMs - client.phaseStartMs);
    if (client.opened === 1) {
      counts.connected += 1;
    } else {
      counts.reconnects += 1;
      this.returned(client);
      times.reconnect.record(client.openedMs - client.endedMs);
      this.accounts.reconnected(client);
    }
    this.recent.opened(this.summary.total('open'), client.opened);
    this.timing.opened(client, head);
    this.incident?.opened(client, client.openedMs);
  }

  onEvent(client: Subscription, event: StreamEvent): void {
    this.figures.counts.events += 1;
    this.recent.events += 1;
    if (this.completion === null) this.hearFarewell(client, event);
    else if (this.completion.heard(client, event, this.incident === null) && client.behaviour.kind === 'healthy')
      this.figures.times.silence.record(client.longestSilenceMs);
    const { nowMs, wallOffsetMs } = client.context;
    const beforeMs = this.timing.item(client);
    if (!client.heardEvent) {
      client.heardEvent = true;
      if (client.opened === 1) this.figures.times.firstEvent.record(nowMs - client.attemptStartMs);
    }
    if (this.profile !== null) {
      this.profile.heard(client, event);
      return;
    }
    const isSpecial = event.seq < 0 && this.special(client, event);
    if (event.id !== null) this.gaveId(client, event.id, isSpecial && isHeartbeat(event.type));
    if (isSpecial) return;
    this.protocol.published(client, event);
    this.returnWatch?.heard(client, event);
    const seq = this.accounts.heard(client, event);
    if (client.behaviour.kind !== 'healthy') return;
    this.audience.heard(client, event, nowMs, wallOffsetMs);
    const wallMs = nowMs + wallOffsetMs;
    this.fields.heard(client, event, wallMs);
    const openedMs = client.openedMs + wallOffsetMs;
    const isHistory = event.scheduledMs < openedMs;
    if (event.planned) this.figures.counts.eventsPlanned += 1;
    const dueMs = isHistory ? Number.NaN : event.scheduledMs;
    if (seq >= 0 && (!isHistory || event.timeFound)) this.accounts.schedule.heard(seq, dueMs, wallMs, openedMs);
    if (isHistory) {
      this.figures.counts.dueBefore += 1;
      this.latency.heardBefore(event, wallMs);
      return;
    }
    if (this.incident === null) this.timing.heard(client, event, beforeMs);
    this.latency.heard(event, wallMs, this.incident !== null, this.recent.latency);
  }

  onLeft(client: Subscription): void {
    this.figures.kind(client.behaviour.kind).open -= 1;
    this.timing.left(client);
  }

  onLost(client: Subscription, cause: Cause, detail: string, wasOpen: boolean): void {
    const counts = this.figures.kind(client.behaviour.kind);
    if (cause === 'client-limit') this.limited += 1;
    if (wasOpen) {
      counts.open -= 1;
      // A stalled client that is thrown out got what it deserved: the stale watch counts it.
      if (!client.behaviour.reads) return;
      if (client.completed) {
        this.completion?.ended(client, cause);
        this.accounts.completed(client);
        this.timing.left(client);
        return;
      }
      if (this.incident !== null) {
        this.incident.dropped(client, cause, client.context.nowMs);
        return;
      }
      if (cause === 'eof-clean' && client.heardFarewell) {
        // Planned: the server said so, and the client comes back. What is lost by it is in the accounts.
        this.figures.counts.rotated += 1;
        if (client.heardEnd) this.accounts.ended(client);
        return;
      }
      counts.dropped += 1;
      noteDefect(client, 'dropped');
      this.recent.dropped(cause);
      countUp(this.figures.dropsByCause, cause);
      this.protocol.ended(client, cause, detail);
      this.timing.lost(client, cause);
    } else if (client.behaviour.kind === 'vanished' && TIMED_OUT.has(cause)) {
      // Its network went before its stream began: that was us.
    } else if (this.incident !== null) {
      this.incident.refused();
    } else {
      noteDefect(client, 'refused');
      this.recent.refused += 1;
      const waitedMs = client.refusedMs - client.phaseStartMs;
      countRefusal(this.figures, client.behaviour.kind, { cause, detail, waitedMs });
    }
  }

  /** At the end: what every client that reads should have heard by `headSeq`, and has not. */
  closeAccounts(headSeq: number, nowMs: number): void {
    this.protocol.close(this.clients);
    enterWithoutHead(this.clients, nowMs, this.figures.times.withoutHead);
    const { clients, accounts, latency, figures } = this;
    const isPlanned = figures.counts.eventsPlanned > 0;
    closeAccounts({ clients, accounts, latency, isPlanned, silence: figures.times.silence }, headSeq, nowMs);
  }

  /** What came since the last call, about a second ago. */
  takeRecent(): Recent {
    const { recent } = this;
    this.latency.floor.second(recent.latency);
    this.recent = new Recent();
    return recent;
  }

  /** The summary with the counts of the accounts in it, as far as they are known. */
  snapshot(nowMs: number): Summary {
    const { counts } = this.summary;
    counts.bytes = this.clients.reduce((sum, { receivedBytes }) => sum + receivedBytes, counts.bytesOfDeparted);
    this.timing.snapshot();
    this.accounts.snapshot(nowMs);
    noteFields(this.summary, this.fields);
    countAffected(this.clients, this.figures.affected);
    return this.summary;
  }

  /** Whether an event is about the stream itself, or only a sign of life. */
  private special(client: Subscription, event: StreamEvent): boolean {
    if (event.type === 'connected') {
      this.promises ??= readPromises(event.data);
      if (this.promises.replays) this.figures.counts.replaysPromised += 1;
      if (this.promises.heartbeatMs) this.heartbeat.promise(this.promises.heartbeatMs);
    } else if (event.type === 'missed') {
      this.accounts.announced(client, readMissed(event.data));
    } else if (isHeartbeat(event.type) && !event.asked) {
      this.beat(client);
    } else {
      return false;
    }
    return true;
  }

  /** Others than healthy clients read late, or not for long: their heartbeats say nothing of the server. */
  protected beat(client: Subscription): void {
    if (client.behaviour.kind !== 'healthy' || client.completed) return;
    if (client.context.nowMs - client.openedMs >= GREETING_COMMENT_MS) this.figures.counts.heartbeatsAfterGreeting += 1;
    this.timing.beat(client);
    this.recent.beat(client, client.context.nowMs);
    if (this.incident !== null) client.lastHeartbeatMs = client.context.nowMs;
    else this.heartbeat.heard(client, client.context.nowMs, this.summary);
  }
}
