import { expect, it } from 'vitest';
import { joinPoints } from '../../src/record/series-point.ts';
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
