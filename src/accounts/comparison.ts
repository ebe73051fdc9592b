/**
 * Loss and doubles without anybody's sequence number: what some clients heard and others did not, on streams
 * that are the same for all.
 *
 * Events are numbered in the order in which somebody first heard them, by what names them (event-naming.ts). A newcomer
 * gives no numbers, since it may have heard the newest before others were read the ones before; what is amiss before it
 * is where the others are, at the head, counts only where each connection is sent the same in its own time (`apart`).
 * Whether any of this may be believed shows in the figures, which are looked at once a second and at the end: payloads
 * that differ from client to client, come again and again, or run for each connection on their own are not compared.
 * Ids, or numbers at the pointer, that prove to be a sequence are believed more: also about what most clients missed.
 */
import { Census, CENSUS_EVENTS } from './census.ts';
import type { ShownOf } from './census-examples.ts';
import { addFigures, type CensusFigures, noFigures } from './census-figures.ts';
import { type Compared, doubtOf, NamingTrial } from './comparison-doubt.ts';
import { comparisonVerdict } from './comparison-verdict.ts';
import type { ComparedClient, ComparedEvent, Pending } from './compared-client.ts';
import { keyOf, type KeyedEvent, type Naming } from './event-key.ts';
import { EventNaming } from './event-naming.ts';
import { KnownEvents } from './known-events.ts';
import { areApart } from './apart.ts';
import { type Ledger } from './ledger.ts';
import { forget } from './sequence-state.ts';
import { acquit } from '../measure/defects.ts';
import type { NoSequence, SequenceVerdict } from './sequence.ts';

/** By then every client was read what one was read: who hears it later is not a race of ours. */
const RACE_MS = 250;
/** What came before has reached everybody whom it will. */
const SETTLED_MS = 2000;
/** Fewer hearings prove nothing against a way of numbering. */
const LEAST_HEARINGS = 10;
/** The number of an event that has nothing by which events are named. */
const NAMELESS = -2;

export class Comparison {
  private readonly known = new KnownEvents(CENSUS_EVENTS);
  private readonly clients: Iterable<ComparedClient>;
  private numbering = 1;
  private readonly naming = new EventNaming();
  private census = new Census(this.naming.current, this.known);
  /** The data differ from client to client: what is tried after them cannot do better than to explain how. */
  private isPersonal = false;
  /** Why it is not worth going on. */
  private gaveUp: NoSequence | null = null;
  private trial = new NamingTrial();
  /** When somebody last heard what nobody had. */
  private introducedMs = Number.NEGATIVE_INFINITY;
  /** Hearings of events that no other client heard. */
  private alone = 0;
  /** The figures of the numberings before, which were sound, and examples for them. */
  private carried = noFigures();
  private carriedShown: ShownOf = {};

  /** @param clients all whose accounts are kept here */
  constructor(clients: Iterable<ComparedClient>) {
    this.clients = clients;
  }

  get headSeq(): number {
    return this.census.highestSeq;
  }

  /** The events that clients received after they reconnected, and how many of them had other ids. */
  get replays(): Ledger['returns'] & { renamed: number } {
    return { ...this.census.returns, renamed: this.census.renamed };
  }

  get announcedLost(): number {
    return this.census.announcedLost;
  }

  /**
   * @param mayBeOld the client reads slowly: what it hears may be older than what is remembered
   * @returns the event's number, if this client heard it for the first time and is held to account for it; else -1
   */
  heard(client: ComparedClient, event: ComparedEvent, nowMs: number, mayBeOld: boolean): number {
    const better = this.naming.better(event);
    if (better !== null) this.beginAnew(better);
    if (this.gaveUp !== null && !this.resume(event)) return -1;
    const known = event.numbering === this.numbering ? event.number : this.knownNumber(event);
    if (known === NAMELESS) {
      this.trial.unnamed += 1;
      this.census.hearUnknown(client, event);
      // It may have the number that is next.
      if (event.unread === true) forget(client);
      return -1;
    }
    this.trial.hearings += 1;
    this.census.nowMs = nowMs;
    if (client.pending !== null) this.join(client, client.pending, known >= 0, nowMs);
    const seq = known >= 0 ? known : this.numberFor(client, event, nowMs, mayBeOld);
    return seq >= 0 && this.census.hear(client, seq, event) ? seq : -1;
  }

  reconnected(client: ComparedClient, resumed: boolean): void {
    client.pending = null;
    this.census.reconnected(client, resumed);
  }

  announced(client: ComparedClient, count: number): void {
    client.pending = null;
    this.census.announced(client, count);
  }

  /** The client should have heard everything up to `headSeq` by now. */
  closeAt(client: ComparedClient, headSeq: number): void {
    this.census.closeAt(client, headSeq);
  }

  /** About once a second: whether this way of numbering holds. */
  review(nowMs: number): void {
    if (this.gaveUp !== null || this.trial.hearings + this.trial.unnamed < LEAST_HEARINGS) return;
    const compared = this.compared(this.census.figures(nowMs - SETTLED_MS));
    const review = this.trial.review.judge(compared, this.trial.unnamed, this.naming);
    if (review === 'stays') return;
    this.isPersonal ||= review === 'personal';
    const next = review === 'hopeless' ? null : this.naming.next();
    if (next !== null) return this.beginAnew(next);
    this.gaveUp = this.isPersonal || review === 'names-nothing' ? 'personal' : 'repeated';
  }

