import { expect, it } from 'vitest';
import { countUp } from '../../src/measure/figures.ts';
import { withRotations } from '../../src/record/rotation.ts';
import { Summary } from '../../src/record/summary.ts';

/** 40 ends between 6 and 9 s of age, after which everybody came back. */
function rotating(change: (summary: Summary) => void = () => {}): Summary {
  const summary = new Summary();
  Object.assign(summary.kind('healthy'), { planned: 10, connected: 10, dropped: 38, reconnects: 38 });
  Object.assign(summary.kind('slow'), { planned: 1, connected: 1, dropped: 2, reconnects: 2 });
  countUp(summary.dropsByCause, 'eof-clean', 40);
  for (let end = 0; end < 38; end++) summary.times.deathAge.record(6000 + (end * 3000) / 37);
  for (let open = 0; open < 10; open++) summary.times.survivedAge.record(700 * open);
  change(summary);
  return summary;
}

it('clean ends at spread ages, after which everybody came back and nothing was lost, are rotations of all kinds', () => {
  const found = withRotations(rotating());
  expect([found.counts.rotated, found.total('dropped'), [...found.dropsByCause]]).toEqual([40, 0, []]);
  expect(found.total('reconnects')).toBe(40);
});

it('rotations are rotations though the ends came when the next event was due', () => {
  const found = withRotations(
    rotating(({ times }) => {
      same(times.deathSilence, 38, () => 2000);
      same(times.survivedSilence, 38, () => 2000);
    }),
  );
  expect(found.counts.rotated).toBe(40);
});

it('rotations are rotations though many ended together, where others lived on', () => {
  const found = withRotations(rotating(({ counts }) => Object.assign(counts, { diedTogether: 30, diedApart: 20 })));
  expect(found.counts.rotated).toBe(40);
});

it('rotations are counted beside those that the server announced', () => {
  expect(withRotations(rotating(({ counts }) => (counts.rotated = 5))).counts.rotated).toBe(45);
});

it.each<[string, (summary: Summary) => void]>([
  ['at one age, as a deadline has it', ({ times }) => same(times.deathAge, 38, () => 8000)],
  ['at all ages', ({ times }) => same(times.deathAge, 38, (at) => 500 + at * 250)],
  ['after one silence, as an idle limit has it', ({ times }) => same(times.deathSilence, 38, () => 5000)],
  ['of few streams', ({ times }) => same(times.deathAge, 9, (at) => 6000 + at * 300)],
  ['of all at one instant', ({ counts }) => (counts.diedTogether = 30)],
  ['while others grow old', ({ times }) => same(times.survivedAge, 10, () => 20_000)],
  ['of which some were no clean ends', ({ dropsByCause }) => countUp(dropsByCause, 'reset')],
  ['without a clean end', ({ dropsByCause }) => dropsByCause.clear()],
  ['that lost events', ({ counts }) => (counts.resumeLost = 1)],
  ['after which one was refused', (summary) => (summary.kind('healthy').refused = 1)],
])('ends %s stay dropped', (_how, change) => {
  const summary = rotating(change);
  expect(withRotations(summary)).toBe(summary);
});

function same(times: Summary['times']['deathAge'], count: number, ms: (at: number) => number): void {
  times.reset();
  for (let at = 0; at < count; at++) times.record(ms(at));
}
