import { counted } from '../../core/units.ts';
import { FINDINGS } from '../../findings/finding-rows.ts';
import { IdSequence } from '../../accounts/id-sequence.ts';
import type { NotedEvent } from '../stream-log.ts';
import { fail, pass, skip, type Check, type Judged } from './check.ts';

/** By fewer events nobody can tell. */
const LEAST_EVENTS = 5;
/** Numbers in the data, beside their ids: somebody means them to count. */
const LEAST_NUMBERED = 4;
/** More of the numbers out of line than this, and they are no sequence. */
const TOLERATED = 0.2;
const MIN_COUNTED = 10;

/**
 * Can a client say what it has seen, and did everything come once and in order? Held to account by `seq` in the data,
 * as long as it counts like a sequence; else by ids that prove to be one. Ids that repeat or are random promise
 * nothing.
 */
export const eventIds: Check = {
  id: 'event-ids',
  needs: 'stream',
  judge(_seen, { log: { published, publishedCount, publishedWithId } }) {
    const evidence = { events: publishedCount, withId: publishedWithId };
    const amiss = outOfOrder(published);
    if (amiss !== null) return { ...amiss, evidence: { ...amiss.evidence, ...evidence } };
    if (publishedCount === 0) return skip('no event came', evidence);
    if (publishedWithId === 0 && publishedCount < LEAST_EVENTS)
      return skip(`${counted(publishedCount, 'event')} came, without an id`, evidence);
    if (publishedWithId === 0) {
      return pass(
        `None of ${counted(publishedCount, 'event')} has an id: a client that reconnects cannot ask for what it missed.`,
        { finding: 'no-event-ids', ...evidence },
        'Give each event an `id:`, keep the last ones, and send those after `Last-Event-ID` to a client that returns.',
      );
    }
    return pass(
      `${publishedWithId === publishedCount ? 'every event has' : `${publishedWithId} of ${publishedCount} events have`} an id`,
      evidence,
    );
  },
};

function outOfOrder(events: readonly NotedEvent[]): Judged | null {
  const numbers = numbersOf(events);
  if (numbers === null) return null;
  const { lost, duplicated, reordered, odd } = account(numbers);
  if (odd === 0 || (numbers.length >= MIN_COUNTED && odd > TOLERATED * numbers.length)) return null;
  const findings: [number, string, string, string][] = [
    [lost, 'event-lost', 'never arrived on a stream that was open', FINDINGS['event-lost'].advice],
    [duplicated, 'event-duplicated', 'arrived twice', FINDINGS['event-duplicated'].advice],
    [reordered, 'event-reordered', 'arrived out of order', FINDINGS['event-reordered'].advice],
  ];
  const found = findings.filter(([count]) => count > 0);
  const [worst] = found;
  if (worst === undefined) return null;
  return fail(
    `${found.map(([count, , says]) => `${counted(count, 'event')} ${says}`).join('; ')}.`,
    { finding: worst[1], lost, duplicated, reordered },
    worst[3],
  );
}

/** One stream from its first event on; what lies before that nobody promised. */
function account(numbers: readonly number[]): { lost: number; duplicated: number; reordered: number; odd: number } {
  const [first = 0] = numbers;
  const seen = new Set<number>();
  let highest = first - 1;
  let duplicated = 0;
  let reordered = 0;
  let odd = 0;
  for (const number of numbers) {
    if (number !== highest + 1) odd += 1;
    if (seen.has(number)) duplicated += 1;
    else if (number < highest) reordered += 1;
    if (number >= first) seen.add(number);
    highest = Math.max(highest, number);
  }
  return { lost: highest - first + 1 - seen.size, duplicated, reordered, odd };
}

/** By which events are held to account; null where nothing vouches for any. */
function numbersOf(events: readonly NotedEvent[]): number[] | null {
  const seqs = events.map(({ seq }) => seq);
  if (seqs.length >= LEAST_NUMBERED && seqs.every((seq) => seq >= 0)) return seqs;
  const sequence = new IdSequence();
  const seen = new Set<string | null>();
  for (const { id } of events) {
    if (id === null || id === '') continue;
    if (!seen.has(id)) sequence.note(id);
    seen.add(id);
  }
  if (!sequence.proven) return null;
  // A greeting, or a notice, among numbered events may have none.
  return events.flatMap(({ id }) => (id === null || id === '' ? [] : [Number(/\d+$/.exec(id)?.[0] ?? -1)]));
}
