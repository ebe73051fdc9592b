import { expect, it } from 'vitest';
import { fewerTimes, fewerValues, stepsOf } from '../../../../src/report/soak/html/downsample.ts';

it('a series of few points is drawn as it is', () => {
  expect(fewerTimes([1, 2, 3], 4)).toEqual([1, 2, 3]);
  expect(fewerValues([1, null, 3], 4)).toEqual([1, null, 3]);
});

it('a long series keeps the lowest and the highest value of each step, in the order in which they came', () => {
  expect(fewerTimes([0, 1, 2, 3, 4, 5, 6, 7], 4)).toEqual([0, 3, 4, 7]);
  expect(fewerValues([5, 1, 9, 5, 8, 2, 3, 4], 4)).toEqual([1, 9, 8, 2]);
});

it('a long series has gaps only where no point of a step was measured', () => {
  expect(fewerValues([null, null, null, null, null, 4, null, 2], 4)).toEqual([null, null, 4, 2]);
});

it('a day of seconds keeps a peak of one second, and has no more points than were asked for', () => {
  const day = Array.from({ length: 86_400 }, (_, at) => (at === 50_001 ? 1e6 : at % 7));
  const fewer = fewerValues(day, 1500);
  expect(fewer).toHaveLength(1500);
  expect(fewer).toContain(1e6);
  expect(fewerTimes(day, 1500)).toHaveLength(1500);
});

it('steps cover each point once', () => {
  const steps = stepsOf(100, 7);
  expect(steps[0]?.from).toBe(0);
  expect(steps.at(-1)?.to).toBe(100);
  expect(steps.slice(1).map(({ from }) => from)).toEqual(steps.slice(0, -1).map(({ to }) => to));
});
