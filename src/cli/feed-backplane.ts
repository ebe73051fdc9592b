/** What makes several servers one feed: the Redis that `serve` is told of, or none. */
import type { Backplane } from '../hub/backplane.ts';
import { redisUrlOf } from '../library/redis-option.ts';
import type { ServePlan } from '../options/serve-options.ts';
import { redisWarning } from '../redis/redis-url.ts';

/**
 * Connects to the Redis of the plan, and reads what its stream keeps. Without one nothing is loaded.
 *
 * @throws {UsageError} for what is no URL of a Redis · {StartError} when that Redis cannot be used
 */
export async function feedBackplane(
  plan: ServePlan,
  environment: NodeJS.ProcessEnv,
  warn: (text: string) => void,
): Promise<Backplane | null> {
  const url = redisUrlOf(plan, environment);
  if (url === null) return null;
  const warning = redisWarning(url);
  if (warning !== null) warn(warning);
  const { connectRedisBackplane } = await import('../backplane/redis-backplane.ts');
  // An instance that keeps nothing for its clients still reads every event from the stream.
  return connectRedisBackplane({ url, stream: plan.redisStream, maxEvents: Math.max(1, plan.replayEvents) });
}
