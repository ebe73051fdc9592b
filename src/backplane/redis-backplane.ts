/**
 * A backplane over a Redis stream: one connection reads with XREAD from the last entry that was seen, another appends.
 *
 * Redis pub/sub was rejected: it forgets what nobody heard, so a lost connection is a gap. It refuses to queue what
 * cannot be appended: a publisher hears at once that Redis is not there.
 */
import type { Redis } from 'ioredis';
import { BackplaneError, UsageError } from '../core/errors.ts';
import type { Backplane, BackplaneEntry, BackplaneStart } from '../hub/backplane.ts';
import type { PublishedEvent } from '../hub/hub-client.ts';
import type { ComponentState } from '../hub/stats.ts';
import { ANSWER_MS, connectRedis, redisUnusable } from '../redis/redis-client.ts';
import { readRedisUrl } from '../redis/redis-url.ts';
import { APPEND_SCRIPT, BEGIN_SCRIPT } from './redis-scripts.ts';
import { entryOf, lifeName, type RawEntry } from './stream-entry.ts';

/** The options of `redisBackplane()`. */
export interface RedisBackplaneOptions {
  /** `redis://` or, with TLS, `rediss://`, with user, password and database: `rediss://USER:PASSWORD@HOST:6379/0`. */
  url: string;
  /**
   * The key of the stream: instances with the same one are one feed.
   * @defaultValue `'sse-probe:events'`
   */
  stream?: string | undefined;
  /**
   * Most events that the stream keeps, for clients that resume and for instances that were away.
   * @defaultValue `1000`
   */
  maxEvents?: number | undefined;
}

export const REDIS_DEFAULTS = { stream: 'sse-probe:events', maxEvents: 1000 } as const;

const BLOCK_MS = 2000;
const READ_COUNT = 500;
const RETRY_PAUSE_MS = 200;
const MOST_EVENTS = 1_000_000;

/**
 * Connects, and reads what the stream keeps.
 * @throws {UsageError} for options that make no sense, {StartError} when Redis or its client cannot be had
 */
export async function connectRedisBackplane(options: RedisBackplaneOptions): Promise<Backplane> {
  const { stream = REDIS_DEFAULTS.stream, maxEvents = REDIS_DEFAULTS.maxEvents } = options;
  const url = readRedisUrl(options.url, 'the url of a Redis backplane');
  if (!Number.isInteger(maxEvents) || maxEvents < 1 || maxEvents > MOST_EVENTS)
    throw new UsageError(`maxEvents must be a whole number from 1 to ${MOST_EVENTS}, not ${String(maxEvents)}`);
  const [writer, reader] = await connectRedis(url, [{}, { commandTimeout: BLOCK_MS + ANSWER_MS }]);
  try {
    const [life, last] = await begin(writer, stream, { life: 0, seq: 0 });
    const raw = (await writer.xrevrange(stream, `${life}-${last}`, `${life}-1`, 'COUNT', maxEvents)) as RawEntry[];
    const kept = raw.toReversed().map((entry) => entryOf(entry));
    const start = { life: lifeName(life), nextSeq: last + 1, kept };
    return new RedisBackplane({ writer, reader, stream, maxEvents, start, seen: { life, seq: last } });
  } catch (error) {
    writer.disconnect();
    reader.disconnect();
    throw redisUnusable(url, error as Error);
  }
}

interface Place {
  life: number;
  seq: number;
}

async function begin(redis: Redis, stream: string, seen: Place): Promise<[life: number, seq: number]> {
  const answer = (await redis.eval(BEGIN_SCRIPT, 1, stream, nowSeconds(), seen.life, seen.seq)) as [string, string];
  return [Number(answer[0]), Number(answer[1])];
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

class RedisBackplane implements Backplane {
  readonly start: BackplaneStart;
  readonly #writer: Redis;
  readonly #reader: Redis;
  readonly #stream: string;
  readonly #maxEvents: number;
  readonly #closing = new AbortController();
  #seen: Place;
  #trouble: string | null = null;

  constructor(parts: {
    writer: Redis;
    reader: Redis;
    stream: string;
    maxEvents: number;
    start: BackplaneStart;
    seen: Place;
  }) {
    this.start = parts.start;
    this.#writer = parts.writer;
    this.#reader = parts.reader;
    this.#stream = parts.stream;
    this.#maxEvents = parts.maxEvents;
    this.#seen = parts.seen;
    this.#reader.on('close', () => (this.#trouble ??= 'the connection was closed'));
  }

  follow(onEntry: (entry: BackplaneEntry) => void): void {
    void this.#follow(onEntry);
  }

  async append({ event, data, id }: PublishedEvent): Promise<Pick<BackplaneEntry, 'life' | 'seq'>> {
    if (this.#trouble !== null || this.#writer.status !== 'ready')
      throw new BackplaneError(
        `Redis is not connected; the event was not published (${this.#trouble ?? 'reconnecting'})`,
      );
    const fields = [
      'data',
      data,
      ...(event === undefined ? [] : ['event', event]),
      ...(id === undefined ? [] : ['id', id]),
    ];
    const { life, seq } = this.#seen;
    try {
      const args = [nowSeconds(), life, seq, this.#maxEvents, ...fields];
      const added = (await this.#writer.eval(APPEND_SCRIPT, 1, this.#stream, ...args)) as string;
      const [addedLife, addedSeq] = added.split('-').map(Number) as [number, number];
      return { life: lifeName(addedLife), seq: addedSeq };
    } catch (error) {
      throw new BackplaneError(
        `Redis did not confirm the event, which may have been published or not (${(error as Error).message})`,
        {
          cause: error,
        },
      );
    }
  }

  state(): ComponentState {
    return this.#trouble === null
      ? { ready: true, detail: `follows the stream ${this.#stream}` }
      : { ready: false, detail: `Redis is not connected (${this.#trouble}); events cannot be published` };
  }

  close(): void {
    this.#closing.abort();
    this.#reader.disconnect();
    this.#writer.disconnect();
  }

  async #follow(onEntry: (entry: BackplaneEntry) => void): Promise<void> {
    let isChecked = true;
    while (!this.#closing.signal.aborted) {
      let entries: RawEntry[];
      try {
        if (!isChecked) await begin(this.#reader, this.#stream, this.#seen);
        isChecked = true;
        entries = await this.#read();
        this.#trouble = null;
      } catch (error) {
        isChecked = false;
        if (this.#closing.signal.aborted) return;
        this.#trouble = (error as Error).message;
        if (this.#reader.status === 'ready') this.#reader.disconnect(true);
        await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
        continue;
      }
      for (const raw of entries) {
        const [life, seq] = raw[0].split('-').map(Number) as [number, number];
        this.#seen = { life, seq };
        if (seq > 0) onEntry(entryOf(raw));
      }
    }
  }

  async #read(): Promise<RawEntry[]> {
    const from = `${this.#seen.life}-${this.#seen.seq}`;
    const answer = await this.#reader.xread('COUNT', READ_COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', this.#stream, from);
    return (answer?.[0]?.[1] ?? []) as RawEntry[];
  }
}
