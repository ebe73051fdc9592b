/**
 * By what the events of a stream are told apart for now, and what is tried when that proves wrong.
 *
 * Numbers at the pointer are tried first, then ids, then the data. Where the data differ from client to client, a
 * member that was found to count may name the events, else the data without the times in them. Where all of that fails,
 * clients cannot be compared.
 */
import type { Pending } from './compared-client.ts';
import { contentOf, keyOf, type KeyedEvent, type Naming } from './event-key.ts';
import type { SequenceMethod } from './sequence.ts';
import { withoutTimes } from './time-text.ts';

export class EventNaming {
  current: Naming = 'data';
  private seqFailed = false;
  private idFailed = false;
  private foundFailed = false;
  private untimedFailed = false;
  private hasFound = false;
  private lastData = '';

  /** Numbers and ids are given by the server on purpose: where they count, they are believed more than a comparison. */
  get isGiven(): boolean {
    return this.current === 'seq' || this.current === 'id';
  }

  /** What may prove to be a sequence; null where the naming in force gives no number. */
  countingOf({ id, seq, foundSeq }: KeyedEvent): string | null {
    switch (this.current) {
      case 'seq':
        return String(seq);
      case 'id':
        return id;
      case 'found':
        return String(foundSeq);
      default:
        return null;
    }
  }

  /** What a client heard, as it is compared. */
  heardAs(event: KeyedEvent): Omit<Pending, 'sinceMs'> {
    const key = keyOf(event, this.current) ?? '';
    return { key, id: this.countingOf(event), content: contentOf(event, this.current) };
  }

  /** @param proven what is counted proves to be a sequence */
  method(proven: boolean): Exclude<SequenceMethod, 'none'> {
    if (!proven) return 'comparison';
    return this.current === 'id' ? 'ids' : 'pointer';
  }

  /** Whether this event has a number by which clients can be compared after all. */
  revives(event: KeyedEvent): boolean {
    return event.foundSeq >= 0 && !this.foundFailed;
  }

  /** What names this event and goes before what is in force; null where nothing does. */
  better(event: KeyedEvent): Naming | null {
    if (event.foundSeq >= 0) this.hasFound = true;
    this.lastData = event.data;
    if (this.current === 'seq') return null;
    if (event.seq >= 0 && !this.seqFailed) return 'seq';
    return this.current !== 'id' && event.id !== null && !this.idFailed ? 'id' : null;
  }

  /** What could name events where the data differ from client to client; null where nothing is left. */
  get alternative(): Naming | null {
    if (this.isGiven) return 'data';
    if (this.hasFound && !this.foundFailed && this.current !== 'found') return 'found';
    if (this.untimedFailed || this.current === 'untimed') return null;
    return withoutTimes(this.lastData) === this.lastData ? null : 'untimed';
  }

  /** What is in force names nothing. @returns what is tried next; null where nothing is left */
  next(): Naming | null {
    const { alternative } = this;
    if (this.current === 'seq') this.seqFailed = true;
    else if (this.current === 'id') this.idFailed = true;
    else if (this.current === 'found') this.foundFailed = true;
    else if (this.current === 'untimed') this.untimedFailed = true;
    return alternative;
  }
}
