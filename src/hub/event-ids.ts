/**
 * Which event an id names: the hub's own ids, `LIFE-N`, and those that publishers give.
 *
 * N is the sequence number. LIFE is a name that each hub draws when it begins, since numbers begin anew with it: an id
 * of an earlier life is never taken for one of this life.
 *
 * A publisher's own id may look like anything, like one of ours too, and may come twice. An id that names several events
 * stands for the first of them: a client that goes on behind it may hear something again, and misses nothing. So ids are
 * remembered longer than their events are kept. It refuses to forget those that look like ours, and takes only so many.
 */
import { createHash, randomInt } from 'node:crypto';
import { UsageError } from '../core/errors.ts';

/** What is known of the id that a client returns with; null where it was never one of this hub. */
export type NamedEvent =
  | { kind: 'here'; seq: number }
  /** Not of this hub, but written as its ids are: of an earlier life. */
  | { kind: 'earlier-life'; life: string; seq: number };

const LIFE_CHARS = 7;
const LIFE_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const LETTERS = 26;
const AUTOMATIC = new RegExp(`^([a-z][a-z0-9]{${LIFE_CHARS - 1}})-(0|[1-9]\\d{0,14})$`);

/** Ids of publishers that are remembered when their events are no longer kept. */
const MOST_REMEMBERED = 10_000;
/** Ids of publishers that look like ours of this life. */
const MOST_IN_OUR_FORM = 1000;
/** Longer ones are remembered by their digest. */
const MAX_PLAIN_CHARS = 64;

export class EventIds {
  readonly life: string;
  /** The first event of each id that a publisher gave, oldest first. */
  readonly #given = new Map<string, number>();
  /** The same of those that look like ours of this life, by their number. */
  readonly #givenInOurForm = new Map<number, number>();

  /** @param life the name that a log of several hubs has given; without it a new one is drawn */
  constructor(life: string = newLife()) {
    this.life = life;
  }

  /** The hub's id of an event. */
  of(seq: number): string {
    return `${this.life}-${seq}`;
  }

  /**
   * Whether a publisher may give an event this id.
   * @throws {UsageError} saying why not
   */
  check(id: string): void {
    if (id === '') {
      throw new UsageError('an event cannot have an empty id: it would clear the id that clients resume with', {
        hint: 'Omit the id to have the hub assign one.',
      });
    }
    const number = this.#numberOf(asReturned(id));
    if (number === null || this.#givenInOurForm.has(number) || this.#givenInOurForm.size < MOST_IN_OUR_FORM) return;
    throw new UsageError(
      `ids that begin with ${this.life}- are reserved for the hub, and ${MOST_IN_OUR_FORM} such ids were published`,
      {
        hint: 'Omit the id to have the hub assign one.',
      },
    );
  }

  /** A publisher gave an event this id, which was checked. @param firstKeptSeq of the events before it that are kept */
  note(id: string, seq: number, firstKeptSeq: number): void {
    const returned = asReturned(id);
    const number = this.#numberOf(returned);
    if (number !== null) {
      if (!this.#givenInOurForm.has(number)) this.#givenInOurForm.set(number, seq);
      return;
    }
    const key = short(returned);
    if (!this.#given.has(key)) this.#given.set(key, seq);
    if (this.#given.size <= MOST_REMEMBERED) return;
    const [oldest] = this.#given;
    if (oldest !== undefined && oldest[1] < firstKeptSeq) this.#given.delete(oldest[0]);
  }

  /** @param nextSeq the number of the next event: no id has it yet */
  find(returnedId: string, nextSeq: number): NamedEvent | null {
    const id = asReturned(returnedId);
    const number = this.#numberOf(id);
    if (number !== null) {
      const seq = Math.min(number, this.#givenInOurForm.get(number) ?? number);
      return seq < nextSeq ? { kind: 'here', seq } : null;
    }
    const given = this.#given.get(short(id));
    if (given !== undefined) return { kind: 'here', seq: given };
    const [, life, digits] = AUTOMATIC.exec(id) ?? [];
    return life === undefined ? null : { kind: 'earlier-life', life, seq: Number(digits) };
  }

  /** The number behind the name of this life; null for any other id. */
  #numberOf(id: string): number | null {
    const [, life, digits] = AUTOMATIC.exec(id) ?? [];
    return life === this.life ? Number(digits) : null;
  }
}

/** The first is a letter: an id is no number to anybody. */
function newLife(): string {
  return Array.from({ length: LIFE_CHARS }, (_, at) =>
    LIFE_ALPHABET.charAt(randomInt(at === 0 ? LETTERS : LIFE_ALPHABET.length)),
  ).join('');
}

/** As a header brings it back: without white space at its ends, and with what UTF-8 has no bytes for replaced. */
function asReturned(id: string): string {
  return id.replace(/^[ \t]+|[ \t]+$/g, '').replace(/\p{Surrogate}/gu, '\uFFFD');
}

function short(id: string): string {
  // No id has a line end, so none can be written like a digest.
  return id.length <= MAX_PLAIN_CHARS ? id : `\n${createHash('sha256').update(id, 'utf8').digest('base64')}`;
}
