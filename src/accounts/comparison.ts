/**
 * Loss and doubles without anybody's sequence number: what some clients heard and others did not, on streams
 * that are the same for all.
 *
 * Events are numbered in the order in which somebody first heard them, by their id or, where ids are none
 * that name events, by their data. A newcomer gives no numbers, since it may have heard the newest before
 * others were read the ones before; what is amiss before it is where the others are, at the head, counts only
 * where each connection is sent the same in its own time (`apart`). Whether any of
 * this may be believed shows in the figures, which are looked at once a second and at the end: payloads that
 * differ from client to client, come again and again, or run for each connection on their own are not compared.
 * Where the ids prove to be a sequence they are believed more: also about what most clients missed, and what
 * came behind a Last-Event-ID.
 */
import { addFigures, Census, CENSUS_EVENTS, type CensusFigures, noFigures } from './census.ts';
import { type Compared, doubtOf, TOLERATED_SHARE, worstOf } from './comparison-doubt.ts';
import { contentHash, contentKey, idKey, type KeyedEvent } from './event-key.ts';
import { IdSequence } from './id-sequence.ts';
import { areApart, forget, type Ledger, type SequenceState } from './ledger.ts';
import type { NoSequence, SequenceVerdict } from './sequence.ts';

/** By then every client was read what one was read: who hears it later is not a race of ours. */
const RACE_MS = 250;
/** What came before has reached everybody whom it will. */
const SETTLED_MS = 2000;
/** Fewer hearings prove nothing against a way of numbering. */
const LEAST_HEARINGS = 10;
/** When a larger share of all hearings does not go with the comparison, looking on is not worth its cost. */
const HOPELESS = 0.5;

/** An event with the number it got here, good for one numbering. */
export interface ComparedEvent extends KeyedEvent {
  number: number;
  numbering: number;
}

/** What a newcomer heard and nobody else has yet. */
export interface Pending {
  key: string;
  id: string | null;
  content: number;
  sinceMs: number;
}

export interface ComparedClient extends SequenceState {
  pending: Pending | null;
}

export class Comparison {
  private census = new Census();
  private ids = new IdSequence();
  private readonly seqs = new Map<string, number>();
  private readonly keys: (string | undefined)[] = Array.from({ length: CENSUS_EVENTS });
  private readonly clients: Iterable<ComparedClient>;
  private numbering = 1;
  private byId = false;
  private idsFailed = false;
  /** Why it is not worth going on. */
  private gaveUp: NoSequence | null = null;
  private hearings = 0;
  /** When somebody last heard what nobody had. */
  private introducedMs = Number.NEGATIVE_INFINITY;
  /** Hearings of events that no other client heard. */
  private alone = 0;
  /** The figures of the numberings before, which were sound. */
  private carried = noFigures();

  /** @param clients all whose accounts are kept here */
  constructor(clients: Iterable<ComparedClient>) {
    this.clients = clients;
  }

  get headSeq(): number {
    return this.census.highestSeq;
  }

  get returns(): Ledger['returns'] {
    return this.census.returns;
  }

  get announcedLost(): number {
    return this.census.announcedLost;
  }

  /**
   * @param mayBeOld the client reads slowly: what it hears may be older than what is remembered
   * @returns the event's number, if this client heard it for the first time and is held to account for it; else -1
   */
  heard(client: ComparedClient, event: ComparedEvent, nowMs: number, mayBeOld: boolean): number {
    if (this.gaveUp !== null) return -1;
    if (event.id !== null && !this.byId && !this.idsFailed) this.beginAnew(true);
    if (this.byId && event.id === null) return -1;
    this.hearings += 1;
    const known = event.numbering === this.numbering ? event.number : this.knownNumber(event);
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
    if (this.gaveUp !== null || this.hearings < LEAST_HEARINGS) return;
    const { reason, share } = worstOf(this.compared(this.census.figures(nowMs - SETTLED_MS)));
    if (share < TOLERATED_SHARE) return;
    if (this.byId) this.giveUpIds();
    else if (share > HOPELESS) this.gaveUp = reason;
  }

