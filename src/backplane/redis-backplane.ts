/**
 * A backplane over a Redis stream: one connection reads with XREAD from the last entry that was seen, another appends.
 *
 * Redis pub/sub was rejected: it forgets what nobody heard, so a lost connection is a gap. It refuses to queue what
 * cannot be appended: a publisher hears at once that Redis is not there.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { BackplaneError, UsageError } from '../core/errors.ts';
import type { Backplane, BackplaneEntry, BackplaneFollower, BackplanePlace, BackplaneStart } from '../hub/backplane.ts';
import type { PublishedEvent } from '../hub/hub-client.ts';
import type { ComponentState } from '../hub/stats.ts';
import { ANSWER_MS, connectRedis, redisUnusable } from '../redis/redis-client.ts';
import { readRedisUrl } from '../redis/redis-url.ts';
import { APPEND_SCRIPT, BEGIN_SCRIPT } from './redis-scripts.ts';
import { entryOf, lifeName, MOST_DATA_CHARS, placeOf, type RawEntry, type StreamPlace } from './stream-entry.ts';
import { isTimeout, StreamTrouble, wasNotSent } from './stream-trouble.ts';

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
/** Entries read at once: with the largest events that `serve` takes, 100 MiB. */
const READ_COUNT = 100;
const RETRY_PAUSE_MS = 200;
const MOST_EVENTS = 1_000_000;
/** Data that is read back when an instance starts, whatever the number of events. */
const MOST_KEPT_CHARS = 64 * 1024 * 1024;

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
    const last = await begin(writer, stream, { life: 0, seq: 0 });
    const kept = await keptBefore(writer, stream, last, maxEvents);
    const start = { life: lifeName(last.life), nextSeq: last.seq + 1, kept };
    return new RedisBackplane({ writer, reader, stream, maxEvents, start, seen: last });
  } catch (error) {
    writer.disconnect();
    reader.disconnect();
    throw redisUnusable(url, new StreamTrouble(stream, error));
  }
}

/** @returns where the stream ends, which has begun a new life where it is shorter than what was seen of it */
async function begin(redis: Redis, stream: string, seen: StreamPlace): Promise<StreamPlace> {
  return placeIn(stream, (await redis.eval(BEGIN_SCRIPT, 1, stream, seen.life, seen.seq)) as string);
}

/** The newest events of this life, oldest first. They are read in pages: a reply is held as a whole, by Redis too. */
async function keptBefore(
  redis: Redis,
  stream: string,
  last: StreamPlace,
  maxEvents: number,
): Promise<BackplaneEntry[]> {
  const { life } = last;
  const kept: BackplaneEntry[] = [];
  let chars = 0;
  for (let to = last.seq; to > 0 && kept.length < maxEvents && chars < MOST_KEPT_CHARS;) {
    const count = Math.min(READ_COUNT, maxEvents - kept.length);
    const page = (await redis.xrevrange(stream, `${life}-${to}`, `${life}-1`, 'COUNT', count)) as RawEntry[];
    for (const [id, fields] of page) kept.push(entryOf(placeIn(stream, id), fields));
    chars += page.reduce((sum, [, fields]) => sum + fields.join('').length, 0);
    to = page.length < count ? 0 : (kept.at(-1)?.seq ?? 0) - 1;
  }
  return kept.toReversed();
}

/** @throws {StreamTrouble} for an id that no instance gives */
function placeIn(stream: string, id: string): StreamPlace {
  const place = placeOf(id);
  if (place === null) throw new StreamTrouble(stream, new Error(`FOREIGN ${id}`));
  return place;
}

class RedisBackplane implements Backplane {
  readonly start: BackplaneStart;
  readonly #writer: Redis;
  readonly #reader: Redis;
  readonly #stream: string;
  readonly #maxEvents: number;
  readonly #closing = new AbortController();
  #seen: StreamPlace;
  #isFollowed = false;
  /** Why the stream cannot be read; null while it can. */
  #trouble: string | null = null;
  /** Why the connection was lost. */
  #cause: string | null = null;

  constructor(parts: {
    writer: Redis;
    reader: Redis;
    stream: string;
    maxEvents: number;
    start: BackplaneStart;
    seen: StreamPlace;
  }) {
    this.start = parts.start;
    this.#writer = parts.writer;
    this.#reader = parts.reader;
    this.#stream = parts.stream;
    this.#maxEvents = parts.maxEvents;
    this.#seen = parts.seen;
    this.#reader.on('error', (error: Error) => (this.#cause = error.message));
    this.#reader.on('close', () => (this.#trouble ??= 'the connection was closed'));
  }

