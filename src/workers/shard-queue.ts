/**
 * The only use of BullMQ: each worker has a queue, and a shard is one job in it, with an id of its own and one attempt. A
 * job whose worker died is never given to another one (`maxStalledCount: 0`): its load would be there twice.
 *
 * One queue for all workers was rejected: whoever asks first would take what another has the room for.
 */
import type * as BullMq from 'bullmq';
import type { Queue, QueueBaseOptions, Worker } from 'bullmq';
import type { Redis, RedisOptions } from 'ioredis';
import { StartError } from '../core/errors.ts';
import { pause } from '../core/pause.ts';
import { connectRedis } from '../redis/redis-client.ts';
import type { ClockOffset } from './redis-clock.ts';
import { KEPT_MS, QUEUE_PREFIX } from './keys.ts';

const JOB = 'shard';
/** The lock of a job is renewed at half of it; load runs in a process of its own, so that nothing holds that up. */
const LOCK_MS = 30_000;
/** The keys of a queue are made and deleted as jobs come and go, and each time they have no end: so they are given one again. */
const KEEP_EVERY_MS = 5000;
/** A coordinator does it for workers that were killed. */
const KEEP_ALL_EVERY_MS = 20_000;
/** Those that have no end by themselves. The others have a short one that means something, such as that of a lock. */
const ENDLESS = ['id', 'meta', 'wait', 'paused', 'active', 'marker', 'stalled', 'events'];
/** BullMQ takes a job again so long after Redis was lost; its default is half of what a soak waits for a worker. */
const RETRY_MS = 1000;
/** How long it waits for a job at a time: after a lost connection BullMQ goes on when this is over. */
const WAIT_SECONDS = 2;
/** Redis may go away while it is told of an end. */
const CLOSE_MS = 3000;
/** A worker runs as many shards at once as its room is for; this is beyond all of them. */
const MOST_AT_ONCE = 1000;
/** BullMQ waits for Redis as long as it takes. */
const PATIENT: RedisOptions = { maxRetriesPerRequest: null, enableOfflineQueue: true, commandTimeout: undefined };
/** What is over is known by its messages, and is not kept. */
const OVER = { removeOnComplete: true, removeOnFail: true } as const;

/** What a job holds. */
export interface ShardJob {
  run: string;
  shard: string;
  /** The version of the coordinator. It is not encrypted, so that a worker of another version can read it. */
  version: string;
  /** A sealed `SentOrder`. */
  order: string;
  /** From the clock of the coordinator to that of Redis. */
  clock: ClockOffset;
  /** The network stack of the coordinator (machine/network-identity.ts). */
  network: string;
}

/** The queues of the workers, for the one who gives them their jobs. */
export class ShardQueues {
  readonly #redis: Redis;
  readonly #make: (name: string) => Queue;
  readonly #queues = new Map<string, Queue>();
  readonly #jobs: { queue: Queue; jobId: string }[] = [];
  readonly #keeper: NodeJS.Timeout;

  private constructor(redis: Redis, make: (name: string) => Queue) {
    this.#redis = redis;
    this.#make = make;
    this.#keeper = setInterval(() => void this.#keep(), KEEP_ALL_EVERY_MS);
  }

  static async connect(url: string): Promise<ShardQueues> {
    const bullmq = await loadBullMq();
    const [redis] = await connectRedis(url, [PATIENT]);
    return new ShardQueues(redis, (name) => quiet(new bullmq.Queue(name, settings(redis))));
  }

