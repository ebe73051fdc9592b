/**
 * Holds the events of one load process to account, by the best numbers that there are: those in the data, where
 * the user named them or the server is our own; else what the comparison of clients gives, which also takes numbers
 * that nobody vouches for as names of events and nothing more.
 */
import type { StreamEvent } from '../client/event-cache.ts';
import type { Subscription } from '../client/subscription.ts';
import { Comparison } from './comparison.ts';
import type { EVENT_ACCOUNT_FIGURES } from './event-account-figures.ts';
import { noteExamples } from './event-examples.ts';
import { areApart } from './apart.ts';
import { Ledger } from './ledger.ts';
import { forget } from './sequence-state.ts';
import { acquit } from '../measure/defects.ts';
import { Schedule } from './schedule.ts';
import type { SequenceVerdict } from './sequence.ts';
import type { Measured, ReadCounts } from '../measure/figures.ts';

type EventAccountFigures = Measured<typeof EVENT_ACCOUNT_FIGURES> & ReadCounts<'events'>;

/** What came so lately may still be on its way to others. */
const UNDER_WAY_MS = 2000;
/** Fewer events say nothing about the numbers in them. */
const LEAST_EVENTS = 10;
/** When more of them are out of line, it is no sequence. */
const TOLERATED = 0.2;

export class EventAccounts {
  schedule: Schedule;
  private readonly summary: EventAccountFigures;
  private readonly clients: readonly Subscription[];
  private readonly trusted: boolean;
  private finite: boolean;
  /** Clients of which a stream ended with the word that all was said. */
  private readonly saidAll = new Set<Subscription>();
  private readonly comparison: Comparison;
  private readonly ledger: Ledger;
  /** Numbers that somebody vouches for are taken; others only where clients cannot be compared. */
  private takesNumbers: boolean;
  /** Where the numbers come from that accounts are kept by. */
  private source: 'pointer' | 'comparison' = 'comparison';
  private closed = false;

  /**
   * @param clients all of this process; the array is the fleet's own and may change
   * @param trusted somebody vouches for the numbers at the pointer
   * @param finite each stream has an end of its own, to which it goes at its own pace: what others hear is no measure
   */
  constructor(
    summary: EventAccountFigures,
    clients: readonly Subscription[],
    { trusted, finite }: { trusted: boolean; finite: boolean },
  ) {
    this.summary = summary;
    this.schedule = new Schedule(summary.times.spread);
    this.clients = clients;
    this.trusted = trusted;
    this.finite = finite;
    this.takesNumbers = trusted || finite;
    this.ledger = new Ledger(!trusted);
    this.comparison = new Comparison(clients);
  }

  /** The highest number that any client has heard. */
  get headSeq(): number {
    return this.source === 'pointer' ? this.ledger.highestSeq : this.comparison.headSeq;
  }

  /** Returns the number by which the event is accounted to this client; -1 where it is not. */
  heard(client: Subscription, event: StreamEvent): number {
    const { nowMs } = client.context;
    if (event.seq < 0 || !this.takesNumbers) {
      if (event.unread) this.summary.counts.eventsUnread += 1;
      if (this.source === 'pointer') {
        // It may have the number that is next: what this client hears from here on is an account of its own.
        if (event.unread) forget(client);
        return -1;
      }
      if (this.finite) return -1;
      return this.comparison.heard(client, event, nowMs, client.behaviour.kind === 'slow');
    }
    if (this.source === 'comparison') this.begin('pointer');
    this.summary.counts.eventsWithSeq += 1;
    this.ledger.nowMs = nowMs;
    this.ledger.note(client, event.seq);
    return event.seq;
  }

  reconnected(client: Subscription): void {
    if (this.source === 'pointer') this.ledger.reconnected(client, client.resumed);
    else this.comparison.reconnected(client, client.resumed);
    client.behindBeat = client.resumed && client.idIsBeats;
  }

  /** Its stream came to its planned end and is over: what the next one says is not held against this one. */
  completed(client: Subscription): void {
    forget(client);
    client.pending = null;
  }

  /** Its stream said that all was said, and ended. Where that happens to most clients, each stream has an end of its own. */
  ended(client: Subscription): void {
    this.completed(client);
    this.saidAll.add(client);
    if (2 * this.saidAll.size >= this.clients.length) this.finite = true;
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
    else if (this.isNoSequence()) {
      this.takesNumbers = false;
      this.begin('comparison');
    }
  }

  /** At the end: nobody can be held to numbers that are none, or another's. Returns whether accounts may be closed. */
  mayClose(nowMs: number): boolean {
    if (this.source === 'pointer') this.review(nowMs);
    this.closed = true;
    const verdict = this.verdict(nowMs);
    return verdict.method !== 'none' && !verdict.apart && !areApart(this.clients);
  }