  follow(follower: BackplaneFollower): void {
    if (this.#isFollowed) throw new UsageError('a backplane serves one hub: connect another one for each hub');
    this.#isFollowed = true;
    void this.#follow(follower);
  }

  async append({ event, data, id }: PublishedEvent): Promise<BackplanePlace> {
    if (data.length > MOST_DATA_CHARS)
      throw new UsageError(`data is longer than the ${MOST_DATA_CHARS} characters that a shared event may have`);
    const trouble = this.#away();
    if (trouble !== null)
      throw new BackplaneError(`the event was not published: Redis is not available (${trouble})`, { isUnsure: false });
    const fields = [
      'data',
      data,
      ...(event === undefined ? [] : ['event', event]),
      ...(id === undefined ? [] : ['id', id]),
    ];
    try {
      const args = [this.#seen.life, this.#seen.seq, this.#maxEvents, ...fields];
      return named(placeIn(this.#stream, (await this.#writer.eval(APPEND_SCRIPT, 1, this.#stream, ...args)) as string));
    } catch (error) {
      // A peer that says nothing may be gone: another connection finds out.
      if (isTimeout(error)) this.#writer.disconnect(true);
      const { message } = new StreamTrouble(this.#stream, error);
      if (wasNotSent(error))
        throw new BackplaneError(`the event was not published: ${message}`, { isUnsure: false, cause: error });
      throw new BackplaneError(`Redis did not confirm the event, which may or may not be published (${message})`, {
        isUnsure: true,
        cause: error,
      });
    }
  }

  async head(): Promise<BackplanePlace> {
    try {
      return named(await begin(this.#writer, this.#stream, this.#seen));
    } catch (error) {
      if (isTimeout(error)) this.#writer.disconnect(true);
      throw error;
    }
  }

  state(): ComponentState {
    const trouble = this.#away();
    return trouble === null
      ? { ready: true, detail: `follows the stream ${this.#stream}` }
      : { ready: false, detail: `Redis is not available (${trouble}): nothing can be published` };
  }

  close(): void {
    this.#closing.abort();
    this.#reader.disconnect();
    // Behind what is still to be confirmed; a connection that is lost has nothing to wait for.
    this.#writer.quit().catch(() => this.#writer.disconnect());
  }

  #away(): string | null {
    if (this.#closing.signal.aborted) return 'this server is closing';
    return this.#trouble ?? (this.#writer.status === 'ready' ? null : 'reconnecting');
  }

  async #follow(follower: BackplaneFollower): Promise<void> {
    const { signal } = this.#closing;
    let isChecked = true;
    while (!signal.aborted) {
      let entries: RawEntry[];
      try {
        if (!isChecked) await begin(this.#reader, this.#stream, this.#seen);
        // Before it is read, which takes until there is something new.
        this.#trouble = null;
        this.#cause = null;
        entries = await this.#read();
        // Silence is also what comes of a stream that was deleted, or that lost entries: the next look finds out.
        isChecked = entries.length > 0;
      } catch (error) {
        isChecked = false;
        if (isTimeout(error)) this.#reader.disconnect(true);
        const { message } = new StreamTrouble(this.#stream, error);
        this.#trouble = this.#reader.status === 'ready' ? message : (this.#cause ?? message);
        await sleep(RETRY_PAUSE_MS, null, { signal }).catch(() => null);
        continue;
      }
      for (const [id, fields] of signal.aborted ? [] : entries) {
        this.#seen = placeIn(this.#stream, id);
        if (this.#seen.seq === 0) follower.onLife(lifeName(this.#seen.life));
        else follower.onEntry(entryOf(this.#seen, fields));
      }
    }
  }

  /** What comes next, up to an entry that no instance wrote. @throws {StreamTrouble} when that is the first */
  async #read(): Promise<RawEntry[]> {
    const from = `${this.#seen.life}-${this.#seen.seq}`;
    const answer = await this.#reader.xread('COUNT', READ_COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', this.#stream, from);
    const entries = (answer?.[0]?.[1] ?? []) as RawEntry[];
    const foreignAt = entries.findIndex(([id]) => placeOf(id) === null);
    if (foreignAt === 0) placeIn(this.#stream, entries[0]?.[0] ?? '');
    return foreignAt === -1 ? entries : entries.slice(0, foreignAt);
  }
}

function named({ life, seq }: StreamPlace): BackplanePlace {
  return { life: lifeName(life), seq };
}
