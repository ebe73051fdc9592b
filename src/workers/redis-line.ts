/**
 * What a coordinator or a worker has of its Redis: a connection for commands, one that waits for messages, and since when
 * nothing has come through. A connection that is half open shows by a command that nobody answers.
 */
import type { ChainableCommander, Redis } from 'ioredis';
import type { Clock } from '../core/clock.ts';
import { ANSWER_MS, connectRedis } from '../redis/redis-client.ts';

const BLOCK_MS = 1000;
const MOST_ENTRIES = 200;
const PAUSE_MS = 200;
/** Behind a lost connection: no command has been answered for so long. */
const UNREACHABLE_MS = 2500;

/** Fields of one entry of a stream. */
export type Entry = ReadonlyMap<string, string>;

export class RedisLine {
  readonly #commands: Redis;
  readonly #reader: Redis;
  readonly #clock: Clock;
  readonly #followed = new Map<string, { lastId: string; onEntry: (entry: Entry) => void }>();
  #heardMs: number;
  #isReading = false;
  #isClosed = false;

  private constructor([commands, reader]: readonly [Redis, Redis], clock: Clock) {
    this.#commands = commands;
    this.#reader = reader;
    this.#clock = clock;
    this.#heardMs = clock.nowMs();
  }

  /** @throws {StartError} when Redis or its client cannot be had */
  static async connect(url: string, clock: Clock): Promise<RedisLine> {
    return new RedisLine(await connectRedis(url, [{}, { commandTimeout: BLOCK_MS + ANSWER_MS }]), clock);
  }

  /** How long nothing has come through; 0 while all is well. Through one that is closed nothing comes any more. */
  get lostMs(): number {
    if (this.#isClosed) return Number.POSITIVE_INFINITY;
    const silentMs = this.#clock.nowMs() - this.#heardMs;
    return this.#commands.status === 'ready' && silentMs < UNREACHABLE_MS ? 0 : silentMs;
  }

  /**
   * @param command one command; several of a pipeline go with `askAll`, since a pipeline never fails
   * @returns what the command gives, or null where Redis could not be asked, which `lostMs` counts
   */
  async ask<Given>(command: (redis: Redis) => Promise<Given>): Promise<Given | null> {
    try {
      const given = await command(this.#commands);
      this.#heardMs = this.#clock.nowMs();
      return given;
    } catch {
      if (!this.#isClosed && this.#commands.status === 'ready' && this.lostMs > 0) this.#commands.disconnect(true);
      return null;
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
    this.#isClosed = true;
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
      try {
        const answer = await this.#reader.xread('COUNT', MOST_ENTRIES, 'BLOCK', BLOCK_MS, 'STREAMS', ...keys, ...ids);
        this.#heardMs = this.#clock.nowMs();
        for (const [key, entries] of answer ?? []) this.#take(key, entries);
      } catch {
        if (this.#isClosed) break;
        // A Redis that lost its data counts anew: what is known already is told apart by its number.
        for (const followed of this.#followed.values()) followed.lastId = '0';
        if (this.#reader.status === 'ready') this.#reader.disconnect(true);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
    this.#isReading = false;
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