  /** What is known by now of the events that came until `untilMs`; all of them without it. */
  verdict(untilMs = Number.POSITIVE_INFINITY): SequenceVerdict {
    const shown = { ...this.carriedShown };
    const figures = addFigures(this.census.figures(untilMs, shown), this.carried);
    const compared = this.compared(figures);
    const doubt = this.gaveUp ?? doubtOf(compared);
    if (doubt !== null) return { method: 'none', reason: this.isPersonal ? 'personal' : doubt };
    return comparisonVerdict(figures, {
      shown,
      method: this.naming.method(this.trial.ids.proven),
      apart: areApart(this.clients),
      skipped: this.trial.ids.skipped,
      counting: compared.counting,
      lostByJoining: this.census.joins.lost,
      replays: this.naming.current === 'id' && this.census.hasReplayed,
    });
  }

  /** The server numbers its events anew: what was found so far stays. */
  restart(): void {
    this.carried = addFigures(this.carried, this.census.figures(Number.POSITIVE_INFINITY, this.carriedShown));
    this.begin();
  }

  /** -1 where nobody has heard it. */
  private knownNumber(event: ComparedEvent): number {
    const key = keyOf(event, this.naming.current);
    if (key === null) return this.numbered(event, NAMELESS);
    const seq = this.known.seqOf(key);
    return seq === undefined ? -1 : this.numbered(event, seq);
  }

  /** A number for what nobody has heard yet, if this client may give one; else -1. */
  private numberFor(client: ComparedClient, event: ComparedEvent, nowMs: number, mayBeOld: boolean): number {
    if (mayBeOld) {
      forget(client);
      return -1;
    }
    const heard = this.naming.heardAs(event);
    // It may have heard the newest before others were read the ones before.
    if (client.baseSeq < 0 || client.atHeadFrom < 0) {
      forget(client);
      client.pending = { ...heard, sinceMs: client.pending?.sinceMs ?? nowMs };
      return -1;
    }
    // Back behind its Last-Event-ID, it is sent what came while none of the others was there.
    if (client.inResume && client.lastSeq < this.census.highestSeq) {
      this.census.hearUnknown(client, event);
      return -1;
    }
    return this.numbered(event, this.introduce(heard, nowMs));
  }

  /**
   * The newcomer's account begins with what it heard before, if others have heard that too by now, or nobody
   * has heard anything else for as long as it takes to read them all.
   */
  private join(client: ComparedClient, pending: Pending, goesOnKnown: boolean, nowMs: number): void {
    const known = this.known.seqOf(pending.key);
    if (known === undefined && !goesOnKnown && nowMs - pending.sinceMs < RACE_MS) return;
    client.pending = null;
    if (known !== undefined) {
      this.census.hear(client, known);
    } else if (this.introducedMs > pending.sinceMs) {
      // What it heard was its own, or came before the others were there.
      if (!goesOnKnown) this.alone += 1;
    } else if (!goesOnKnown) {
      this.trial.ids.interrupt();
      this.census.hear(client, this.introduce(pending, nowMs));
    }
  }

  private introduce({ key, id, content }: Omit<Pending, 'sinceMs'>, nowMs: number): number {
    const number = id !== null || this.naming.isGiven ? this.trial.ids.note(id) : Number.NaN;
    const seq = this.census.introduce(content, nowMs, number);
    this.introducedMs = nowMs;
    this.known.add(key, seq);
    return seq;
  }

  private numbered(event: ComparedEvent, seq: number): number {
    event.number = seq;
    event.numbering = this.numbering;
    return seq;
  }

  private compared(figures: CensusFigures): Compared {
    const { trial, alone, naming } = this;
    return { figures, hearings: trial.hearings, alone, counting: naming.isGiven && trial.ids.proven };
  }

  /** A member that counts was found only now. @returns whether events can be named by it */
  private resume(event: KeyedEvent): boolean {
    if (this.gaveUp !== 'personal' || !this.naming.revives(event)) return false;
    this.gaveUp = null;
    this.beginAnew('found');
    return true;
  }

  /** Another way of naming events: what the one before found is forgotten. */
  private beginAnew(naming: Naming): void {
    this.naming.current = naming;
    this.trial = new NamingTrial();
    this.carried = noFigures();
    this.carriedShown = {};
    for (const client of this.clients) acquit(client);
    this.begin();
  }

  private begin(): void {
    const { announcedLost, returns } = this.census;
    this.trial.ids.interrupt();
    this.census = new Census(this.naming.current, this.known);
    this.census.announcedLost = announcedLost;
    Object.assign(this.census.returns, returns);
    this.alone = 0;
    this.introducedMs = Number.NEGATIVE_INFINITY;
    this.known.clear();
    this.numbering += 1;
    for (const client of this.clients) {
      forget(client);
      client.pending = null;
    }
  }
}