  /** Whether this client can be held to what the others have heard: one that has never been where they are cannot. */
  isHeldToAll(client: Subscription): boolean {
    if (this.finite) return false;
    return client.baseSeq >= 0 && (client.atHeadFrom >= 0 || this.source === 'pointer');
  }

  /** What this client should have heard by `headSeq`. */
  closeAt(client: Subscription, headSeq: number): void {
    if (this.source === 'pointer') this.ledger.closeAt(client, headSeq);
    else this.comparison.closeAt(client, headSeq);
  }

  /** At the end: the spreads of the last events, or of none where the numbers may not be believed. */
  closeSpread(mayClose: boolean): void {
    if (mayClose && !this.finite) this.schedule.flushAll();
    else this.summary.times.spread.reset();
  }

  /** All that is known by now, into the summary. */
  snapshot(nowMs: number): void {
    const { counts, sequence, eventExamples } = this.summary;
    const { announcedLost } = this.source === 'pointer' ? this.ledger : this.comparison;
    const returns = this.source === 'pointer' ? { ...this.ledger.returns, renamed: 0 } : this.comparison.replays;
    counts.announcedLost = announcedLost;
    counts.returnsAtHead = returns.atHead;
    counts.returnsInPast = returns.inPast;
    counts.returnsBehindBeat = returns.behindBeat;
    counts.returnsWhole = returns.whole;
    sequence.clear();
    eventExamples.clear();
    if (counts.events === 0) return;
    const verdict = this.verdict(nowMs);
    sequence.set(verdict.method === 'none' ? verdict.reason : verdict.method, 1);
    const found = verdict.method === 'none' ? NOTHING : verdict;
    counts.eventsWithSeq = found.heard;
    counts.lost = found.lost;
    const losers = found.lost === 0 ? [] : this.clients.filter(({ missing }) => missing > 0);
    counts.slowLosers = losers.filter(({ readsSlowly }) => readsSlowly).length;
    counts.otherLosers = losers.length - counts.slowLosers;
    counts.duplicated = found.duplicated;
    counts.reordered = found.reordered;
    counts.resumeLate = found.resumeLate;
    counts.resumeRenamed = verdict.method === 'none' ? 0 : returns.renamed;
    counts.resumeLost = found.resumeLost;
    counts.resumeDuplicated = found.resumeDuplicated;
    counts.idsSkipped = found.skipped;
    counts.apart = verdict.method !== 'none' && verdict.apart ? 1 : 0;
    noteExamples(eventExamples, found.examples, found);
  }

  private verdict(nowMs: number): SequenceVerdict {
    if (this.source !== 'pointer' && this.finite) return { method: 'none', reason: 'finite' };
    if (this.source !== 'pointer')
      return this.comparison.verdict(this.closed ? Number.POSITIVE_INFINITY : nowMs - UNDER_WAY_MS);
    const { duplicated, reordered, resumeLate, resumeDuplicated, behind, joins } = this.ledger;
    const joining = Math.min(joins.lost, this.ledger.lost);
    const lost = this.ledger.lost - joining;
    const resumeLost = this.ledger.resumeLost + joining;
    const heard = this.summary.counts.eventsWithSeq;
    const apart = !this.trusted && areApart(this.clients);
    const examples = this.ledger.candidates.examples(joining, this.ledger.lost);
    const found = { method: 'pointer' as const, heard, skipped: 0, apart, examples };
    const resume = apart
      ? { resumeLate: 0, resumeLost: 0, resumeDuplicated: 0 }
      : { resumeLate, resumeLost, resumeDuplicated };
    // A stream with an end is whole from its beginning, wherever others are.
    if (!apart && !this.finite) return { ...found, ...resume, lost, duplicated, reordered };
    return {
      ...found,
      ...resume,
      lost: lost + behind.lost,
      duplicated: duplicated + behind.duplicated,
      reordered: reordered + behind.reordered,
    };
  }

  private isNoSequence(): boolean {
    const { eventsWithSeq } = this.summary.counts;
    return !this.trusted && eventsWithSeq >= LEAST_EVENTS && this.ledger.odd > TOLERATED * eventsWithSeq;
  }

  /** From here on by these numbers: what was found by others is forgotten. */
  private begin(source: 'pointer' | 'comparison'): void {
    this.source = source;
    this.summary.counts.eventsWithSeq = 0;
    this.summary.times.spread.reset();
    this.schedule = new Schedule(this.summary.times.spread);
    for (const client of this.clients) {
      forget(client);
      acquit(client);
      client.pending = null;
    }
  }
}

const NOTHING = {
  heard: 0,
  lost: 0,
  duplicated: 0,
  reordered: 0,
  resumeLate: 0,
  resumeLost: 0,
  resumeDuplicated: 0,
  skipped: 0,
  examples: {},
};
