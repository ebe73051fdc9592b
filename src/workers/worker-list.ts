/**
 * The workers of a Redis: each says every second and a half that it is there, and what it has room for. One that has said
 * nothing for five seconds is gone.
 */
import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import { printable } from '../core/printable.ts';
import { StartError, UsageError } from '../core/errors.ts';
import { pause } from '../core/pause.ts';
import { workerKey, WORKERS_KEY, KEPT_MS } from './keys.ts';
import type { Room } from './assignment.ts';
import type { RedisLine } from './redis-line.ts';

const THERE_MS = 5000;
const SAID_EVERY_MS = 1500;
/** Longer than one that was killed counts as there. */
const MOST_WAIT_MS = THERE_MS + 2000;
const MOST_WORKERS = 10_000;

/** Nothing is replaced or deleted that another one has written: what is written begins with an id. */
const SAY = `
local there = redis.call('GET', KEYS[1])
if there and string.sub(there, 1, #ARGV[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;
const LEAVE = `
local there = redis.call('GET', KEYS[1])
if there and string.sub(there, 1, #ARGV[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1`;

/** What a worker says of itself. */
export interface WorkerThere extends Room {
  version: string;
  host: string;
  pid: number;
  network: string;
  /** What its key is known by, without being it (seal.ts). */
  seal: string;
  /** The run that it works for; null while it is free. */
  run: string | null;
}

/** A worker of this process, in the list until `leave`. */
export class ListedWorker {
  readonly #line: RedisLine;
  readonly #id = randomUUID();
  readonly #begin = JSON.stringify({ id: this.#id }).slice(0, -1);
  readonly #about: Omit<WorkerThere, 'run' | 'host' | 'pid'>;
  #timer: NodeJS.Timeout | null = null;
  #hasLeft = false;
  run: string | null = null;

  private constructor(line: RedisLine, about: Omit<WorkerThere, 'run' | 'host' | 'pid'>) {
    this.#line = line;
    this.#about = about;
  }

  /**
   * @throws {UsageError} where one of that name is there and stays · {StartError} where Redis cannot be asked for as long
   */
  static async join(
    line: RedisLine,
    about: Omit<WorkerThere, 'run' | 'host' | 'pid'>,
    signal: AbortSignal,
  ): Promise<ListedWorker> {
    const own = new ListedWorker(line, about);
    // One of that name that was killed is in the list for some seconds.
    let taken = await own.#takeName();
    for (
      let waitedMs = 0;
      taken !== 'taken' && waitedMs <= MOST_WAIT_MS && !signal.aborted;
      waitedMs += SAID_EVERY_MS
    ) {
      await pause(SAID_EVERY_MS, signal);
      taken = await own.#takeName();
    }
    if (taken === 'lost') throw new StartError('Redis does not answer, or does not allow SET');
    if (taken === 'busy')
      throw new UsageError(`a worker with the name ${about.name} is there already`, {
        hint: 'Give each worker a --name of its own.',
      });
    own.#timer = setInterval(() => void own.say(), SAID_EVERY_MS);
    await own.say();
    return own;
  }

  /** A worker that was held up for so long that another one has its name by now is not listed any more. */
  async say(): Promise<void> {
    if (this.#hasLeft) return;
    const { name } = this.#about;
    const text = JSON.stringify({ id: this.#id, ...this.#about, host: hostname(), pid: process.pid, run: this.run });
    const isSaid = await this.#line.ask((redis) => redis.eval(SAY, 1, workerKey(name), this.#begin, text, THERE_MS));
    if (isSaid !== 1) return;
    await this.#line.askAll((pipeline) => pipeline.zadd(WORKERS_KEY, Date.now(), name).pexpire(WORKERS_KEY, KEPT_MS));
  }

  async leave(): Promise<void> {
    this.#hasLeft = true;
    clearInterval(this.#timer ?? undefined);
    const { name } = this.#about;
    const isGone = await this.#line.ask((redis) => redis.eval(LEAVE, 1, workerKey(name), this.#begin));
    if (isGone === 1) await this.#line.ask((redis) => redis.zrem(WORKERS_KEY, name));
  }

  async #takeName(): Promise<'taken' | 'busy' | 'lost'> {
    const key = workerKey(this.#about.name);
    const taken = await this.#line.ask(async (redis) => [
      await redis.set(key, `${this.#begin}}`, 'PX', THERE_MS, 'NX'),
    ]);
    if (taken === null) return 'lost';
    return taken[0] === 'OK' ? 'taken' : 'busy';
  }
}

/** @returns in the order of their names; null where Redis could not be asked */
export async function workersThere(line: RedisLine): Promise<WorkerThere[] | null> {
  const names = await line.ask((redis) => redis.zrange(WORKERS_KEY, 0, MOST_WORKERS));
  if (names === null) return null;
  if (names.length === 0) return [];
  const texts = await line.ask((redis) => redis.mget(names.map((name) => workerKey(name))));
  if (texts === null) return null;
  const gone = names.filter((_name, index) => texts[index] === null);
  if (gone.length > 0) await line.ask((redis) => redis.zrem(WORKERS_KEY, ...gone));
  const there = texts.flatMap((text, index) => workerFrom(text, names[index] as string) ?? []);
  return there.toSorted((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }));
}

/** Hostile text: what is no worker is left out, and what has another name than its key. */
function workerFrom(text: string | null, key: string): WorkerThere | null {
  if (text === null) return null;
  let said: Partial<Record<keyof WorkerThere, unknown>>;
  try {
    said = Object(JSON.parse(text)) as typeof said;
  } catch {
    return null;
  }
  const { name, version, host, network, seal, run, capacity, mostPerShard, pid } = said;
  const isWorker = name === key && name === printable(key) && [version, host, network, seal].every(isText);
  if (!isWorker || ![capacity, mostPerShard, pid].every(isCount)) return null;
  return {
    name: key,
    version: printable(String(version)),
    host: printable(String(host)),
    network: String(network),
    seal: String(seal),
    capacity: Number(capacity),
    mostPerShard: Number(mostPerShard),
    pid: Number(pid),
    run: isText(run) ? run : null,
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
