/**
 * The coordinator of a run over workers: takes the workers of a Redis for itself, waits until they have room for all
 * clients, and opens the ways to their load processes. From there on the run goes as with load processes of its own.
 *
 * It refuses a worker of another version or key, by name: results of two versions cannot be merged.
 */
import { randomBytes } from 'node:crypto';
import { GeneratorLimitError, SseProbeError } from '../core/errors.ts';
import type { Clock } from '../core/clock.ts';
import { pause } from '../core/pause.ts';
import { counted, formatCount, formatDuration } from '../core/units.ts';
import { networkIdentity } from '../machine/network-identity.ts';
import type { LoadWorker } from '../record/load-worker.ts';
import { redisName } from '../redis/redis-url.ts';
import { shareOf } from '../soak/load/pacer.ts';
import type { ShardLink, ShardOrder } from '../soak/load/shard-link.ts';
import type { LoadWorkers } from '../soak/load/start-generator.ts';
import { assign, type Wanted } from './assignment.ts';
import { Channel } from './channel.ts';
import { channelKeys } from './keys.ts';
import { toText } from './message-text.ts';
import { clockOffset, type ClockOffset } from './redis-clock.ts';
import { RedisLine } from './redis-line.ts';
import { RemoteShard } from './remote-shard.ts';
import { RunLock } from './run-lock.ts';
import { openSeal, type Seal } from './seal.ts';
import { checkSecrets, orderFor } from './sent-order.ts';
import { ShardQueues } from './shard-queue.ts';
import { workersThere, type WorkerThere } from './worker-list.ts';

const LOOK_MS = 500;
const RUN_BYTES = 6;

export interface ReserveOptions extends Wanted {
  url: string;
  /** How long workers that are missing or busy are waited for. */
  waitMs: number;
  /** Encrypts what goes through Redis; null where nothing is encrypted. */
  key: string | null;
  version: string;
  /** What is loaded, as others who want the workers are told. */
  target: string;
  /** The target listens on loopback, so that only workers of this machine reach it. */
  isLocal: boolean;
  clock: Clock;
  signal: AbortSignal;
  /** Told what is waited for, each time that it is something else. */
  onWait: (text: string) => void;
}

/** @throws {GeneratorLimitError} where Redis is not there, or the workers are not in time · {UsageError} for a key that is too short */
export async function reserveWorkers(options: ReserveOptions): Promise<ReservedWorkers> {
  const seal = openSeal(options.key);
  const line = await asGeneratorLimit(RedisLine.connect(options.url, options.clock));
  const run = randomBytes(RUN_BYTES).toString('hex');
  const lock = new RunLock(line, {
    run,
    target: options.target,
    since: new Date(options.clock.wallMs()).toISOString(),
  });
  try {
    const { names, there } = await waitFor(options, { line, lock, seal });
    const offset = await clockOffset(line, () => options.clock.wallMs(), 0);
    if (offset === null) throw new GeneratorLimitError(`Redis at ${redisName(options.url)} was lost`);
    const queues = await asGeneratorLimit(ShardQueues.connect(options.url));
    return new ReservedWorkers({ ...options, line, lock, seal, queues, run, names, there, offset });
  } catch (error) {
    await lock.giveBack();
    await line.close();
    throw error;
  }
}

/** What prevents a run from beginning on our side says nothing of the target. */
async function asGeneratorLimit<Given>(given: Promise<Given>): Promise<Given> {
  try {
    return await given;
  } catch (error) {
    if (!(error instanceof SseProbeError)) throw error;
    throw new GeneratorLimitError(error.message, {
      hint: error.hint ?? 'Start it, or give its URL with --redis.',
      cause: error,
    });
  }
}

interface Found {
  names: string[];
  there: WorkerThere[];
}

async function waitFor(
  options: ReserveOptions,
  { line, lock, seal }: { line: RedisLine; lock: RunLock; seal: Seal },
): Promise<Found> {
  const { clock, signal, waitMs, onWait, clients } = options;
  const untilMs = clock.nowMs() + waitMs;
  let said = '';
  for (;;) {
    const holding = await lock.take();
    const there = holding === 'free' ? await workersThere(line) : null;
    let missing: string;
    if (holding === null || (holding === 'free' && there === null))
      missing = `Redis at ${redisName(options.url)} does not answer`;
    else if (holding !== 'free') missing = `another soak has the workers, of ${holding.target}, since ${holding.since}`;
    else {
      const free = (there ?? []).filter((worker) => refusal(worker, seal, options) === null);
      const names = assign(options, free);
      if (names !== null) return { names, there: free };
      missing = lack(there ?? [], free, { options, seal });
    }
    if (clock.nowMs() >= untilMs || signal.aborted) {
      throw new GeneratorLimitError(`the workers cannot take ${counted(clients, 'client')}: ${missing}`, {
        hint: 'Start more of them (sse-probe worker --redis URL), or wait longer (--wait-for-workers 5m).',
      });
    }
    if (missing !== said) onWait(`waiting up to ${formatDuration(waitMs)}: ${missing}`);
    said = missing;
    await pause(Math.min(LOOK_MS, Math.max(untilMs - clock.nowMs(), 1)), signal);
  }
}

