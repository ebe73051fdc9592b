/**
 * Deletes what runs and workers that are gone have left in Redis. What belongs to a run that goes on, or to a worker that is
 * there, is left alone.
 */
import type { Clock } from '../core/clock.ts';
import { StartError } from '../core/errors.ts';
import { redisName } from '../redis/redis-url.ts';
import { EVERY_KEY, runOfKey, workerOfKey } from './keys.ts';
import { RedisLine } from './redis-line.ts';
import { holdingRun } from './run-lock.ts';
import { workersThere } from './worker-list.ts';

const AT_ONCE = 1000;

/** @returns how many keys were deleted @throws {StartError} where Redis cannot be used */
export async function cleanUp(url: string, clock: Clock): Promise<number> {
  const line = await RedisLine.connect(url, clock);
  try {
    const [there, holding] = [await workersThere(line), await holdingRun(line)];
    if (there === null || holding === 'unknown') throw lost(url);
    const names = new Set(there.map(({ name }) => name));
    let deleted = 0;
    let cursor = '0';
    do {
      const found = await line.ask((redis) => redis.scan(cursor, 'MATCH', EVERY_KEY, 'COUNT', AT_ONCE));
      if (found === null) throw lost(url);
      const left = found[1].filter((key) => {
        const [run, worker] = [runOfKey(key), workerOfKey(key)];
        return (run !== null && run !== holding?.run) || (worker !== null && !names.has(worker));
      });
      if (left.length > 0) deleted += (await line.ask((redis) => redis.unlink(...left))) ?? 0;
      [cursor] = found;
    } while (cursor !== '0');
    return deleted;
  } finally {
    await line.close();
  }
}

function lost(url: string): StartError {
  return new StartError(`Redis at ${redisName(url)} was lost; not everything may have been deleted`);
}
