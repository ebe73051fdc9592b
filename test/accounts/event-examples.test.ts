import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { exampleIn, type EventExamples, noteExamples } from '../../src/accounts/event-examples.ts';
import { MOST_GAPS } from '../../src/accounts/example-candidates.ts';
import { Ledger } from '../../src/accounts/ledger.ts';
import { countUp } from '../../src/measure/figures.ts';
import { type ExampleOf, exampleSays } from '../../src/findings/event-example.ts';
import { newSequenceState } from '../support/sequence-state.ts';
import { type Say, World } from '../support/compared-world.ts';

type Heard = number | 'resume';

/** Clients that hear these numbers, one after the other. */
function examplesOf(...clients: readonly (readonly Heard[])[]): EventExamples {
  const ledger = new Ledger();
  for (const heard of clients) {
    const client = newSequenceState();
    for (const number of heard) {
      if (number === 'resume') ledger.reconnected(client, true);
      else ledger.note(client, number);
    }
  }
  return ledger.candidates.examples(0, ledger.lost);
}

const number = (of: number, behind: number | null = null): { event: string; behind: string | null } => ({
  event: `event ${of}`,
  behind: behind === null ? null : `event ${behind}`,
});
const upTo = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

it.each<[what: string, clients: readonly (readonly Heard[])[], examples: EventExamples]>([
  ['all that came in order', [upTo(1, 50)], {}],
  ['the first of a gap', [[1, 2, 5, 6]], { lost: number(3) }],
  ['a gap that is filled late: no loss', [[1, 2, 4, 3, 5]], { reordered: number(3, 4) }],
  ['a gap that is filled in part', [[1, 4, 2, 5]], { lost: number(3), reordered: number(2, 4) }],
  ['a gap whose second half is filled', [[1, 5, 4, 6]], { lost: number(2), reordered: number(4, 5) }],
  [
    'the gap of another client than the one that is filled',
    [
      [1, 3],
      [1, 3, 2],
    ],
    { lost: number(2), reordered: number(2, 3) },
  ],
  ['what came twice in a row', [[1, 2, 2, 3]], { duplicated: number(2, 2) }],
  ['what came again behind others', [[1, 2, 3, 4, 2]], { duplicated: number(2, 4) }],
  ['what came later than an account goes back: lost or doubled nobody can tell', [[1, ...upTo(3, 36), 2]], {}],
  ['what was not replayed', [[1, 2, 'resume', 5]], { resumeLost: number(3) }],
  ['what was replayed though it was there', [[1, 2, 'resume', 2, 3]], { resumeDuplicated: number(2, 2) }],
  [
    'gaps that are filled, more than are kept, and one that is not',
    [...upTo(1, 3 * MOST_GAPS).map((): Heard[] => [1, 3, 2]), [1, 2, 5]],
    { lost: number(3), reordered: number(2, 3) },
  ],
])('a ledger shows as an example %s', (_what, clients, examples) => {
  expect(examplesOf(...clients)).toEqual(examples);
});

/** What the examples say, and no client's stream shows. */
function untrue({ lost, duplicated, reordered }: EventExamples, clients: readonly (readonly number[])[]): string[] {
  const missed = (seq: number): boolean => clients.some((heard) => !heard.includes(seq));
  const twice = (seq: number, behind: number): boolean =>
    clients.some((heard) => heard.filter((one) => one === seq).length > 1 && heard.includes(behind));
  const late = (seq: number, behind: number): boolean =>
    behind > seq && clients.some((heard) => heard.includes(behind) && heard.indexOf(behind) < heard.indexOf(seq));
  return [
    lost !== undefined && !missed(seqIn(lost.event)) ? `lost ${lost.event}` : '',
    duplicated !== undefined && !twice(seqIn(duplicated.event), seqIn(duplicated.behind))
      ? `doubled ${duplicated.event}`
      : '',
    reordered !== undefined && !late(seqIn(reordered.event), seqIn(reordered.behind)) ? `late ${reordered.event}` : '',
  ].filter((text) => text !== '');
}

function seqIn(text: string | null): number {
  return Number(text?.slice('event '.length));
}

it('no example of a ledger says what did not happen', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 80 }), {
        minLength: 1,
        maxLength: 4,
      }),
      (clients) => {
        expect(untrue(examplesOf(...clients), clients)).toEqual([]);
      },
    ),
  );
});

/** Three clients of twenty do not get events 12 to 14, one gets 20 twice, and one is sent 26 behind 27. */
function compared(say: Say): EventExamples {
  const world = new World(20, say).run(1, 25, {
    except: (client, n) => (client < 3 && n >= 12 && n <= 14 ? 0 : client === 4 && n === 20 ? 2 : 1),
  });
  world.nowMs += 1000;
  for (let client = 0; client < 20; client++) if (client !== 5) world.hear(client, 26);
  for (let client = 0; client < 20; client++) world.hear(client, 27);
  world.hear(5, 26);
  const verdict = world.run(28, 40).close();
  return verdict.method === 'none' ? {} : verdict.examples;
}