  async add(worker: string, job: ShardJob): Promise<void> {
    let queue = this.#queues.get(worker);
    if (queue === undefined) {
      queue = this.#make(worker);
      this.#queues.set(worker, queue);
    }
    const jobId = `${job.run}-${job.shard}`;
    this.#jobs.push({ queue, jobId });
    await queue.add(JOB, job, { jobId, attempts: 1, ...OVER });
    await expire(this.#redis, [queue.toKey(jobId), ...keysOf(queue)]);
  }

  /** Jobs that nobody took are taken back. */
  async close(): Promise<void> {
    clearInterval(this.#keeper);
    // One that runs has a lock, and is left to its worker.
    await within(CLOSE_MS, async () => {
      for (const { queue, jobId } of this.#jobs) await queue.remove(jobId).catch(() => 0);
      await this.#keep();
      for (const queue of this.#queues.values()) await queue.close();
    });
    this.#redis.disconnect();
  }

  /** What is not over for long is kept for longer, and what a worker that was killed has left is not kept for good. */
  async #keep(): Promise<void> {
    const jobs = this.#jobs.map(({ queue, jobId }) => queue.toKey(jobId));
    await expire(this.#redis, [...jobs, ...[...this.#queues.values()].flatMap(keysOf)]);
  }
}

/** The queue of one worker, for the worker itself. */
export class OwnQueue {
  readonly #redis: Redis;
  readonly #queue: Queue;
  readonly #worker: Worker;
  readonly #keeper: NodeJS.Timeout;

  private constructor(redis: Redis, queue: Queue, worker: Worker) {
    this.#redis = redis;
    this.#queue = queue;
    this.#worker = worker;
    this.#keeper = setInterval(() => void expire(redis, keysOf(queue)), KEEP_EVERY_MS);
  }

  /** @param onJob is never asked twice for one job; what it throws is a bug, and the worker's to hear of */
  static async open(url: string, name: string, onJob: (data: unknown) => Promise<void>): Promise<OwnQueue> {
    const bullmq = await loadBullMq();
    const [redis] = await connectRedis(url, [PATIENT]);
    const queue = quiet(new bullmq.Queue(name, settings(redis)));
    const take = async ({ data }: { data: unknown }): Promise<void> => {
      await expire(redis, keysOf(queue));
      await onJob(data);
    };
    const worker = quiet(
      new bullmq.Worker(name, take, {
        ...settings(redis),
        concurrency: MOST_AT_ONCE,
        lockDuration: LOCK_MS,
        stalledInterval: LOCK_MS,
        maxStalledCount: 0,
        runRetryDelay: RETRY_MS,
        drainDelay: WAIT_SECONDS,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      }),
    );
    const own = new OwnQueue(redis, queue, worker);
    await Promise.all([worker.waitUntilReady(), queue.waitUntilReady()]);
    await expire(redis, keysOf(queue));
    return own;
  }

  /** Takes no more jobs, and leaves nothing in Redis. Where Redis is not there, its keys expire. */
  async close(): Promise<void> {
    clearInterval(this.#keeper);
    await within(CLOSE_MS, async () => {
      await this.#worker.close(true);
      if (this.#redis.status === 'ready') await this.#queue.obliterate({ force: true });
      await this.#queue.close();
    });
    this.#redis.disconnect();
  }
}

function keysOf(queue: Queue): string[] {
  return ENDLESS.map((name) => queue.toKey(name));
}

/** Keys that nobody gives an end again expire; where Redis is away, the next time is soon. */
async function expire(redis: Redis, keys: readonly string[]): Promise<void> {
  if (redis.status !== 'ready') return;
  const pipeline = redis.pipeline();
  for (const key of keys) pipeline.pexpire(key, KEPT_MS);
  await pipeline.exec().catch(() => null);
}

/** What BullMQ does waits for Redis as long as it takes: here for so long at most, and whatever comes of it. */
async function within(mostMs: number, does: () => Promise<void>): Promise<void> {
  const over = new AbortController();
  const done = does().catch(() => {});
  await Promise.race([done, pause(mostMs, over.signal)]);
  over.abort();
}

function settings(redis: Redis): QueueBaseOptions & { prefix: string } {
  // INFO is more than a user of Redis needs to be allowed, and what BullMQ thinks of it goes to the console.
  return { connection: redis, prefix: QUEUE_PREFIX, skipVersionCheck: true };
}

/** A lost connection is known elsewhere (redis-line.ts); without a listener the event would end the process. */
function quiet<Emitter extends { on(event: 'error', listener: (error: Error) => void): unknown }>(
  one: Emitter,
): Emitter {
  one.on('error', () => {});
  return one;
}

async function loadBullMq(): Promise<Pick<typeof BullMq, 'Queue' | 'Worker'>> {
  try {
    return await import('bullmq');
  } catch (error) {
    throw new StartError('the package bullmq is not installed', {
      hint: 'Run npm install bullmq ioredis.',
      cause: error,
    });
  }
}
