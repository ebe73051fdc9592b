/**
 * What a coordinator or a worker has of its Redis: a connection for commands, one that waits for messages, and since when
 * nothing has come through. A connection that is half open shows by a command that nobody answers.
 */
import type { ChainableCommander, Redis } from 'ioredis';
import type { Clock } from '../core/clock.ts';
import { pause } from '../core/pause.ts';
import { connectRedis } from '../redis/redis-client.ts';

const BLOCK_MS = 1000;
const MOST_ENTRIES = 200;
const PAUSE_MS = 200;
/** Between two reads, so that many keys that are written to one after the other are read together. */
const BREATH_MS = 20;
/** A read that waits for longer than its block has a connection that is half open. */
const READ_MS = BLOCK_MS + 3000;
/** A command that nobody answers for so long shows a connection that is lost. */
const UNREACHABLE_MS = 2500;

/** Fields of one entry of a stream. */
export type Entry = ReadonlyMap<string, string>;

export class RedisLine {
  readonly #commands: Redis;
  readonly #reader: Redis;
  readonly #clock: Clock;
  readonly #followed = new Map<string, { lastId: string; onEntry: (entry: Entry) => void }>();
  /** Of commands alone: what a connection of its own reads says nothing of theirs. */
  #answeredMs: number;
  /** Since when commands wait without an answer to any of them; null where none waits. */
  #waitsSinceMs: number | null = null;
  #waiting = 0;
  #hasFailed = false;
  /** Connections that are being closed to be opened anew. */
  readonly #renewed = new Set<Redis>();
  #isReading = false;
  readonly #closing = new AbortController();

  private constructor([commands, reader]: readonly [Redis, Redis], clock: Clock) {
    this.#commands = commands;
    this.#reader = reader;
    this.#clock = clock;
    this.#answeredMs = clock.nowMs();
  }

  /** @throws {StartError} when Redis or its client cannot be had */
  static async connect(url: string, clock: Clock): Promise<RedisLine> {
    return new RedisLine(await connectRedis(url, [{}, { commandTimeout: READ_MS }]), clock);
  }

  /** Aborted once it is closed: nothing comes any more. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** How long no command has been answered; 0 while all is well. One that is closed is answered nothing any more. */
  get lostMs(): number {
    if (this.#closing.signal.aborted) return Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.nowMs();
    const isWaiting = this.#waitsSinceMs !== null && nowMs - this.#waitsSinceMs >= UNREACHABLE_MS;
    const isWell = this.#commands.status === 'ready' && !this.#hasFailed && !isWaiting;
    return isWell ? 0 : nowMs - this.#answeredMs;
  }

  /**
   * @param command one command; several of a pipeline go with `askAll`, since a pipeline never fails
   * @returns what the command gives, or null where Redis could not be asked, which `lostMs` counts
   */
  async ask<Given>(command: (redis: Redis) => Promise<Given>): Promise<Given | null> {
    this.#waiting += 1;
    this.#waitsSinceMs ??= this.#clock.nowMs();
    try {
      const given = await command(this.#commands);
      this.#answeredMs = this.#clock.nowMs();
      this.#waitsSinceMs = this.#answeredMs;
      this.#hasFailed = false;
      return given;
    } catch (error) {
      this.#hasFailed = true;
      this.#renew(this.#commands, error);
      return null;
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#waitsSinceMs = null;
    }
  }

  /** Several commands at once. @returns whether all of them were done */
  async askAll(commands: (pipeline: ChainableCommander) => unknown): Promise<boolean> {
    const isDone = await this.ask(async (redis) => {
      const pipeline = redis.pipeline();
      commands(pipeline);
      for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
      return true;
    });
    return isDone ?? false;
  }

  /** Every entry of a stream from its beginning on, until `unfollow`; after a lost connection some come again. */
  follow(key: string, onEntry: (entry: Entry) => void): void {
    this.#followed.set(key, { lastId: '0', onEntry });
    if (!this.#isReading) void this.#read();
  }

  unfollow(key: string): void {
    this.#followed.delete(key);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#followed.clear();
    this.#reader.disconnect();
    // What was written before is sent.
    await this.ask((redis) => redis.quit());
    this.#commands.disconnect();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    while (this.#followed.size > 0) {
      const keys = [...this.#followed.keys()];
      const ids = keys.map((key) => this.#followed.get(key)?.lastId ?? '0');
      let answer: Awaited<ReturnType<Redis['xread']>>;
      try {
        answer = await this.#reader.xread('COUNT', MOST_ENTRIES, 'BLOCK', BLOCK_MS, 'STREAMS', ...keys, ...ids);
      } catch (error) {
        if (this.#closing.signal.aborted) break;
        // A Redis that lost its data counts anew: what is known already is told apart by its number.
        for (const followed of this.#followed.values()) followed.lastId = '0';
        this.#renew(this.#reader, error);
        await pause(PAUSE_MS);
        continue;
      }
      // Not within the `try`: what is wrong with a message is no lost connection.
      for (const [key, entries] of answer ?? []) this.#take(key, entries);
      if (answer !== null) await pause(BREATH_MS);
    }
    this.#isReading = false;
  }

  /** A connection on which nothing comes is replaced; one that says why it refuses a command is as good as another one. */
  #renew(connection: Redis, error: unknown): void {
    const isRefused = error instanceof Error && error.name === 'ReplyError';
    if (this.#closing.signal.aborted || isRefused || connection.status !== 'ready' || this.#renewed.has(connection))
      return;
    // Where the other end is silent, too, it takes its time to close.
    this.#renewed.add(connection);
    connection.once('close', () => this.#renewed.delete(connection));
    connection.disconnect(true);
  }

  #take(key: string, entries: readonly [id: string, fields: string[]][]): void {
    for (const [id, fields] of entries) {
      const followed = this.#followed.get(key);
      if (followed === undefined) return;
      followed.lastId = id;
      const entry = new Map<string, string>();
      for (let at = 0; at + 1 < fields.length; at += 2) entry.set(fields[at] as string, fields[at + 1] as string);
      followed.onEntry(entry);
    }
  }
}
