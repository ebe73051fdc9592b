/**
 * By which numbers the events of one stream are held to account, and what these say is amiss.
 *
 * Numbers at the pointer of the user are taken at their word. Without one, numbers at `/seq` have to count like a
 * sequence, and ids have to prove to be one; both are no names of events where the same number says different things.
 * What another client did not hear either is held against nobody: it may never have been sent.
 */
import { IdSequence } from '../accounts/id-sequence.ts';
import { NumberRange } from '../accounts/number-range.ts';
import { type EventExample, numberedEvent } from '../findings/event-example.ts';
import type { NotedEvent } from './noted-event.ts';

/** Numbers in the data, beside their ids: somebody means them to count. */
const LEAST_NUMBERED = 4;
/** More of the numbers out of line than this, and they are no sequence. */
const TOLERATED = 0.2;
const MIN_COUNTED = 10;
/** Missing numbers that are looked for on another stream. */
const MOST_MISSING = 10_000;

export interface NumbersAmiss {
  lost: number;
  duplicated: number;
  reordered: number;
  /** One of each, where there is one. */
  examples: Partial<Record<'lost' | 'duplicated' | 'reordered', EventExample>>;
}

export interface NumbersJudged extends NumbersAmiss {
  /** Numbers that another client did not hear either. */
  passedOver: number;
}

interface Numbered {
  readonly number: number;
  readonly untimed: string;
}

/** What is amiss by the numbers at the pointer that the user named. */
export function amissByPointer(events: readonly NotedEvent[]): NumbersAmiss {
  return account(atPointer(events).map(({ number }) => number));
}

/**
 * What is amiss by numbers that nobody vouches for; null where there are none.
 *
 * @param witness what another client heard meanwhile
 */
export function amissByGuess(events: readonly NotedEvent[], witness: readonly NotedEvent[]): NumbersJudged | null {
  const numbered = numberedOf(events);
  if (numbered === null || isReused(numbered)) return null;
  const numbers = numbered.map(({ number }) => number);
  const { odd, missing, ...amiss } = account(numbers);
  if (numbers.length >= MIN_COUNTED && odd > TOLERATED * numbers.length && !isCovered(numbers)) return null;
  const heard = new Set((numberedOf(witness) ?? []).map(({ number }) => number));
  const [least, most] = [Math.min(...heard), Math.max(...heard)];
  const unheard = missing.filter((number) => number > least && number < most && !heard.has(number)).length;
  const isConfirmed = missing.some((number) => heard.has(number));
  if (unheard === 0 || isConfirmed) {
    const lost = lostExample(missing.filter((number) => heard.has(number)));
    return { ...amiss, examples: { ...amiss.examples, ...lost }, passedOver: 0 };
  }
  return { ...amiss, lost: 0, passedOver: amiss.lost };
}

/** They are one range, whatever their order. */
function isCovered(numbers: readonly number[]): boolean {
  const range = new NumberRange();
  for (const number of new Set(numbers)) range.note(number);
  return range.isCovered;
}

interface Account extends NumbersAmiss {
  odd: number;
  missing: number[];
}

/** One stream from its first event on; what lies before that nobody promised. */
function account(numbers: readonly number[]): Account {
  const [first = 0] = numbers;
  const seen = new Set<number>();
  let highest = first - 1;
  let duplicated = 0;
  let reordered = 0;
  let odd = 0;
  const examples: NumbersAmiss['examples'] = {};
  const note = (what: 'duplicated' | 'reordered', number: number): void => {
    examples[what] ??= { what, event: numberedEvent(number), behind: numberedEvent(highest) };
  };
  for (const number of numbers) {
    if (number !== highest + 1) odd += 1;
    if (seen.has(number)) {
      duplicated += 1;
      note('duplicated', number);
    } else if (number < highest) {
      reordered += 1;
      note('reordered', number);
    }
    if (number >= first) seen.add(number);
    highest = Math.max(highest, number);
  }
  const missing: number[] = [];
  for (let number = first; number < highest && missing.length < MOST_MISSING; number++) {
    if (!seen.has(number)) missing.push(number);
    if (number - first > 2 * MOST_MISSING) break;
  }
  Object.assign(examples, lostExample(missing));
  return { lost: highest - first + 1 - seen.size, duplicated, reordered, odd, missing, examples };
}

function lostExample([number]: readonly number[]): NumbersAmiss['examples'] {
  return number === undefined ? {} : { lost: { what: 'lost', event: numberedEvent(number), behind: null } };
}

function atPointer(events: readonly NotedEvent[]): Numbered[] {
  return events.flatMap(({ seq, untimed }) => (seq < 0 ? [] : [{ number: seq, untimed }]));
}

/** Null where nothing vouches for any. */
function numberedOf(events: readonly NotedEvent[]): Numbered[] | null {
  const numbered = atPointer(events);
  if (numbered.length >= LEAST_NUMBERED && numbered.length === events.length) return numbered;
  const sequence = new IdSequence();
  const seen = new Set<string | null>();
  for (const { id } of events) {
    if (id === null || id === '') continue;
    if (!seen.has(id)) sequence.note(id);
    seen.add(id);
  }
  if (!sequence.proven) return null;
  // A greeting, or a notice, among numbered events may have none.
  return events.flatMap(({ id, untimed }) =>
    id === null || id === '' ? [] : [{ number: Number(/\d+$/.exec(id)?.[0] ?? -1), untimed }],
  );
}

/** One number stands for different events: it counts within something that is not the stream. */
function isReused(numbered: readonly Numbered[]): boolean {
  const says = new Map<number, string>();
  return numbered.some(({ number, untimed }) => {
    const before = says.get(number);
    says.set(number, untimed);
    return before !== undefined && before !== untimed;
  });
}
