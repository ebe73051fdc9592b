import { expect, it } from 'vitest';
import { blankFigures } from '../../../src/measure/blank-figures.ts';
import { CACHE_FIGURES } from '../../../src/record/load-figures.ts';
import { CacheWatch } from '../../../src/soak/load/cache-watch.ts';

const WALL_MS = Date.UTC(2026, 10, 30, 12);

/** Heads that came at these times, and what they say; the date of each is the time at which it came. */
function cached(
  heads: readonly (readonly [nowMs: number, headers?: Readonly<Record<string, string>>, waitedMs?: number])[],
): {
  opened: number;
  cached: number;
  signs: string[];
} {
  const figures = blankFigures(CACHE_FIGURES);
  const watch = new CacheWatch(figures);
  for (const [nowMs, headers = {}, waitedMs = 0] of heads) {
    const date = new Date(WALL_MS + nowMs).toUTCString();
    const all = new Map(Object.entries({ date, ...headers }));
    const head = { statusCode: 200, statusText: 'OK', httpVersion: '1.1', headers: all } as const;
    watch.opened(head, nowMs - waitedMs, nowMs, WALL_MS + nowMs);
  }
  const { streamsOpened, streamsCached } = figures.counts;
  return { opened: streamsOpened, cached: streamsCached, signs: [...figures.cacheSigns.keys()] };
}

it('streams of a live server come from no cache, whether they open in one second or later', () => {
  expect(cached([[0], [200], [999], [1500], [9000]])).toEqual({ opened: 5, cached: 0, signs: [] });
});

it('streams that come from a cache are counted, and one of them shows by what that is known', () => {
  expect(
    cached([
      [0],
      [200, { age: '12', via: '1.1 varnish' }],
      [300, { age: '0' }],
      [400, { 'x-cache': 'Hit from cloudfront' }],
    ]),
  ).toEqual({
    opened: 4,
    cached: 2,
    signs: ['Age: 12 (Via: 1.1 varnish)'],
  });
});

it('streams come from a cache whose answers have the date of one that came three seconds before', () => {
  const date = new Date(WALL_MS).toUTCString();
  expect(cached([[0], [2999, { date }], [3000, { date }], [8000, { date }]])).toEqual({
    opened: 4,
    cached: 2,
    signs: [`Date: ${date} again`],
  });
});

it('streams whose answers waited since before the first one with that date came are from no cache', () => {
  const date = new Date(WALL_MS).toUTCString();
  expect(cached([[0], [8000, { date }, 7000], [9000, { date }, 6000]])).toMatchObject({ opened: 3, cached: 1 });
});

it('streams of a server whose clock stands still for ever come from no cache', () => {
  const date = new Date(0).toUTCString();
  expect(
    cached([
      [0, { date }],
      [8000, { date }],
    ]),
  ).toMatchObject({ cached: 0 });
});
