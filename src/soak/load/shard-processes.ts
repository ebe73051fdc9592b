/**
 * Several load processes on this machine, as one load. One clock and one start; what they hear is added up
 * once a second and merged at the end. A process that dies is named, and the others go on.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FoundFields } from '../../accounts/field-search.ts';
import type { Clock } from '../../core/clock.ts';
import type { Incident } from '../../core/incidents.ts';
import { StartError } from '../../core/errors.ts';
import { TimeHistogram } from '../../measure/histogram.ts';
import type { LostShard } from '../../record/run-record.ts';
import { ConnectionTable } from './connection-table.ts';
import type { LoadGenerator, LoadResult, LoadSample } from './load-generator.ts';
import { mergeResults } from './merged-result.ts';
import type { Aim } from './shard.ts';
import type { FromShard, ToShard } from './shard-messages.ts';
import type { ShardPlan } from './shard-plan.ts';

const PROGRAM = fileURLToPath(new URL('./shard-process.js', import.meta.url));
const READY_TIMEOUT_MS = 15_000;
/** Time for the order to start to reach all of them. */
const START_AHEAD_MS = 300;
const SAMPLE_MS = 1000;

export interface ShardOrder {
  plan: ShardPlan;
  aim: Aim;
  bearer: string | null;
  version: string;
}

export class ShardProcesses implements LoadGenerator {
  private readonly shards: ShardProcess[];
  private readonly clock: Clock;
  private readonly targetDown: () => boolean;
  private tally = new Tally();
  /** What the first process found that found anything: all of them read the same. */
  private found: FoundFields = { sequence: null, time: null };

  private constructor(shards: ShardProcess[], targetDown: () => boolean, clock: Clock) {
    this.shards = shards;
    this.targetDown = targetDown;
    this.clock = clock;
  }

  /** @throws {StartError} when one of them is not ready in time */
  static async start(orders: readonly ShardOrder[], targetDown: () => boolean, clock: Clock): Promise<ShardProcesses> {
    const table = new ConnectionTable();
    const shards = orders.map((order, index) => new ShardProcess(index, order, table));
    try {
      await Promise.all(shards.map((shard) => shard.ready()));
    } catch (error) {
      for (const shard of shards) shard.kill();
      throw error;
    }
    return new ShardProcesses(shards, targetDown, clock);
  }

  async run(signal: AbortSignal, onSample: (sample: LoadSample) => void): Promise<void> {
    const end = (): void => {
      for (const shard of this.shards) shard.tell({ type: 'end', targetDown: this.targetDown() });
    };
    signal.addEventListener('abort', end, { once: true });
    const atMs = this.clock.wallMs() + START_AHEAD_MS;
    for (const shard of this.shards) shard.start(atMs, (sample) => this.heard(sample));
    const sampler = setInterval(() => onSample(this.takeSample()), SAMPLE_MS);
    if (signal.aborted) end();
    await Promise.all(this.shards.map((shard) => shard.closed()));
    clearInterval(sampler);
    signal.removeEventListener('abort', end);
    onSample(this.takeSample());
  }

  incident(incident: Incident): void {
    for (const shard of this.shards) shard.tell({ type: 'incident', incident });
  }

  async leave(): Promise<LoadResult> {
    const results = await Promise.all(this.shards.map((shard) => shard.leave()));
    const lost = this.shards.flatMap((shard) => (shard.lost === null ? [] : [shard.lost]));
    return mergeResults(
      results.filter((result) => result !== null),
      lost,
    );
  }

  private heard(sample: Sample): void {
    this.tally.add(sample);
    const { sequence, time } = this.found;
    this.found = { sequence: sequence ?? sample.found.sequence, time: time ?? sample.found.time };
    if (this.found.sequence === sequence && this.found.time === time) return;
    for (const shard of this.shards) shard.tell({ type: 'fields', found: this.found });
  }

  private takeSample(): LoadSample {
    const alive = this.shards.filter(({ lost }) => lost === null);
    const { events, drops, latency } = this.tally;
    this.tally = new Tally();
    const clients = sum(alive.map((shard) => shard.latest.clients));
    return {
      clients,
      mostOpen: clients,
      evictions: sum(this.shards.map((shard) => shard.latest.evictions)),
      dropsSoFar: sum(this.shards.map((shard) => shard.latest.dropsSoFar)),
      turnedAway: sum(this.shards.map((shard) => shard.latest.turnedAway)),
      left: sum(this.shards.map((shard) => shard.latest.left)),
      events,
      drops,
      latency,
      soFar: this.soFar(),
    };
  }

