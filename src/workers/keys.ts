/**
 * Names in Redis of all that a run over workers keeps there. Everything below one prefix, and everything expires: a process
 * that dies leaves nothing for good.
 */
const PREFIX = 'sse-probe:soak';

/** What BullMQ puts before the name of a queue. */
export const QUEUE_PREFIX = `${PREFIX}:queue`;
/** Names of the workers, by when they last said that they are there: a sorted set. */
export const WORKERS_KEY = `${PREFIX}:workers`;
/** The run that the workers of this Redis work for; absent where there is none. */
export const RUN_KEY = `${PREFIX}:run`;
/** What `--cleanup` looks through. */
export const EVERY_KEY = `${PREFIX}:*`;

/** What nobody has touched for so long is nobody's any more. */
export const KEPT_MS = 3_600_000;
/** Messages of a shard that is over: its other side reads the last of them within this time. */
export const LEFT_MS = 10_000;

/** What a worker says of itself. */
export function workerKey(name: string): string {
  return `${PREFIX}:worker:${name}`;
}

/** Messages of a run to one shard, and from it. */
export function channelKeys(run: string, shard: string): { down: string; up: string } {
  return { down: `${PREFIX}:messages:${run}:${shard}:down`, up: `${PREFIX}:messages:${run}:${shard}:up` };
}

/** The run that a key of messages belongs to; null for all other keys. */
export function runOfKey(key: string): string | null {
  return key.startsWith(`${PREFIX}:messages:`) ? (key.split(':')[3] ?? null) : null;
}

/** The worker whose queue a key belongs to; null for all other keys. */
export function workerOfKey(key: string): string | null {
  return key.startsWith(`${QUEUE_PREFIX}:`) ? (key.split(':')[3] ?? null) : null;
}
