/**
 * Whether parts of an audience that hear different events are sent parts of one numbering: each part misses numbers,
 * the others hear just these, and no number comes to two. Streams that are apart by right count each for itself.
 */
import { SLOT_MS } from './audience-record.ts';

export interface NumberedEvent {
  readonly firstMs: number;
  readonly numbers: Readonly<Record<string, number>>;
}

/** Fewer missing numbers prove nothing. */
const LEAST_MISSING = 5;
/** So large a share of the events must be numbered, and of the missing numbers be found. */
const MOST = 0.9;
/** So small a share of the numbers may have come to several. */
const FEW = 0.05;

/**
 * @param parts the events that each of them hears
 * @param stride of so many seconds one was looked at
 * @returns where the number stands, as `id` or a JSON pointer; null where there is no such numbering
 */
export function splitNumbering(parts: readonly (readonly NumberedEvent[])[], stride: number): string | null {
  return namesIn(parts).find((name) => isSplit(parts, name, stride)) ?? null;
}

/** @returns where each of the parts has numbers of its own that go on by one; null where there are none */
export function ownNumbering(parts: readonly (readonly NumberedEvent[])[], stride: number): string | null {
  const counts = (name: string): boolean =>
    parts.every((part) => {
      const { numbers, missing } = numberedBy(part, name, stride);
      return numbers.size >= MOST * part.length && numbers.size > 1 && missing.length <= FEW * numbers.size;
    });
  return namesIn(parts).find(counts) ?? null;
}

/** @returns where all events together have one number each that goes on by one */
export function commonNumbering(events: readonly NumberedEvent[], stride: number): string | null {
  const counts = (name: string): boolean => {
    const { numbers, missing } = numberedBy(events, name, stride);
    return numbers.size > LEAST_MISSING && numbers.size >= MOST * events.length && missing.length <= FEW * numbers.size;
  };
  return namesIn([events]).find(counts) ?? null;
}

/** For people: what stands before the digits of an id does not matter. */
export function numberingText(name: string): string {
  return name.startsWith('/') ? name : 'id';
}

function isSplit(parts: readonly (readonly NumberedEvent[])[], name: string, stride: number): boolean {
  const numbered = parts.map((part) => numberedBy(part, name, stride));
  const all = new Set(numbered.flatMap(({ numbers }) => [...numbers]));
  const heard = numbered.reduce((sum, { numbers }) => sum + numbers.size, 0);
  const isNumbered = parts.every(
    (part, at) => part.length > 0 && (numbered[at]?.numbers.size ?? 0) >= MOST * part.length,
  );
  if (!isNumbered || heard - all.size > FEW * heard) return false;
  const missing = numbered.flatMap((one) => one.missing);
  const filled = missing.filter((number) => all.has(number)).length;
  return (
    missing.length >= LEAST_MISSING &&
    numbered.every((one) => one.missing.length > 0) &&
    filled >= MOST * missing.length
  );
}

interface Numbered {
  readonly numbers: ReadonlySet<number>;
  /** The numbers between these. */
  readonly missing: readonly number[];
}

/** A larger step is none of one numbering. */
const MOST_STEP = 1000;

function numberedBy(events: readonly NumberedEvent[], name: string, stride: number): Numbered {
  const found = events
    .flatMap(({ firstMs, numbers }) => (numbers[name] === undefined ? [] : [{ firstMs, number: numbers[name] }]))
    .toSorted((one, other) => one.number - other.number);
  const missing: number[] = [];
  for (const [at, { firstMs, number }] of found.entries()) {
    const before = found[at - 1];
    if (before === undefined || number - before.number > MOST_STEP || !areLookedAt(before.firstMs, firstMs, stride))
      continue;
    for (let between = before.number + 1; between < number; between++) missing.push(between);
  }
  return { numbers: new Set(found.map(({ number }) => number)), missing };
}

/** All that came between these two was looked at. */
function areLookedAt(fromMs: number, toMs: number, stride: number): boolean {
  return stride === 1 || Math.floor(fromMs / SLOT_MS) === Math.floor(toMs / SLOT_MS);
}

/** A name that stands in the first events of all parts. */
function namesIn(parts: readonly (readonly NumberedEvent[])[]): string[] {
  const first = parts[0]?.[0]?.numbers ?? {};
  return Object.keys(first).filter((name) => parts.every((part) => part[0]?.numbers[name] !== undefined));
}