  /** What is known by now of the events that came until `untilMs`; all of them without it. */
  verdict(untilMs = Number.POSITIVE_INFINITY): SequenceVerdict {
    const figures = addFigures(this.census.figures(untilMs), this.carried);
    const reason = this.gaveUp ?? doubtOf(this.compared(figures));
    if (reason !== null) return { method: 'none', reason };
    const counting = this.ids.proven;
    const apart = areApart(this.clients);
    // Counting ids are believed also of what most missed, or heard twice; ids behind which all begins anew are not.
    const owed = counting && !apart;
    return {
      method: counting ? 'ids' : 'comparison',
      heard: figures.heard,
      lost: figures.lost + (counting ? figures.uncommonMissed : 0) + (apart ? figures.lostBehind : 0),
      duplicated: figures.duplicated + (counting ? figures.repeated : 0) + (apart ? figures.duplicatedBehind : 0),
      reordered: figures.reordered + (apart ? figures.reorderedBehind : 0),
      resumeLost: owed ? figures.resumeLost : 0,
      resumeDuplicated: owed ? figures.resumeDuplicated : 0,
      skipped: counting ? this.ids.skipped : 0,
      apart,
    };
  }

  /** The server numbers its events anew: what was found so far stays. */
  restart(): void {
    this.carried = addFigures(this.carried, this.census.figures(Number.POSITIVE_INFINITY));
    this.begin();
  }

  private knownNumber(event: ComparedEvent): number {
    const seq = this.seqs.get(this.keyOf(event));
    return seq === undefined ? -1 : this.numbered(event, seq);
  }

  /** A number for what nobody has heard yet, if this client may give one; else -1. */
  private numberFor(client: ComparedClient, event: ComparedEvent, nowMs: number, mayBeOld: boolean): number {
    if (mayBeOld) {
      forget(client);
      return -1;
    }
    const heard = { key: this.keyOf(event), id: event.id, content: contentHash(event) };
    // It may have heard the newest before others were read the ones before.
    if (client.baseSeq < 0 || client.atHeadFrom < 0) {
      forget(client);
      client.pending = { ...heard, sinceMs: client.pending?.sinceMs ?? nowMs };
      return -1;
    }
    // Back behind its Last-Event-ID, it is sent what came while none of the others was there.
    if (client.inResume && client.lastSeq < this.census.highestSeq) return -1;
    return this.numbered(event, this.introduce(heard, nowMs));
  }

  /**
   * The newcomer's account begins with what it heard before, if others have heard that too by now, or nobody
   * has heard anything else for as long as it takes to read them all.
   */
  private join(client: ComparedClient, pending: Pending, goesOnKnown: boolean, nowMs: number): void {
    const known = this.seqs.get(pending.key);
    if (known === undefined && !goesOnKnown && nowMs - pending.sinceMs < RACE_MS) return;
    client.pending = null;
    if (known !== undefined) {
      this.census.hear(client, known);
    } else if (this.introducedMs > pending.sinceMs) {
      // What it heard was its own, or came before the others were there.
      if (!goesOnKnown) this.alone += 1;
    } else if (!goesOnKnown) {
      this.ids.interrupt();
      this.census.hear(client, this.introduce(pending, nowMs));
    }
  }

  private introduce({ key, id, content }: Omit<Pending, 'sinceMs'>, nowMs: number): number {
    const seq = this.census.introduce(content, nowMs);
    this.introducedMs = nowMs;
    const at = seq % CENSUS_EVENTS;
    const oldest = this.keys[at];
    if (oldest !== undefined) this.seqs.delete(oldest);
    this.keys[at] = key;
    this.seqs.set(key, seq);
    if (this.byId) this.ids.note(id);
    return seq;
  }

  private keyOf(event: KeyedEvent): string {
    return this.byId && event.id !== null ? idKey(event.id) : contentKey(event);
  }

  private numbered(event: ComparedEvent, seq: number): number {
    event.number = seq;
    event.numbering = this.numbering;
    return seq;
  }

  private compared(figures: CensusFigures): Compared {
    const { hearings, alone, byId, ids } = this;
    return { figures, hearings, alone, counting: byId && ids.proven };
  }

  private giveUpIds(): void {
    this.idsFailed = true;
    this.ids = new IdSequence();
    this.beginAnew(false);
  }

  /** Another way of numbering: what the one before found is forgotten. */
  private beginAnew(byId: boolean): void {
    this.byId = byId;
    this.hearings = 0;
    this.carried = noFigures();
    this.begin();
  }

  private begin(): void {
    const { announcedLost } = this.census;
    this.ids.interrupt();
    this.census = new Census();
    this.census.announcedLost = announcedLost;
    this.alone = 0;
    this.introducedMs = Number.NEGATIVE_INFINITY;
    this.seqs.clear();
    this.keys.fill(undefined);
    this.numbering += 1;
    for (const client of this.clients) {
      forget(client);
      client.pending = null;
    }
  }
}
