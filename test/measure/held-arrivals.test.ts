import { expect, it } from 'vitest';
import { type ArrivalState, HeldArrivals } from '../../src/measure/held-arrivals.ts';
import { Summary } from '../../src/record/summary.ts';

const PERIOD_MS = 200;

function client(): ArrivalState {
  return { cameMs: -1, longestPauseMs: 0, pauseMs: 0, pauseEndedMs: 0, togetherEvents: 0, longestHeldMs: 0 };
}

interface Story {
  /** Events that come after `fromMs` come at `untilMs`, all at once; without it all come in time. */
  held?: { fromMs: number; untilMs: number };
  /** Nothing is said in this time, and nothing made up for. */
  quiet?: { fromMs: number; untilMs: number };
  stalledFromMs?: number;
  stalledUntilMs?: number;
  incidentAtMs?: number;
}

function isIn(ms: number, span?: { fromMs: number; untilMs: number }): boolean {
  return span !== undefined && ms >= span.fromMs && ms < span.untilMs;
}

/** Three clients hear an event every 200 ms for 20 s. */
function run({ held, quiet, stalledFromMs = 4000, stalledUntilMs = 15_000, incidentAtMs }: Story): Summary {
  const summary = new Summary();
  const arrivals = new HeldArrivals(summary);
  const clients = [client(), client(), client()];
  for (const state of clients) arrivals.begin(state);
  let kept = 0;
  for (let ms = PERIOD_MS; ms <= 20_000; ms += PERIOD_MS) {
    arrivals.look(ms >= stalledFromMs && ms < stalledUntilMs, clients, ms);
    if (ms === incidentAtMs) arrivals.interrupt(clients);
    if (isIn(ms, quiet)) continue;
    kept += 1;
    if (isIn(ms, held)) continue;
    for (; kept > 0; kept--) for (const state of clients) arrivals.heard(state, ms);
  }
  arrivals.close(clients, clients, 20_000);
  return summary;
}

function told({ counts, times }: Summary): unknown {
  return {
    held: counts.heldWhileStalled,
    pauses: times.pauseHeld.count,
    longestMs: Math.round(times.pauseHeld.percentile(100) / 100) * 100,
    toTheEnd: times.pauseToTheEnd.count,
  };
}

const nothing = { held: 0, pauses: 0, longestMs: 0, toTheEnd: 0 };

it('arrivals that come in time are not held, and the pauses before and after clients stalled are those of the feed', () => {
  const summary = run({});
  expect(told(summary)).toEqual(nothing);
  const { pauseBeforeStall, pauseAfterStall } = summary.times;
  expect([pauseBeforeStall.count, pauseAfterStall.count]).toEqual([3, 3]);
  expect([pauseBeforeStall.percentile(100), pauseAfterStall.percentile(100)]).toEqual([
    expect.closeTo(PERIOD_MS, -1),
    expect.closeTo(PERIOD_MS, -1),
  ]);
  expect(summary.counts.cameBeforeStall).toBe(3 * 19);
});

it('arrivals that come together behind a pause while clients stalled are held', () => {
  expect(told(run({ held: { fromMs: 6000, untilMs: 10_000 } }))).toEqual({
    ...nothing,
    // 21 that were kept, and the two that come soon after them.
    held: 3 * 23,
    pauses: 3,
    longestMs: 4200,
  });
});

it('arrivals that are let go when the last of those that stalled is gone are held', () => {
  expect(told(run({ held: { fromMs: 12_000, untilMs: 15_000 } }))).toMatchObject({ pauses: 3, longestMs: 3200 });
});

it.each<[name: string, story: Story]>([
  ['before anybody stalled', { held: { fromMs: 1000, untilMs: 3000 } }],
  ['after they had gone', { held: { fromMs: 16_000, untilMs: 19_000 } }],
  [
    'where nobody ever stalled',
    { held: { fromMs: 6000, untilMs: 10_000 }, stalledFromMs: 99_000, stalledUntilMs: 99_000 },
  ],
  ['in an incident of the plan', { held: { fromMs: 6000, untilMs: 10_000 }, incidentAtMs: 9000 }],
])('arrivals that come together %s are not held', (_name, story) => {
  expect(told(run(story))).toEqual(nothing);
});

it('arrivals that go on at their pace behind a pause are not held: nothing was said', () => {
  expect(told(run({ quiet: { fromMs: 6000, untilMs: 12_000 } }))).toEqual(nothing);
});

it('arrivals that end while clients stall are counted apart', () => {
  expect(told(run({ quiet: { fromMs: 6000, untilMs: 30_000 }, stalledUntilMs: 30_000 }))).toEqual({
    ...nothing,
    toTheEnd: 3,
  });
  expect(told(run({ quiet: { fromMs: 2000, untilMs: 30_000 }, stalledUntilMs: 30_000 }))).toEqual(nothing);
});
