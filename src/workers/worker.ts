/**
 * A worker: waits for shards of runs, and runs each as a load process of this machine, for one run at a time and for no more
 * clients than it has room for. It holds no load itself, so that its locks and its messages never wait for one.
 */
import { GeneratorLimitError, SseProbeError } from '../core/errors.ts';
import type { Clock } from '../core/clock.ts';
import { pause } from '../core/pause.ts';
import { printable } from '../core/printable.ts';
import { counted, formatCount } from '../core/units.ts';
import { networkIdentity } from '../machine/network-identity.ts';
import { checkDescriptors, checkSourcePorts, descriptorLimit, sourcePorts } from '../soak/capacity.ts';
import { ConnectionTable } from '../soak/load/connection-table.ts';
import { shareOf } from '../soak/load/pacer.ts';
import { checkConfirmed } from '../reach/confirm-target.ts';
import { clientsPerConnection } from '../reach/transport-spec.ts';
import { Channel } from './channel.ts';
import { channelKeys } from './keys.ts';
import { fromText } from './message-text.ts';
import { orderFrom } from './order.ts';
import { clockOffset, type ClockOffset } from './redis-clock.ts';
import { RedisLine } from './redis-line.ts';
import { holdingRun } from './run-lock.ts';
import { openSeal, type Seal } from './seal.ts';
import type { SentOrder } from './sent-order.ts';
import { OwnQueue, type ShardJob } from './shard-queue.ts';
import { ListedWorker } from './worker-list.ts';
import { WorkerShard } from './worker-shard.ts';

/** How long a worker that is to end waits until its runs have heard of it. */
const MOST_LEAVE_MS = 5000;
/** Files that a load process needs beside its clients. */
const OTHER_DESCRIPTORS = 64;

/** `Date.now()` has whole milliseconds. */
const DATE_STEP_MS = 1;

export interface WorkerOptions {
  url: string;
  name: string;
  /** Clients that it takes at once. */
  capacity: number;
  key: string | null;
  version: string;
  clock: Clock;
  /** What it does, as sentences without a full stop. */
  onNote: (text: string) => void;
}

export class LoadWorkerProcess {
  readonly #options: WorkerOptions;
  readonly #line: RedisLine;
  readonly #seal: Seal;
  readonly #listed: ListedWorker;
  readonly #table = new ConnectionTable();
  readonly #running = new Map<WorkerShard, number>();
  readonly #jobs = new Set<Promise<void>>();
  #queue: OwnQueue | null = null;

  private constructor(options: WorkerOptions, line: RedisLine, listed: ListedWorker, seal: Seal) {
    this.#options = options;
    this.#line = line;
    this.#listed = listed;
    this.#seal = seal;
  }

  /**
   * @throws {StartError} where Redis is not there · {UsageError} for a name that another worker has, and for a key that is
   *   too short
   */
  static async start(options: WorkerOptions, signal: AbortSignal): Promise<LoadWorkerProcess> {
    const { url, name, capacity, key, version, clock } = options;
    const seal = openSeal(key);
    const line = await RedisLine.connect(url, clock);
    try {
      const limit = (await descriptorLimit()) ?? Number.POSITIVE_INFINITY;
      const mostPerShard = Math.max(0, Math.min(capacity, limit - OTHER_DESCRIPTORS));
      const about = { name, capacity, mostPerShard, version, network: networkIdentity(), seal: seal.name };
      const listed = await ListedWorker.join(line, about, signal);
      const worker = new LoadWorkerProcess(options, line, listed, seal);
      worker.#queue = await OwnQueue.open(url, name, (data) => worker.#job(data as ShardJob));
      return worker;
    } catch (error) {
      await line.close();
      throw error;
    }
  }

