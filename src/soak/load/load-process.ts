/**
 * Our end of one load process that is a child of the run: what it is told, what it has said, and when it counts as lost.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StartError } from '../../core/errors.ts';
import { endsWithUs } from '../../machine/own-children.ts';
import type { LostShard } from '../../record/run-record.ts';
import type { ConnectionTable } from './connection-table.ts';
import { NO_LOAD } from './load-status.ts';
import { NO_BEATS } from './recent.ts';
import type { Aim } from './shard.ts';
import type { FromShard, ToShard } from './shard-messages.ts';
import type { ShardPlan } from './shard-plan.ts';

/** `shard-process.ts`, bundled with the command line (scripts/build.mjs). */
const PROGRAM = fileURLToPath(new URL('../../cli/shard-process.cjs', import.meta.url));
const READY_TIMEOUT_MS = 15_000;

export interface ShardOrder {
  plan: ShardPlan;
  aim: Aim;
  bearer: string | null;
  version: string;
}

export type ShardSample = Extract<FromShard, { type: 'sample' }>;
type Result = Extract<FromShard, { type: 'result' }>;

export class LoadProcess {
  lost: LostShard | null = null;
  latest: ShardSample = {
    type: 'sample',
    clients: 0,
    evictions: 0,
    events: 0,
    drops: 0,
    dropsByCause: undefined,
    dropsSoFar: 0,
    turnedAway: 0,
    left: 0,
    status: NO_LOAD,
    latency: '',
    reconnects: 0,
    refused: 0,
    beats: NO_BEATS,
    delayMs: 0,
    found: { sequence: null, time: null },
    soFar: null,
  };
  private readonly child: ChildProcess;
  private readonly waiting = new Map<FromShard['type'] | 'lost', () => void>();
  private readonly seen = new Set<FromShard['type']>();
  private result: Result | null = null;
  private onSample: (sample: ShardSample) => void = () => {};
  /** Looks since it was last heard. */
  private stillLooks = 0;
  private readonly died: (reason: string) => void;
  private readonly table: ConnectionTable;

  constructor(index: number, { plan, aim, bearer, version }: ShardOrder, table: ConnectionTable) {
    this.table = table;
    // Advanced serialization keeps NaN and the like; what is sent is plain data all the same.
    this.child = endsWithUs(
      fork(PROGRAM, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
    );
    const clients = Math.floor((plan.clients + plan.slice.count - 1 - plan.slice.index) / plan.slice.count);
    this.died = (reason) => {
      if (this.lost !== null || this.result !== null) return;
      this.lost = { shard: index, clients, pid: this.child.pid ?? 0, reason };
      for (const wake of this.waiting.values()) wake();
    };
    this.child.on('message', (message: FromShard) => this.heard(message));
    this.child.once('error', (error) => this.died(error.message));
    this.child.once('exit', (code, signal) => {
      this.died(signal === null ? `exited with code ${code}` : `was ended by ${signal}`);
    });
    this.tell({ type: 'plan', plan, aim: { ...aim, url: aim.url.href }, bearer, version });
  }

  async ready(): Promise<void> {
    const timer = setTimeout(() => this.kill(), READY_TIMEOUT_MS);
    await this.until('ready');
    clearTimeout(timer);
    if (this.lost !== null) throw new StartError(`a load process did not start: it ${this.lost.reason}`);
  }

  start(atMs: number, onSample: (sample: ShardSample) => void): void {
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

  /** Called once a second while it is waited for: gives it up when it has said nothing for more than `mostLooks`. */
  look(mostLooks: number): void {
    this.stillLooks += 1;
    if (this.stillLooks <= mostLooks || this.result !== null || this.lost !== null) return;
    this.died(`hung: it reported nothing for ${mostLooks} s`);
    this.kill();
  }

  private heard(message: FromShard): void {
    this.stillLooks = 0;
    if (message.type === 'alive') return;
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

  /** Until it said so, or died. */
  private async until(type: FromShard['type']): Promise<void> {
    if (this.lost !== null || this.seen.has(type)) return;
    await new Promise<void>((resolve) => {
      this.waiting.set(type, resolve);
    });
    this.waiting.delete(type);
  }
}
