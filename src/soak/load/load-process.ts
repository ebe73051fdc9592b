/**
 * Our end of one load process: what it is told, what it has said, and when it counts as lost.
 */
import { StartError } from '../../core/errors.ts';
import { type LostShard, lostPlace } from '../../record/lost-shard.ts';
import { NO_LOAD } from './load-status.ts';
import { shareOf, type Slice } from './pacer.ts';
import { NO_BEATS } from './recent.ts';
import type { ShardLink } from './shard-link.ts';
import type { FromShard, ResultJson, ToShard } from './shard-messages.ts';

export type ShardSample = Extract<FromShard, { type: 'sample' }>;
type Result = Extract<FromShard, { type: 'result' }>;

/** Nothing has happened yet. */
export const NO_SAMPLE: ShardSample = {
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

export class LoadProcess {
  lost: LostShard | null = null;
  latest = NO_SAMPLE;
  /** Everything that it had measured when it last told. */
  soFar: ResultJson | null = null;
  private readonly link: ShardLink;
  private readonly waiting = new Map<FromShard['type'] | 'lost', () => void>();
  private readonly seen = new Set<FromShard['type']>();
  private result: Result | null = null;
  private onSample: (sample: ShardSample) => void = () => {};
  /** Looks since it was last heard. */
  private stillLooks = 0;
  private readonly died: (reason: string) => void;

  constructor(link: ShardLink, slice: Slice, clients: number) {
    this.link = link;
    this.died = (reason) => {
      if (this.lost !== null || this.result !== null) return;
      const events = this.soFar?.summary.counts.events ?? 0;
      this.lost = { shard: slice.index, clients: shareOf(slice, clients), ...link.place, reason, events };
      for (const wake of this.waiting.values()) wake();
    };
    link.listen((message) => this.heard(message), this.died);
  }

  get startAheadMs(): number {
    return this.link.startAheadMs;
  }

  async ready(): Promise<void> {
    const timer = setTimeout(() => {
      this.died('was not ready in time');
      this.kill();
    }, this.link.readyWithinMs);
    await this.until('ready');
    clearTimeout(timer);
    if (this.lost !== null) throw new StartError(`${lostPlace(this.lost)} did not start: it ${this.lost.reason}`);
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

  tell(message: ToShard): void {
    this.link.tell(message);
  }

  kill(): void {
    this.link.kill();
  }

  /** Called once a second while it is waited for: gives it up when it has said nothing for more than `mostLooks`. */
  look(mostLooks: number): void {
    if (!this.link.isReachable()) return;
    this.stillLooks += 1;
    if (this.stillLooks <= mostLooks || this.result !== null || this.lost !== null) return;
    this.died(`hung: it reported nothing for ${mostLooks} s`);
    this.kill();
  }

  private heard(message: FromShard): void {
    // What it had told before is in the figures as it was then; told again it would be there twice.
    if (this.lost !== null) return;
    this.stillLooks = 0;
    if (message.type === 'alive') return;
    if (message.type === 'sample') {
      this.latest = message;
      this.soFar = message.soFar ?? this.soFar;
      this.onSample(message);
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
