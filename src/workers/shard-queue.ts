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
import { connectRedis } from '../redis/redis-client.ts';
import type { ClockOffset } from './redis-clock.ts';
import { KEPT_MS, QUEUE_PREFIX } from './keys.ts';

const JOB = 'shard';
/** The lock of a job is renewed at half of it; load runs in a process of its own, so that nothing holds that up. */
const LOCK_MS = 30_000;
/** A worker runs as many shards at once as its room is for; this is beyond all of them. */
const MOST_AT_ONCE = 1000;
/** BullMQ waits for Redis as long as it takes. */
const PATIENT: RedisOptions = { maxRetriesPerRequest: null, enableOfflineQueue: true };
/** What is over is known by its messages, and is not kept. */
const OVER = { removeOnComplete: true, removeOnFail: true } as const;

/** What a job holds. */
export interface ShardJob {
  run: string;
  shard: string;
  /** Of the coordinator, as it stands: a worker of another one must be able to read it. */
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
  readonly #jobKeys: string[] = [];

  private constructor(redis: Redis, make: (name: string) => Queue) {
    this.#redis = redis;
    this.#make = make;
  }

  static async connect(url: string): Promise<ShardQueues> {
    const bullmq = await loadBullMq();
    const [redis] = await connectRedis(url, [{ ...PATIENT, commandTimeout: undefined }]);
    return new ShardQueues(redis, (name) => quiet(new bullmq.Queue(name, settings(redis))));
  }

  async add(worker: string, job: ShardJob): Promise<void> {
    let queue = this.#queues.get(worker);
    if (queue === undefined) {
      queue = this.#make(worker);
      this.#queues.set(worker, queue);
    }
    const jobId = `${job.run}-${job.shard}`;
    await queue.add(JOB, job, { jobId, attempts: 1, ...OVER });
    const key = queue.toKey(jobId);
    this.#jobKeys.push(key);
    await this.#redis.pexpire(key, KEPT_MS);
  }

  /** Jobs that nobody took are taken back. */
  async close(): Promise<void> {
    for (const queue of this.#queues.values()) await queue.close();
    this.#redis.disconnect();
  }

  /** What is not over for long is kept for longer. */
  async keep(): Promise<void> {
    await kept(this.#redis, this.#jobKeys);
  }
}

/** The queue of one worker, for the worker itself. */
export class OwnQueue {
  readonly #redis: Redis;
  readonly #queue: Queue;
  readonly #worker: Worker;

  private constructor(redis: Redis, queue: Queue, worker: Worker) {
    this.#redis = redis;
    this.#queue = queue;
    this.#worker = worker;
  }

  /** @param onJob is never asked twice for one job; what it throws is a bug, and the worker's to hear of */
  static async open(url: string, name: string, onJob: (data: unknown) => Promise<void>): Promise<OwnQueue> {
    const bullmq = await loadBullMq();
    const [redis] = await connectRedis(url, [{ ...PATIENT, commandTimeout: undefined }]);
    const queue = quiet(new bullmq.Queue(name, settings(redis)));
    const worker = quiet(
      new bullmq.Worker(name, ({ data }) => taken(data), {
        ...settings(redis),
        concurrency: MOST_AT_ONCE,
        lockDuration: LOCK_MS,
        stalledInterval: LOCK_MS,
        maxStalledCount: 0,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      }),
    );
    const own = new OwnQueue(redis, queue, worker);
    // With a job come keys that were not there before.
    const taken = async (data: unknown): Promise<void> => {
      void own.keep();
      await onJob(data);
    };
    await worker.waitUntilReady();
    await own.keep();
    return own;
  }

  /** Until then its keys stay in Redis, whatever becomes of this process. */
  async keep(): Promise<void> {
    await kept(this.#redis, Object.values(this.#queue.keys));
  }

  /** Takes no more jobs, and leaves nothing in Redis. Where Redis is not there, its keys expire. */
  async close(): Promise<void> {
    if (this.#redis.status === 'ready') {
      await this.#worker.close(true);
      await this.#queue.obliterate({ force: true });
      await this.#queue.close();
    }
    this.#redis.disconnect();
  }
}

/** Where the connection is closed before Redis answers, they expire as they would have. */
async function kept(redis: Redis, keys: readonly string[]): Promise<void> {
  await Promise.allSettled(keys.map((key) => redis.pexpire(key, KEPT_MS)));
}

function settings(redis: Redis): QueueBaseOptions & { prefix: string } {
  return { connection: redis, prefix: QUEUE_PREFIX };
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
