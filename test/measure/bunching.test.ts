import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Bunching, noBunch } from '../../src/measure/bunching.ts';
import { runs } from '../sse/recorder.ts';

/** The server's clock may be anything. */
const SKEW_MS = 1_700_000_000_000;

/** One stream; times of events as when they were due and when they arrived. */
function hear(events: readonly (readonly [dueMs: number, arrivedMs: number])[], isReturn = false): Bunching {
  const bunching = new Bunching();
  const state = noBunch();
  bunching.begin(state, isReturn);
  for (const [dueMs, arrivedMs] of events) bunching.heard(state, arrivedMs, SKEW_MS + dueMs);
  return bunching;
}

const counts = ({ stamped, bunched, bunches }: Bunching): number[] => [stamped, bunched, bunches];

it.each<[name: string, events: [number, number][], expected: number[]]>([
  [
    'and come apart',
    [
      [0, 1],
      [1000, 1001],
      [2000, 2002],
    ],
    [3, 0, 0],
  ],
  [
    'and come together',
    [
      [0, 3001],
      [1000, 3001],
      [2000, 3002],
      [3000, 3002],
    ],
    [4, 4, 1],
  ],
  [
    'and come together twice',
    [
      [0, 1001],
      [1000, 1001],
      [2000, 3001],
      [3000, 3001],
    ],
    [4, 4, 2],
  ],
  [
    'by less than half a second, and come together',
    [
      [0, 499],
      [250, 499],
      [499, 499],
    ],
    [3, 0, 0],
  ],
  [
    'by half a second, and come together',
    [
      [0, 500],
      [500, 500],
    ],
    [2, 2, 1],
  ],
  [
    'and come together but for the first',
    [
      [0, 1],
      [1000, 3000],
      [2000, 3000],
      [3000, 3001],
    ],
    [4, 3, 1],
  ],
  [
    'and are read over a tenth of their time',
    [
      [0, 4000],
      [2000, 4200],
      [4000, 4400],
    ],
    [3, 3, 1],
  ],
  [
    'and catch up more slowly than that',
    [
      [0, 4000],
      [2000, 4300],
      [4000, 4600],
    ],
    [3, 0, 0],
  ],
])('events that were due apart %s', (_name, events, expected) => {
  expect(counts(hear(events))).toEqual(expected);
});

it('events that were due apart are no bunch as a burst that is due together', () => {
  const events = Array.from({ length: 200 }, (_none, at): [number, number] => [
    Math.floor(at / 50) * 2000,
    Math.floor(at / 50) * 2000 + (at % 50) / 10,
  ]);
  expect(counts(hear(events))).toEqual([200, 0, 0]);
});

it('events that were due apart are history and no bunch when they come first after a return', () => {
  const history: [number, number][] = [
    [0, 9000],
    [1000, 9000],
    [2000, 9001],
  ];
  expect(counts(hear(history, true))).toEqual([3, 0, 0]);
  expect(counts(hear([...history, [10_000, 12_000], [12_000, 12_000]], true))).toEqual([5, 2, 1]);
});

it('events that were due apart are no bunch at any rate while they come with the jitter of a busy machine', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 2000, noNaN: true }),
      fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { minLength: 2, maxLength: 200 }),
      (periodMs, jitterMs) => {
        let arrivedMs = 0;
        const events = jitterMs.map((ms, at): [number, number] => {
          arrivedMs = Math.max(arrivedMs, at * periodMs + ms);
          return [at * periodMs, arrivedMs];
        });
        expect(hear(events).bunched).toBe(0);
      },
    ),
    runs(300),
  );
});

it('events that were due apart are bunches whatever the rate when something lets them through once in a while', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 10, max: 900, noNaN: true }),
      fc.double({ min: 2000, max: 8000, noNaN: true }),
      (periodMs, holdMs) => {
        const events = Array.from({ length: Math.ceil((5 * holdMs) / periodMs) }, (_none, at): [number, number] => [
          at * periodMs,
          (Math.floor((at * periodMs) / holdMs) + 1) * holdMs,
        ]);
        const { stamped, bunched, bunches } = hear(events);
        expect(bunched).toBeGreaterThanOrEqual(stamped * 0.7);
        expect(bunches).toBeGreaterThanOrEqual(4);
      },
    ),
    runs(300),
  );
});