function refusal(worker: WorkerThere, seal: Seal, { version, isLocal }: ReserveOptions): string | null {
  if (worker.version !== version) return `runs sse-probe ${worker.version}, and this is ${version}`;
  if (worker.seal !== seal.name) return 'has another SSE_PROBE_KEY, or none';
  if (isLocal && worker.network !== networkIdentity())
    return `runs on ${worker.host}, and the target listens on loopback here`;
  return worker.run === null ? null : 'still works for the run before';
}

function lack(
  there: readonly WorkerThere[],
  free: readonly WorkerThere[],
  { options, seal }: { options: ReserveOptions; seal: Seal },
): string {
  if (there.length === 0) return 'no worker is there';
  const refused = there.flatMap((worker) => {
    const why = refusal(worker, seal, options);
    return why === null ? [] : [`worker ${worker.name} ${why}`];
  });
  const room = free.reduce((sum, { capacity }) => sum + capacity, 0);
  const has = `${counted(free.length, 'worker')} with room for ${counted(room, 'client')} can be used`;
  const split =
    options.shards === null
      ? ''
      : `, in ${counted(options.shards, 'shard')} of up to ${formatCount(Math.ceil(options.clients / options.shards))}`;
  return [has + split, ...refused].join('; ');
}

interface Reserved extends ReserveOptions, Found {
  line: RedisLine;
  lock: RunLock;
  seal: Seal;
  queues: ShardQueues;
  run: string;
  /** From the clock of this machine to that of Redis. */
  offset: ClockOffset;
}

export class ReservedWorkers implements LoadWorkers {
  readonly count: number;
  readonly list: readonly LoadWorker[];
  readonly #reserved: Reserved;
  readonly #shards: RemoteShard[] = [];

  constructor(reserved: Reserved) {
    const { names, there, clients } = reserved;
    this.#reserved = reserved;
    this.count = names.length;
    const slices = names.map((name, index) => ({ name, clients: shareOf({ index, count: names.length }, clients) }));
    this.list = there.flatMap(({ name, host }) => {
      const own = slices.filter((slice) => slice.name === name);
      if (own.length === 0) return [];
      const sum = own.reduce((all, slice) => all + slice.clients, 0);
      return [{ name, host, shards: own.length, clients: sum, clockAheadMs: null, clockErrorMs: null }];
    });
  }

  /** Several loads may follow one another in a run: each has shards of its own. */
  open({ plan, aim, bearer, version }: ShardOrder): ShardLink {
    const { line, clock, seal, run, names, key, queues, offset } = this.#reserved;
    const order = orderFor(plan, aim, bearer, version);
    checkSecrets(order, key !== null);
    const worker = names[plan.slice.index % names.length] as string;
    const shard = String(this.#shards.length);
    const { down: to, up: from } = channelKeys(run, shard);
    const opened = new RemoteShard({
      worker,
      line,
      channel: (onMessage, onBroken) => new Channel({ line, clock, seal, to, from, onMessage, onBroken }),
      onClock: ({ aheadMs, errorMs }) => {
        const listed = this.list.find(({ name }) => name === worker);
        if (listed !== undefined) Object.assign(listed, { clockAheadMs: aheadMs, clockErrorMs: errorMs });
      },
    });
    this.#shards.push(opened);
    const sealed = seal.seal(toText(order), `${to}/order`);
    queues
      .add(worker, { run, shard, version, order: sealed, clock: offset, network: networkIdentity() })
      .catch((error: unknown) => opened.fail(`was not given its order: ${(error as Error).message}`));
    return opened;
  }

  /** Gives the workers back, and leaves nothing of the run in Redis. */
  async release(): Promise<void> {
    const { line, lock, queues } = this.#reserved;
    for (const shard of this.#shards) shard.close();
    await lock.giveBack();
    await queues.close();
    await line.close();
  }
}
