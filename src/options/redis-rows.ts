/** The Redis of a command: a URL, or the variable that holds it. */
import type { OptionRow } from './option.ts';
import type { Rule } from './resolve.ts';
import { redisUrl } from './values/server-values.ts';
import { variableFor } from './values/words.ts';

/** @param help what the Redis is for */
export function redisRows<const Group extends string>(group: Group, help: string) {
  return {
    redis: {
      flag: 'redis',
      group,
      kind: redisUrl,
      default: null,
      unset: 'none',
      help: `${help}; --redis-env is safer for a URL with a password`,
    },
    redisEnv: {
      flag: 'redis-env',
      group,
      kind: variableFor('URL'),
      default: null,
      unset: 'none',
      help: 'environment variable with the URL of the Redis',
    },
  } as const satisfies Record<string, OptionRow>;
}

export interface RedisPlan {
  readonly redis: string | null;
  readonly redisEnv: string | null;
}

export function redisRule({ redis, redisEnv }: RedisPlan): ReturnType<Rule<RedisPlan>> {
  return redis === null || redisEnv === null
    ? null
    : { keys: ['redisEnv', 'redis'], message: 'cannot be combined with --redis', hint: 'Remove --redis.' };
}
