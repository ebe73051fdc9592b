/**
 * Holds the events of one load process to account, by the best numbers that there are: those in the data, where
 * the user named them or the server is our own; else what the comparison of clients gives, which also takes numbers
 * that nobody vouches for as names of events and nothing more.
 */
import type { StreamEvent } from '../client/event-cache.ts';
import type { Subscription } from '../client/subscription.ts';
import { Comparison } from './comparison.ts';
import { areApart, forget, Ledger } from './ledger.ts';
import { Schedule } from './schedule.ts';
import type { SequenceVerdict } from './sequence.ts';
import { figures, type Measured, type ReadCounts } from '../measure/figures.ts';

export const EVENT_ACCOUNT_FIGURES = figures({
  counts: [
    /** Events that were held to account, each once a client. */
    'eventsWithSeq',
    'lost',
    'duplicated',
    'reordered',
    /** The same behind a Last-Event-ID. */
    'resumeLost',
    'resumeDuplicated',
    /** Events of which the server said itself that it had dropped them. */
    'announcedLost',
    /** Numbers that ids passed over for all clients. */
    'idsSkipped',
  ],
  times: [
    /** From when the first client heard an event until the last one did. */
    'spread',
  ],
  tallies: [
    /** By what each process held events to account, or why it could not (sequence.ts). */
    'sequence',
  ],
});
type EventAccountFigures = Measured<typeof EVENT_ACCOUNT_FIGURES> & ReadCounts<'events'>;

/** What came so lately may still be on its way to others. */
const UNDER_WAY_MS = 2000;

export class EventAccounts {
  schedule: Schedule;
  private readonly summary: EventAccountFigures;
  private readonly clients: readonly Subscription[];
  private readonly trusted: boolean;
  private readonly comparison: Comparison;
  private readonly ledger = new Ledger();
  /** Where the numbers come from that accounts are kept by. */
  private source: 'pointer' | 'comparison' = 'comparison';
  private closed = false;

  /**
   * @param clients all of this process; the array is the fleet's own and may change
   * @param trusted somebody vouches for the numbers at the pointer
   */
  constructor(summary: EventAccountFigures, clients: readonly Subscription[], trusted: boolean) {
    this.summary = summary;
    this.schedule = new Schedule(summary.times.spread);
    this.clients = clients;
    this.trusted = trusted;
    this.comparison = new Comparison(clients);
  }

  /** The highest number that any client has heard. */
  get headSeq(): number {
    return this.source === 'pointer' ? this.ledger.highestSeq : this.comparison.headSeq;
  }

  /** Returns the number by which the event is accounted to this client; -1 where it is not. */
  heard(client: Subscription, event: StreamEvent): number {
    const { nowMs } = client.context;
    if (event.seq < 0 || !this.trusted) {
      if (this.source === 'pointer') return -1;
      return this.comparison.heard(client, event, nowMs, client.behaviour.kind === 'slow');
    }
    if (this.source === 'comparison') this.beginByNumbers();
    this.summary.counts.eventsWithSeq += 1;
    this.ledger.note(client, event.seq);
    return event.seq;
  }

  reconnected(client: Subscription): void {
    if (this.source === 'pointer') this.ledger.reconnected(client, client.resumed);
    else this.comparison.reconnected(client, client.resumed);
  }

  announced(client: Subscription, count: number): void {
    if (this.source === 'pointer') this.ledger.announced(client, count);
    else this.comparison.announced(client, count);
  }

  /** The server numbers its events anew: what clients have heard so far is no measure for what comes. */
  numberingBegins(): void {
    this.schedule.flushAll();
    this.schedule = new Schedule(this.summary.times.spread);
    this.ledger.forgetAll(this.clients);
    this.comparison.restart();
  }

  /** About once a second: whether the numbers are such as they were taken for. */
  review(nowMs: number): void {
    if (this.source === 'comparison') this.comparison.review(nowMs);
  }

  /** At the end: nobody can be held to numbers that are none, or another's. Returns whether accounts may be closed. */
  mayClose(nowMs: number): boolean {
    this.closed = true;
    const verdict = this.verdict(nowMs);
    return verdict.method !== 'none' && !verdict.apart && !areApart(this.clients);
  }

  /** Whether this client can be held to what the others have heard: one that has never been where they are cannot. */
  isHeldToAll(client: Subscription): boolean {
    return client.baseSeq >= 0 && (client.atHeadFrom >= 0 || this.source === 'pointer');
  }

  /** What this client should have heard by `headSeq`. */
  closeAt(client: Subscription, headSeq: number): void {
    if (this.source === 'pointer') this.ledger.closeAt(client, headSeq);
    else this.comparison.closeAt(client, headSeq);
  }

  /** At the end: the spreads of the last events, or of none where the numbers may not be believed. */
  closeSpread(mayClose: boolean): void {
    if (mayClose) this.schedule.flushAll();
    else this.summary.times.spread.reset();
  }

  /** All that is known by now, into the summary. */
  snapshot(nowMs: number): void {
    const { counts, sequence } = this.summary;
    const { announcedLost } = this.source === 'pointer' ? this.ledger : this.comparison;
    counts.announcedLost = announcedLost;
    sequence.clear();
    if (counts.events === 0) return;
    const verdict = this.verdict(nowMs);
    sequence.set(verdict.method === 'none' ? verdict.reason : verdict.method, 1);
    const found = verdict.method === 'none' ? NOTHING : verdict;
    counts.eventsWithSeq = found.heard;
    counts.lost = found.lost;
    counts.duplicated = found.duplicated;
    counts.reordered = found.reordered;
    counts.resumeLost = found.resumeLost;
    counts.resumeDuplicated = found.resumeDuplicated;
    counts.idsSkipped = found.skipped;
  }

  private verdict(nowMs: number): SequenceVerdict {
    if (this.source !== 'pointer')
      return this.comparison.verdict(this.closed ? Number.POSITIVE_INFINITY : nowMs - UNDER_WAY_MS);
    const { lost, duplicated, reordered, resumeLost, resumeDuplicated } = this.ledger;
    const heard = this.summary.counts.eventsWithSeq;
    const found = { lost, duplicated, reordered, resumeLost, resumeDuplicated };
    return { method: 'pointer', heard, skipped: 0, apart: false, ...found };
  }

  /** From here on by these numbers: what was found by others is forgotten. */
  private beginByNumbers(): void {
    this.source = 'pointer';
    this.summary.counts.eventsWithSeq = 0;
    this.summary.times.spread.reset();
    this.schedule = new Schedule(this.summary.times.spread);
    for (const client of this.clients) {
      forget(client);
      client.pending = null;
    }
  }
}

const NOTHING = { heard: 0, lost: 0, duplicated: 0, reordered: 0, resumeLost: 0, resumeDuplicated: 0, skipped: 0 };
