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
/** What is beyond them is deleted by the next one. */
const MOST_KEYS = 1_000_000;

/** @returns how many keys were deleted @throws {StartError} where Redis cannot be used */
export async function cleanUp(url: string, clock: Clock): Promise<number> {
  const line = await RedisLine.connect(url, clock);
  try {
    const keys = await keysThere(line);
    // Asked afterwards: a run or a worker is known by then whose keys were found.
    const [there, holding] = [await workersThere(line), await holdingRun(line)];
    if (keys === null || there === null || holding === 'unknown') throw lost(url);
    const names = new Set(there.map(({ name }) => name));
    const left = keys.filter((key) => {
      const [run, worker] = [runOfKey(key), workerOfKey(key)];
      return (run !== null && run !== holding?.run) || (worker !== null && !names.has(worker));
    });
    let deleted = 0;
    for (let at = 0; at < left.length; at += AT_ONCE) {
      const gone = await line.ask((redis) => redis.unlink(...left.slice(at, at + AT_ONCE)));
      if (gone === null) throw lost(url);
      deleted += gone;
    }
    return deleted;
  } finally {
    await line.close();
  }
}

async function keysThere(line: RedisLine): Promise<string[] | null> {
  const keys = new Set<string>();
  let cursor = '0';
  do {
    const found = await line.ask((redis) => redis.scan(cursor, 'MATCH', EVERY_KEY, 'COUNT', AT_ONCE));
    if (found === null) return null;
    for (const key of found[1]) keys.add(key);
    [cursor] = found;
  } while (cursor !== '0' && keys.size < MOST_KEYS);
  return [...keys];
}

function lost(url: string): StartError {
  return new StartError(`Redis at ${redisName(url)} was lost; not everything may have been deleted`);
}
