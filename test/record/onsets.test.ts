import { expect, it } from 'vitest';
import { Onsets } from '../../src/record/onsets.ts';
import { Summary } from '../../src/record/summary.ts';

/** Looks once a second, after each of these changes. */
function looked(...seconds: readonly ((summary: Summary) => void)[]): Onsets {
  const summary = new Summary();
  for (const [second, change] of seconds.entries()) {
    change(summary);
    summary.onsets.look(summary, (second + 1) * 1000);
  }
  return summary.onsets;
}

const idle = (): void => {};

it('a defect has its onset between the look before it was first seen and the look at which it was last seen', () => {
  const onsets = looked(
    idle,
    idle,
    ({ counts }) => (counts.lost += 2),
    idle,
    ({ counts }) => (counts.lost += 1),
    idle,
  );
  expect(onsets.toJSON()).toEqual({ lost: { firstMs: 2000, lastMs: 5000 } });
});

it('what was passed over and came after all leaves no onset', () => {
  expect(
    looked(
      ({ counts }) => (counts.lost += 1),
      ({ counts }) => (counts.lost -= 1),
    ).of('lost'),
  ).toBeNull();
});

it('streams that ended and attempts that failed are seen over all kinds of clients', () => {
  const onsets = looked(
    (summary) => (summary.kind('slow').dropped += 1),
    (summary) => (summary.kind('healthy').refused += 1),
  );
  expect(onsets.toJSON()).toEqual({ dropped: { firstMs: 0, lastMs: 1000 }, refused: { firstMs: 1000, lastMs: 2000 } });
});

it('the onsets of several processes begin with the first and end with the last of them, in any order', () => {
  const one = looked(idle, ({ counts }) => (counts.duplicated += 1));
  const two = looked(
    ({ counts }) => (counts.duplicated += 1),
    idle,
    ({ counts }) => (counts.malformed += 1),
  );
  for (const parts of [
    [one, two],
    [two, one],
  ]) {
    const all = new Onsets();
    for (const part of parts) all.add(Onsets.fromJSON(part.toJSON()));
    expect(all.of('duplicated')).toEqual({ firstMs: 0, lastMs: 2000 });
    expect(all.of('malformed')).toEqual({ firstMs: 2000, lastMs: 3000 });
  }
});
