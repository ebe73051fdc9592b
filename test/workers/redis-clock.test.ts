import { expect, it } from 'vitest';
import { clockOffset } from '../../src/workers/redis-clock.ts';
import { isMissing, lineTo, redis, where } from './real-redis.ts';

/** The clock that Redis on this machine has as well, without steps. */
const WALL_MS = (): number => performance.timeOrigin + performance.now();

it.skipIf(isMissing).for([0, 3_600_000, -86_400_000, 0.25])(
  `a clock that is %d ms ahead is found to be so, within the error that is told${where}`,
  async (aheadMs) => {
    const line = await lineTo((await redis()).url);
    const before = Date.now() - WALL_MS();
    const found = await clockOffset(line, () => WALL_MS() + aheadMs, 0);
    expect(found?.errorMs).toBeGreaterThan(0);
    // This machine's own clock may have been set since the process began.
    expect(Math.abs((found?.offsetMs ?? Number.NaN) + aheadMs - before)).toBeLessThanOrEqual(
      (found?.errorMs ?? Number.NaN) + 1,
    );
  },
);

it.skipIf(isMissing)(`a clock that goes by steps has an error of half a step more${where}`, async () => {
  const line = await lineTo((await redis()).url);
  for (const stepMs of [1, 50]) {
    const found = await clockOffset(line, () => Math.floor(Date.now() / stepMs) * stepMs, stepMs);
    expect(found?.errorMs).toBeGreaterThanOrEqual(stepMs / 2);
    expect(Math.abs(found?.offsetMs ?? Number.NaN)).toBeLessThanOrEqual((found?.errorMs ?? Number.NaN) + 1);
  }
});

it.skipIf(isMissing)(`no offset is known while Redis is lost${where}`, async () => {
  const server = await redis();
  const line = await lineTo(server.url);
  await server.kill();
  expect(await clockOffset(line, WALL_MS, 0)).toBe(null);
});