  /** The results of all processes so far, the dead ones as they were last heard; null until each has told. */
  private soFar(): LoadResult | null {
    const told = this.shards.flatMap(({ latest: { soFar } }) => (soFar === null ? [] : [soFar]));
    return told.length < this.shards.length ? null : mergeResults(told, []);
  }
}

type Sample = Extract<FromShard, { type: 'sample' }>;
type Result = Extract<FromShard, { type: 'result' }>;

class Tally {
  events = 0;
  drops = 0;
  readonly latency = new TimeHistogram();

  add({ events, drops, latency }: Sample): void {
    this.events += events;
    this.drops += drops;
    if (latency !== '') this.latency.add(TimeHistogram.decode(latency));
  }
}

/** Our end of one load process. */
class ShardProcess {
  lost: LostShard | null = null;
  latest: Sample = {
    type: 'sample',
    clients: 0,
    evictions: 0,
    events: 0,
    drops: 0,
    dropsSoFar: 0,
    turnedAway: 0,
    left: 0,
    latency: '',
    found: { sequence: null, time: null },
    soFar: null,
  };
  private readonly child: ChildProcess;
  private readonly waiting = new Map<FromShard['type'] | 'lost', () => void>();
  private readonly seen = new Set<FromShard['type']>();
  private result: Result | null = null;
  private onSample: (sample: Sample) => void = () => {};
  private readonly table: ConnectionTable;

  constructor(index: number, { plan, aim, bearer, version }: ShardOrder, table: ConnectionTable) {
    this.table = table;
    // Advanced serialization keeps NaN and the like; what is sent is plain data all the same.
    this.child = fork(PROGRAM, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const clients = Math.floor((plan.clients + plan.slice.count - 1 - plan.slice.index) / plan.slice.count);
    this.child.on('message', (message: FromShard) => this.heard(message));
    this.child.once('error', (error) => this.died(index, clients, error.message));
    this.child.once('exit', (code, signal) => {
      if (this.result === null)
        this.died(index, clients, signal === null ? `exited with code ${code}` : `was ended by ${signal}`);
    });
    this.tell({ type: 'plan', plan, aim: { ...aim, url: aim.url.href }, bearer, version });
  }

  async ready(): Promise<void> {
    const timer = setTimeout(() => this.kill(), READY_TIMEOUT_MS);
    await this.until('ready');
    clearTimeout(timer);
    if (this.lost !== null) throw new StartError(`a load process did not start: it ${this.lost.reason}`);
  }

  start(atMs: number, onSample: (sample: Sample) => void): void {
    this.onSample = onSample;
    this.tell({ type: 'start', atMs });
  }

  closed(): Promise<void> {
    return this.until('closed');
  }

  async leave(): Promise<Result | null> {
    this.tell({ type: 'leave' });
    await this.until('result');
    return this.result;
  }

  /** To one that is gone nothing can be said; its exit is heard of anyway. */
  tell(message: ToShard): void {
    if (this.child.connected) this.child.send(message, () => {});
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private heard(message: FromShard): void {
    if (message.type === 'sample') {
      this.latest = message;
      this.onSample(message);
      return;
    }
    if (message.type === 'rows') {
      void this.table.read(message.asked).then((seen) => this.tell({ type: 'rows', seen }));
      return;
    }
    if (message.type === 'hurry') {
      this.table.hurry();
      return;
    }
    if (message.type === 'result') this.result = message;
    this.seen.add(message.type);
    this.waiting.get(message.type)?.();
  }

  private died(shard: number, clients: number, reason: string): void {
    if (this.lost !== null) return;
    this.lost = { shard, clients, pid: this.child.pid ?? 0, reason };
    for (const wake of this.waiting.values()) wake();
  }

  /** Until it said so, or died. */
  private async until(type: FromShard['type']): Promise<void> {
    if (this.lost !== null || this.seen.has(type)) return;
    await new Promise<void>((resolve) => {
      this.waiting.set(type, resolve);
    });
    this.waiting.delete(type);
  }
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}
