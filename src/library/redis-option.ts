/** The Redis that a command was given, by its URL or by the variable that holds it. */
import { tokenIn } from './token.ts';
import type { RedisPlan } from '../options/redis-rows.ts';
import { readRedisUrl } from '../redis/redis-url.ts';

/** @returns null where none was given @throws {UsageError} for a variable that is not set, or holds no such URL */
export function redisUrlOf({ redis, redisEnv }: RedisPlan, environment: NodeJS.ProcessEnv): string | null {
  if (redis !== null) return readRedisUrl(redis, '--redis');
  if (redisEnv === null) return null;
  return readRedisUrl(tokenIn('--redis-env', redisEnv, environment), `--redis-env: the variable ${redisEnv}`);
}
