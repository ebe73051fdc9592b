/**
 * One run at a time has the workers of a Redis: the key says which, and expires when its coordinator does not renew it. So
 * workers know within seconds that a coordinator is gone.
 */
import { printable } from '../core/printable.ts';
import { RUN_KEY } from './keys.ts';
import type { RedisLine } from './redis-line.ts';

const KEPT_MS = 10_000;
const RENEWED_EVERY_MS = 2000;

/** Takes it where it is free or is ours: a Redis that restarted may have lost it. */
const TAKE = `
local there = redis.call('GET', KEYS[1])
if there and there ~= ARGV[1] then return there end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false`;

const GIVE_BACK = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** What others are told of a run that has the workers. */
export interface HoldingRun {
  run: string;
  /** What it loads, without secrets, and since when. */
  target: string;
  since: string;
}

export class RunLock {
  readonly #line: RedisLine;
  readonly #text: string;
  #timer: NodeJS.Timeout | null = null;

  constructor(line: RedisLine, holding: HoldingRun) {
    this.#line = line;
    this.#text = JSON.stringify(holding);
  }

  /** @returns the run that has it instead, `free` once it is ours, or null where Redis could not be asked */
  async take(): Promise<HoldingRun | 'free' | null> {
    const there = await this.#line.ask(async (redis) => [await redis.eval(TAKE, 1, RUN_KEY, this.#text, KEPT_MS)]);
    if (there === null) return null;
    if (typeof there[0] === 'string')
      return holdingFrom(there[0]) ?? { run: '', target: 'something', since: 'a while ago' };
    this.#timer ??= setInterval(() => {
      void this.#line.ask((redis) => redis.eval(TAKE, 1, RUN_KEY, this.#text, KEPT_MS));
    }, RENEWED_EVERY_MS);
    return 'free';
  }

  async giveBack(): Promise<void> {
    clearInterval(this.#timer ?? undefined);
    await this.#line.ask((redis) => redis.eval(GIVE_BACK, 1, RUN_KEY, this.#text));
  }
}

/** The run that has the workers now; null where there is none, `unknown` where Redis could not be asked. */
export async function holdingRun(line: RedisLine): Promise<HoldingRun | null | 'unknown'> {
  const there = await line.ask(async (redis) => [await redis.get(RUN_KEY)]);
  if (there === null) return 'unknown';
  return holdingFrom(there[0] ?? null);
}

/** Hostile text. */
function holdingFrom(text: string | null): HoldingRun | null {
  if (text === null) return null;
  try {
    const { run, target, since } = JSON.parse(text) as Record<keyof HoldingRun, unknown>;
    if (typeof run !== 'string' || typeof target !== 'string' || typeof since !== 'string') return null;
    return { run, target: printable(target), since: printable(since) };
  } catch {
    return null;
  }
}