it.each<[what: string, say: Say, name: (n: number) => string]>([
  ['their ids', (n) => ({ id: `7f-${n}` }), (n) => `the event with id "7f-${n}"`],
  [
    'ids that do not count',
    (n) => ({ id: `a${(n * 7919) % 1009}x` }),
    (n) => `the event with id "a${(n * 7919) % 1009}x"`,
  ],
  ['their numbers', (n) => ({ seq: n }), (n) => `event ${n}`],
  ['what they say', () => ({}), (n) => `the event with data "event ${n}"`],
  [
    'what they say, made printable and cut',
    (n) => ({ data: `${n}\u001b[31m${'x'.repeat(100)}` }),
    (n) => `the event with data "${n}\\u001b[31m${'x'.repeat(57 - String(n).length - 5)}..."`,
  ],
])('clients that are compared show examples by %s', (_what, say, name) => {
  expect(compared(say)).toEqual({
    lost: { event: name(12), behind: null },
    duplicated: { event: name(20), behind: name(20) },
    reordered: { event: name(26), behind: name(27) },
  });
});

it('clients that are compared show no example of what is too long to be named, and none that belongs to sound streams', () => {
  expect(compared((n) => ({ data: `${n} ${'x'.repeat(300)}` }))).toEqual({});
  const verdict = new World(20, () => ({})).run(1, 40).close();
  expect(verdict).toMatchObject({ method: 'comparison', examples: {} });
});

it('an example of clients that are compared stays when its event is no longer remembered', () => {
  const world = new World(3, (n) => ({ id: String(n) })).run(1, 40, {
    except: (client, n) => (client === 0 && n === 20 ? 0 : 1),
  });
  for (let n = 41; n < 4300; n++) for (const client of [0, 1, 2]) world.hear(client, n);
  const verdict = world.close();
  expect(verdict).toMatchObject({ lost: 1, examples: { lost: { event: 'the event with id "20"', behind: null } } });
});

const DEFECTS: readonly ExampleOf[] = ['lost', 'duplicated', 'reordered', 'resumeLost', 'resumeDuplicated'];
const example = fc.record({ event: fc.string(), behind: fc.option(fc.string()) });
const noted = fc.record(
  Object.fromEntries(DEFECTS.map((what) => [what, example])) as Record<ExampleOf, typeof example>,
  { requiredKeys: [] },
);
const ALL = { lost: 1, duplicated: 1, reordered: 1, resumeLost: 1, resumeDuplicated: 1 };

function tallyOf(examples: EventExamples): Map<string, number> {
  const tally = new Map<string, number>();
  noteExamples(tally, examples, ALL);
  return tally;
}

function merged(tallies: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const tally of tallies) for (const [key, count] of tally) countUp(sum, key, count);
  return sum;
}

it('load processes show the same example in whatever order they are merged, and one that a process has', () => {
  fc.assert(
    fc.property(fc.array(noted, { maxLength: 5 }), (processes) => {
      const tallies = processes.map((one) => tallyOf(one));
      const [there, back] = [merged(tallies), merged(tallies.toReversed())];
      const grouped = merged([merged(tallies.slice(0, 2)), merged(tallies.slice(2))]);
      for (const what of DEFECTS) {
        const shown = exampleIn(there, what);
        expect(exampleIn(back, what)).toEqual(shown);
        expect(exampleIn(grouped, what)).toEqual(shown);
        const had = processes.flatMap((one) => (one[what] === undefined ? [] : [{ what, ...one[what] }]));
        expect(had.length === 0 ? [null] : had).toContainEqual(shown);
      }
    }),
  );
});

it('of several processes the lowest number is shown, and nothing of a defect that was withdrawn', () => {
  const tallies = [tallyOf({ lost: number(1042) }), tallyOf({ lost: number(99) }), tallyOf({ lost: number(300) })];
  expect(exampleIn(merged(tallies), 'lost')).toEqual({ what: 'lost', ...number(99) });
  const tally = tallyOf({ lost: number(7), duplicated: number(8, 9) });
  noteExamples(tally, { lost: number(7), duplicated: number(8, 9) }, { ...ALL, lost: 0 });
  expect(exampleIn(tally, 'lost')).toBeNull();
  expect(exampleIn(tally, 'duplicated')).not.toBeNull();
});

it.each<[what: ExampleOf, event: string, behind: string | null, says: string]>([
  ['lost', 'event 1042', null, 'For example, event 1042 never arrived on one of the streams.'],
  ['resumeLost', 'event 3', null, 'For example, event 3 did not reach one client that resumed.'],
  ['duplicated', 'event 8', 'event 8', 'For example, event 8 arrived twice in a row.'],
  ['duplicated', 'event 8', 'event 11', 'For example, event 8 arrived again at the same client, after event 11.'],
  ['duplicated', 'event 8', null, 'For example, event 8 arrived again at the same client.'],
  ['resumeDuplicated', 'event 8', 'event 9', 'For example, event 8 arrived again at one client that resumed.'],
  ['reordered', 'event 1043', 'event 1044', 'For example, event 1043 arrived after event 1044.'],
  ['reordered', 'event 1043', null, 'For example, event 1043 arrived late.'],
])('an example of %s, %s (behind %s), is a sentence', (what, event, behind, says) => {
  expect(exampleSays({ what, event, behind })).toBe(says);
});
