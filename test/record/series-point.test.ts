import { expect, it } from 'vitest';
import { BoundedSeries } from '../../src/measure/bounded-series.ts';
import { joinPoints, type SeriesPoint } from '../../src/record/series-point.ts';
import { second } from '../support/run-record.ts';

it('two points of a series joined count what happened in both, and keep the longest of the times', () => {
  const joined = joinPoints(
    second(1000, { events: 5, drops: 2, latencyP99Ms: 80, heartbeats: 1, heartbeatMeanMs: 1000, serverClients: 9 }),
    second(2000, { events: 7, drops: 1, latencyP99Ms: 3, heartbeats: 3, heartbeatMeanMs: 2000, serverClients: null }),
  );
  expect(joined).toEqual(
    second(2000, {
      events: 12,
      drops: 3,
      latencyP99Ms: 80,
      heartbeats: 4,
      heartbeatMeanMs: 1750,
      serverClients: 9,
    }),
  );
});

it('two points of a series joined have nulls only for what neither of them measured', () => {
  const nothing = { latencyP50Ms: null, heartbeatMeanMs: null, heartbeatMaxMs: null, rssBytes: null } as const;
  const [one, other] = [second(1000, nothing), second(2000, nothing)];
  expect(joinPoints(one, other)).toMatchObject(nothing);
  expect(joinPoints(one, second(2000))).toMatchObject({ latencyP50Ms: 0.4, heartbeatMeanMs: 2000, rssBytes: 62e6 });
});

it('two points of a series joined add up drops by cause, and have none where nothing was dropped', () => {
  const [quiet, one, other] = [
    second(1000),
    second(2000, { drops: 2, dropsByCause: { reset: 2 } }),
    second(3000, { drops: 4, dropsByCause: { reset: 3, 'eof-clean': 1 } }),
  ];
  expect(joinPoints(one, other).dropsByCause).toEqual({ reset: 5, 'eof-clean': 1 });
  expect(joinPoints(one, quiet).dropsByCause).toEqual({ reset: 2 });
  expect(joinPoints(quiet, quiet)).not.toHaveProperty('dropsByCause');
  expect(one.dropsByCause).toEqual({ reset: 2 });
});

it('a series that is thinned out keeps each drop under its cause', () => {
  const series = new BoundedSeries<SeriesPoint>({ limit: 4, join: joinPoints });
  for (let at = 1; at <= 9; at++)
    series.add(second(at * 1000, at % 2 === 0 ? {} : { drops: 1, dropsByCause: { reset: 1 } }));
  const kept = series.toArray();
  expect(kept.length).toBeLessThan(5);
  expect(kept.reduce((sum, { dropsByCause }) => sum + (dropsByCause?.reset ?? 0), 0)).toBe(5);
});