  /** Ends its shards at once, says so to their runs, and leaves the list. */
  async stop(reason: string): Promise<void> {
    for (const shard of this.#running.keys()) shard.stop(reason);
    await this.#listed.leave();
    const over = new AbortController();
    await Promise.race([Promise.allSettled(this.#jobs), pause(MOST_LEAVE_MS, over.signal)]);
    over.abort();
    await this.#queue?.close();
    await this.#line.close();
  }

  async #job(job: ShardJob): Promise<void> {
    const taken = this.#take(job);
    this.#jobs.add(taken);
    await taken.finally(() => this.#jobs.delete(taken));
  }

  /** A job is data of a Redis that others may write to. */
  async #take(job: ShardJob): Promise<void> {
    const { run, shard, version } = job;
    if (![run, shard].every((part) => typeof part === 'string' && /^[\da-z]{1,32}$/.test(part))) return;
    const { clock, onNote } = this.#options;
    const line = this.#line;
    const holding = await holdingRun(line);
    // Nobody waits for it any more.
    if (holding !== 'unknown' && holding?.run !== run) return;
    const { down: from, up: to } = channelKeys(run, shard);
    const seal = this.#seal;
    const taken = new WorkerShard({
      line,
      table: this.#table,
      channel: (onMessage, onBroken) => new Channel({ line, clock, seal, to, from, onMessage, onBroken }),
    });
    if (version !== this.#options.version) {
      await taken.refuse(
        `was refused: it runs sse-probe ${this.#options.version}, and the soak ${printable(String(version))}`,
      );
      return;
    }
    try {
      const order = orderFrom(fromText(seal.open(String(job.order), `${from}/order`)));
      await this.#makeRoom(taken, order, run);
      const clients = shareOf(order.plan.slice, order.plan.clients);
      await this.#listed.say();
      onNote(`shard ${shard} of run ${run}: ${counted(clients, 'client')} to ${new URL(order.aim.url).host}`);
      // Not the clock of this process, which goes on from when it started: that of a load process starts now.
      const own = await clockOffset(line, () => Date.now(), DATE_STEP_MS);
      if (own === null) throw new GeneratorLimitError('its worker lost Redis');
      const aim = { ...order.aim, local: order.aim.local && job.network === networkIdentity() };
      const how = await taken.run({ ...order, aim }, shiftOf(own, job));
      onNote(`shard ${shard} of run ${run} ${how}`);
    } catch (error) {
      if (!(error instanceof SseProbeError)) throw error;
      this.#leave(taken);
      onNote(`shard ${shard} of run ${run} was refused: ${error.message}`);
      await taken.refuse(`was refused: ${error.message}`);
    } finally {
      this.#leave(taken);
      await this.#listed.say();
    }
  }

  #leave(shard: WorkerShard): void {
    this.#running.delete(shard);
    if (this.#running.size === 0) this.#listed.run = null;
  }

  /** @throws {UsageError} for a public target that is not confirmed · {GeneratorLimitError} for a second run, and for more clients than there is room for */
  async #makeRoom(shard: WorkerShard, { plan, aim }: SentOrder, run: string): Promise<void> {
    // Nobody makes a worker load a public address by writing into its Redis.
    checkConfirmed(new URL(aim.url), aim.address, plan);
    const { capacity } = this.#options;
    const other = this.#listed.run;
    if (other !== null && other !== run) throw new GeneratorLimitError('its worker still works for another run');
    this.#listed.run = run;
    const clients = shareOf(plan.slice, plan.clients);
    this.#running.set(shard, clients);
    const all = [...this.#running.values()].reduce((sum, each) => sum + each, 0);
    if (all > capacity)
      throw new GeneratorLimitError(
        `its worker has room for ${formatCount(capacity)} clients, and would have ${formatCount(all)}`,
      );
    const perConnection = clientsPerConnection(aim.transport);
    checkDescriptors(clients, await descriptorLimit(), perConnection);
    checkSourcePorts(Math.ceil(all / perConnection), aim.address, await sourcePorts());
  }
}

/** From the clock of this machine to that of the run, by way of that of Redis. */
function shiftOf(own: ClockOffset, { clock }: ShardJob): ClockOffset {
  return {
    offsetMs: own.offsetMs - (Number(clock?.offsetMs) || 0),
    errorMs: own.errorMs + (Number(clock?.errorMs) || 0),
  };
}
