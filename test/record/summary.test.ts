import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { CLIENT_KINDS } from '../../src/core/client-kinds.ts';
import { countUp } from '../../src/measure/figures.ts';
import { COUNTS, Summary, TALLIES, TIMES, type SummaryJson } from '../../src/record/summary.ts';
import { runs } from '../sse/recorder.ts';

const count = fc.nat({ max: 1_000_000 });
const key = fc.oneof(
  fc.constantFrom(
    'reset',
    'eof-clean',
    'http-status: status 503',
    '__proto__',
    'constructor',
    'hasOwnProperty',
    '7',
    '',
  ),
  fc.string({ maxLength: 8 }),
);
const counters = fc.array(fc.tuple(key, fc.integer({ min: 1, max: 1000 })), { maxLength: 6 });
const kindCounts = fc.record({
  planned: count,
  connected: count,
  open: count,
  dropped: count,
  unreadable: count,
  refused: count,
  reconnects: count,
});

const summary: fc.Arbitrary<Summary> = fc
  .record({
    counts: fc.tuple(...COUNTS.map(() => count)),
    kinds: fc.array(fc.tuple(fc.constantFrom(...CLIENT_KINDS), kindCounts), { maxLength: 6 }),
    tallies: fc.tuple(...TALLIES.map(() => counters)),
    times: fc.array(fc.tuple(fc.constantFrom(...TIMES), fc.double({ min: -5, max: 4_000_000, noNaN: true })), {
      maxLength: 40,
    }),
  })
  .map(({ counts, kinds, tallies, times }) => {
    const made = new Summary();
    for (const [at, name] of COUNTS.entries()) made.counts[name] = counts[at] as number;
    for (const [kind, figures] of kinds) Object.assign(made.kind(kind), figures);
    for (const [at, name] of TALLIES.entries()) {
      for (const [key, by] of tallies[at] ?? []) countUp(made[name], key, by);
    }
    for (const [name, ms] of times) made.times[name].record(ms);
    return made;
  });

function merged(...parts: readonly Summary[]): Summary {
  const sum = new Summary();
  for (const part of parts) sum.add(part);
  return sum;
}

function sorted(map: ReadonlyMap<string, unknown>): unknown[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Everything that a summary says; the order in which it says it is left out. */
function said(of: Summary): unknown {
  return {
    counts: of.counts,
    byKind: sorted(of.byKind),
    tallies: TALLIES.map((name) => [name, sorted(of[name])]),
    times: TIMES.map((name) => [name, of.times[name].percentiles()]),
    onsets: of.onsets.toJSON(),
  };
}

it.each<[what: string, names: readonly string[]]>([
  ['count', COUNTS],
  ['time', TIMES],
  ['tally', TALLIES],
])('a summary has one owner for each %s: no name is declared twice', (_what, names) => {
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

it('a summary merges in any order and grouping', () => {
  fc.assert(
    fc.property(summary, summary, summary, (a, b, c) => {
      const all = said(merged(a, b, c));
      expect(said(merged(c, b, a))).toEqual(all);
      expect(said(merged(merged(b, c), a))).toEqual(all);
      expect(said(merged(a, merged(c, b)))).toEqual(all);
    }),
    runs(10),
  );
});

it('a summary is not changed by being merged with nothing, nor by being merged into another', () => {
  fc.assert(
    fc.property(summary, summary, (a, b) => {
      const before = [said(a), said(b)];
      expect(said(merged(a))).toEqual(before[0]);
      const sum = merged(a, b);
      sum.counts.events += 1;
      for (const kind of CLIENT_KINDS) sum.kind(kind).open += 1;
      sum.times.latency.record(5);
      countUp(sum.ends, 'reset');
      expect([said(a), said(b)]).toEqual(before);
    }),
    runs(10),
  );
});

it('a summary comes out of JSON as it went in, also as text', () => {
  fc.assert(
    fc.property(summary, (a) => {
      expect(said(Summary.fromJSON(a.toJSON()))).toEqual(said(a));
      const text = JSON.stringify(a);
      const back = Summary.fromJSON(JSON.parse(text) as SummaryJson);
      expect(said(back)).toEqual(said(a));
      expect(JSON.stringify(back)).toBe(text);
    }),
    runs(12),
  );
});

it('a summary gives JSON that does not change when the run goes on', () => {
  const run = new Summary();
  run.kind('healthy').open = 3;
  countUp(run.dropsByCause, 'reset');
  run.times.latency.record(5);
  const json = run.toJSON();
  const text = JSON.stringify(json);
  run.kind('healthy').open = 0;
  countUp(run.dropsByCause, 'reset');
  run.counts.events += 1;
  run.times.latency.record(7);
  expect(JSON.stringify(json)).toBe(text);
});

it.each(COUNTS)('a summary carries %s through a merge and through JSON', (name) => {
  const [one, two] = [new Summary(), new Summary()];
  one.counts[name] = 3;
  two.counts[name] = 4;
  one.add(two);
  expect(one.counts[name]).toBe(7);
  expect(Object.values(one.counts).reduce((sum, figure) => sum + figure, 0)).toBe(7);
  expect(Summary.fromJSON(one.toJSON()).counts).toEqual(one.counts);
});

it.each(TIMES)('a summary carries times of %s through a merge and through JSON', (name) => {
  const [one, two] = [new Summary(), new Summary()];
  one.times[name].record(10);
  two.times[name].record(20);
  one.add(two);
  const back = Summary.fromJSON(one.toJSON());
  for (const other of TIMES) {
    expect(back.times[other].percentiles()).toEqual(one.times[other].percentiles());
    expect(back.times[other].count).toBe(other === name ? 2 : 0);
  }
});

it.each(TALLIES)('a summary carries the tally %s through a merge and through JSON', (name) => {
  const [one, two] = [new Summary(), new Summary()];
  countUp(one[name], 'reset', 3);
  countUp(two[name], 'reset', 4);
  countUp(two[name], 'eof-clean');
  one.add(two);
  const back = Summary.fromJSON(one.toJSON());
  for (const other of TALLIES) {
    const expected = other === name ? { reset: 7, 'eof-clean': 1 } : {};
    expect(Object.fromEntries(back[other])).toEqual(expected);
  }
});

it('a summary adds a field up over all kinds, and makes a kind when it is asked for', () => {
  const run = new Summary();
  expect(run.total('open')).toBe(0);
  run.kind('healthy').open += 2;
  run.kind('slow').open += 3;
  run.kind('slow').planned += 9;
  expect(run.total('open')).toBe(5);
  expect(run.total('planned')).toBe(9);
  expect([...run.byKind.keys()]).toEqual(['healthy', 'slow']);
});
