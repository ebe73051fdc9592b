import { expect, it } from 'vitest';
import { adviceOnLateRefusal } from '../../src/findings/late-refusal.ts';
import { blankFigures } from '../../src/measure/blank-figures.ts';
import { noteRefusalTime, REFUSAL_TIME_FIGURES, refusalTimes } from '../../src/measure/refusal-times.ts';

/** What is said of answers with this status whose clients waited for so long. */
function advice(statusCode: number, waitedMs: readonly number[], ownStopMs = 0): string {
  const figures = blankFigures(REFUSAL_TIME_FIGURES);
  for (const ms of waitedMs) noteRefusalTime(figures, statusCode, ms);
  noteRefusalTime(figures, 429, 0);
  const times = refusalTimes(figures, statusCode);
  return times === null ? 'not told' : adviceOnLateRefusal(statusCode, times, ownStopMs);
}

/** So many times, evenly from one to the other. */
function between(count: number, fromMs: number, toMs: number): number[] {
  return Array.from({ length: count }, (_none, at) => fromMs + ((toMs - fromMs) * at) / (count - 1));
}

it.each<[name: string, statusCode: number, waitedMs: number[], says: RegExp]>([
  ['one 503 after 2 s', 503, [2004], /^It arrived after 2s, like a timeout .*TimeoutHandler/],
  ['503 after 2 s for each', 503, between(40, 2001, 2090), /^Each of 40 arrived after 2s, like a timeout/],
  ['503 after 30 s for each, some late', 503, between(40, 30_001, 30_700), /^Each of 40 arrived after 30s,/],
  [
    '504 after 5 s for each',
    504,
    between(9, 5000, 5080),
    /^Each of 9 arrived after 5s, .*`proxy_read_timeout` of nginx/,
  ],
  ['408 after 3 s for each', 408, between(9, 3000, 3080), /^Each of 9 arrived after 3s, .*`TimeoutLayer`/],
])('a time limit is named behind %s', (_name, statusCode, waitedMs, says) => {
  expect(advice(statusCode, waitedMs)).toMatch(says);
});

it.each<[name: string, statusCode: number, waitedMs: number[]]>([
  ['503 at once', 503, between(40, 0, 30)],
  ['503 after 2 to 4 s', 503, between(40, 2000, 4000)],
  ['503 after 2 s and some at once', 503, [3, ...between(40, 2000, 2020)]],
  ['503 after any time up to 10 s', 503, between(2000, 1000, 10_000)],
  ['500 after 2 s for each', 500, between(40, 2000, 2020)],
  ['401 after 2 s for each', 401, between(40, 2000, 2020)],
])('no time limit is named behind %s', (_name, statusCode, waitedMs) => {
  expect(['', 'not told']).toContain(advice(statusCode, waitedMs));
});

it('what we read late ourselves is allowed for, and no more than the tolerance once more', () => {
  expect(advice(503, between(40, 2000, 2350))).toBe('');
  expect(advice(503, between(40, 2000, 2350), 300)).toContain('Each of 40');
  expect(advice(503, between(40, 2000, 4000), 5000)).toBe('');
});

it('an answer that a client was not given is in no time', () => {
  expect(advice(503, [])).toBe('not told');
});

it('no more times are kept than lie within one limit', () => {
  const figures = blankFigures(REFUSAL_TIME_FIGURES);
  for (const ms of between(5000, 0, 3_000_000)) noteRefusalTime(figures, 503, ms);
  expect(figures.refusedAfter.size).toBeLessThan(100);
  expect([...figures.refusedAfter.values()].reduce((sum, count) => sum + count, 0)).toBe(5000);
});
