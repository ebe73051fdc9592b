import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLIENT_KINDS } from '../../src/core/client-kinds.ts';
import { countUp } from '../../src/measure/figures.ts';
import { COUNTS, Summary, TIMES, type SummaryJson } from '../../src/record/summary.ts';
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
    drops: counters,
    refusals: counters,
    ends: counters,
    malformed: counters,
    malformedSamples: counters,
    codings: counters,
    times: fc.array(fc.tuple(fc.constantFrom(...TIMES), fc.double({ min: -5, max: 4_000_000, noNaN: true })), {
      maxLength: 40,
    }),
  })
  .map(({ counts, kinds, drops, refusals, ends, times, ...protocol }) => {
    const made = new Summary();
    for (const [at, name] of COUNTS.entries()) made.counts[name] = counts[at] as number;
    for (const [kind, figures] of kinds) Object.assign(made.kind(kind), figures);
    for (const [name, by] of drops) countUp(made.dropsByCause, name, by);
    for (const [name, by] of refusals) countUp(made.refusalsByCause, name, by);
    for (const [name, by] of ends) countUp(made.ends, name, by);
    for (const field of ['malformed', 'malformedSamples', 'codings'] as const) {
      for (const [name, by] of protocol[field]) countUp(made[field], name, by);
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
    maps: [of.dropsByCause, of.refusalsByCause, of.ends, of.malformed, of.malformedSamples, of.codings].map(sorted),
    times: TIMES.map((name) => [name, of.times[name].percentiles()]),
  };
}

describe('a summary', () => {
  it('merges in any order and grouping', () => {
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

  it('is not changed by being merged with nothing, nor by being merged into another', () => {
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

  it('comes out of JSON as it went in, also as text', () => {
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

  it('gives JSON that does not change when the run goes on', () => {
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

  it.each(COUNTS)('carries %s through a merge and through JSON', (name) => {
    const [one, two] = [new Summary(), new Summary()];
    one.counts[name] = 3;
    two.counts[name] = 4;
    one.add(two);
    expect(one.counts[name]).toBe(7);
    expect(Object.values(one.counts).reduce((sum, figure) => sum + figure, 0)).toBe(7);
    expect(Summary.fromJSON(one.toJSON()).counts).toEqual(one.counts);
  });

  it.each(TIMES)('carries times of %s through a merge and through JSON', (name) => {
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

  it('adds a field up over all kinds, and makes a kind when it is asked for', () => {
    const run = new Summary();
    expect(run.total('open')).toBe(0);
    run.kind('healthy').open += 2;
    run.kind('slow').open += 3;
    run.kind('slow').planned += 9;
    expect(run.total('open')).toBe(5);
    expect(run.total('planned')).toBe(9);
    expect([...run.byKind.keys()]).toEqual(['healthy', 'slow']);
  });
});
