/**
 * Several load processes, on this machine or on others, as one load. One clock and one start; what they hear is added up
 * once a second and merged at the end. A process that dies, or stands still, is named, and the others go on.
 *
 * Each process says once a second that it lives, whatever it does. How long it has said nothing is counted in looks of
 * ours and not by the clock: when this process stood still itself, or the machine slept, nobody is missed.
 */
import type { FoundFields } from '../../accounts/field-search.ts';
import type { Clock } from '../../core/clock.ts';
import type { Incident } from '../../core/incidents.ts';
import { pause } from '../../core/pause.ts';
import type { LoadStatus } from '../../core/run-events.ts';
import { TimeHistogram } from '../../measure/histogram.ts';
import { addDrops, type DropsByCause } from '../../record/series-point.ts';
import type { LoadGenerator, LoadResult, LoadSample } from './load-generator.ts';
import { LoadProcess, type ShardSample } from './load-process.ts';
import { addedUp } from './load-status.ts';
import { mergeResults } from './merged-result.ts';
import { addBeats, NO_BEATS } from './recent.ts';
import type { OpenShard, ShardOrder } from './shard-link.ts';

const SAMPLE_MS = 1000;
const LOOK_MS = 1000;
/** Looks behind which a process that said nothing stands still; fewer once somebody has asked the run to end. */
const STILL_LOOKS = { running: 15, ending: 7 } as const;

export interface ShardProcessesOptions {
  open: OpenShard;
  targetDown: () => boolean;
  /** Its samples hold everything measured so far. */
  tellsSoFar: boolean;
  clock: Clock;
}

export class ShardProcesses implements LoadGenerator {
  private readonly shards: LoadProcess[];
  private readonly clock: Clock;
  private readonly targetDown: () => boolean;
  private readonly tellsSoFar: boolean;
  private tally = new Tally();
  /** What the first process found that found anything: all of them read the same. */
  private found: FoundFields = { sequence: null, time: null };
  private isEnding = false;

  private constructor(shards: LoadProcess[], { targetDown, clock, tellsSoFar }: ShardProcessesOptions) {
    this.shards = shards;
    this.targetDown = targetDown;
    this.clock = clock;
    this.tellsSoFar = tellsSoFar;
  }

  /** @throws {StartError} when one of them is not ready in time */
  static async start(orders: readonly ShardOrder[], options: ShardProcessesOptions): Promise<ShardProcesses> {
    const shards = orders.map((order) => new LoadProcess(options.open(order), order.plan.slice, order.plan.clients));
    try {
      await Promise.all(shards.map((shard) => shard.ready()));
    } catch (error) {
      for (const shard of shards) shard.kill();
      throw error;
    }
    return new ShardProcesses(shards, options);
  }

  async begin(signal: AbortSignal): Promise<void> {
    const aheadMs = Math.max(...this.shards.map(({ startAheadMs }) => startAheadMs));
    const atMs = this.clock.wallMs() + aheadMs;
    for (const shard of this.shards) shard.start(atMs, (sample) => this.heard(sample));
    await pause(aheadMs, signal);
  }

  async run(signal: AbortSignal, onSample: (sample: LoadSample) => void): Promise<void> {
    const end = (): void => {
      this.isEnding = true;
      for (const shard of this.shards) shard.tell({ type: 'end', targetDown: this.targetDown() });
    };
    signal.addEventListener('abort', end, { once: true });
    const sampler = setInterval(() => onSample(this.takeSample()), SAMPLE_MS);
    if (signal.aborted) end();
    await this.watched(this.shards.map((shard) => shard.closed()));
    clearInterval(sampler);
    signal.removeEventListener('abort', end);
    onSample(this.takeSample());
  }

  incident(incident: Incident): void {
    for (const shard of this.shards) shard.tell({ type: 'incident', incident });
  }

  async leave(): Promise<LoadResult> {
    const results = await this.watched(this.shards.map((shard) => shard.leave()));
    return mergeResults(
      results.filter((result) => result !== null),
      this.shards.flatMap(({ lost, soFar }) => (lost === null ? [] : [{ shard: lost, soFar }])),
    );
  }

  /** Waits for all processes, and gives up those that stand still. */
  private async watched<Said>(waits: readonly Promise<Said>[]): Promise<Said[]> {
    const looker = setInterval(() => {
      const most = this.isEnding ? STILL_LOOKS.ending : STILL_LOOKS.running;
      for (const shard of this.shards) shard.look(most);
    }, LOOK_MS);
    try {
      return await Promise.all(waits);
    } finally {
      clearInterval(looker);
    }
  }

  private heard(sample: ShardSample): void {
    this.tally.add(sample);
    const { sequence, time } = this.found;
    this.found = { sequence: sequence ?? sample.found.sequence, time: time ?? sample.found.time };
    if (this.found.sequence === sequence && this.found.time === time) return;
    for (const shard of this.shards) shard.tell({ type: 'fields', found: this.found });
  }

  private takeSample(): LoadSample {
    const alive = this.shards.filter(({ lost }) => lost === null);
    const lost = this.shards.filter((shard) => shard.lost !== null);
    const { events, drops, dropsByCause, latency, reconnects, refused, beats, delayMs } = this.tally;
    this.tally = new Tally();
    const clients = sum(alive.map((shard) => shard.latest.clients));
    return {
      clients,
      mostOpen: clients,
      evictions: sum(this.shards.map((shard) => shard.latest.evictions)),
      dropsSoFar: sum(this.shards.map((shard) => shard.latest.dropsSoFar)),
      turnedAway: sum(this.shards.map((shard) => shard.latest.turnedAway)),
      left: sum(this.shards.map((shard) => shard.latest.left)),
      status: addedUp(statusesOf(alive), statusesOf(lost)),
      events,
      drops,
      dropsByCause,
      latency,
      reconnects,
      refused,
      beats,
      delayMs,
      soFar: this.soFar(),
    };
  }

  /** The results of all processes so far, the dead ones as they were last heard; null until each has told. */
  private soFar(): LoadResult | null {
    if (!this.tellsSoFar) return null;
    const told = this.shards.flatMap(({ soFar }) => (soFar === null ? [] : [soFar]));
    return told.length < this.shards.length ? null : mergeResults(told, []);
  }
}

class Tally {
  events = 0;
  drops = 0;
  dropsByCause: DropsByCause | undefined = undefined;
  reconnects = 0;
  refused = 0;
  delayMs = 0;
  beats = NO_BEATS;
  readonly latency = new TimeHistogram();

  add({ events, drops, dropsByCause, latency, reconnects, refused, delayMs, beats }: ShardSample): void {
    this.events += events;
    this.drops += drops;
    this.dropsByCause = addDrops(this.dropsByCause, dropsByCause);
    this.reconnects += reconnects;
    this.refused += refused;
    this.delayMs = Math.max(this.delayMs, delayMs);
    this.beats = addBeats(this.beats, beats);
    if (latency !== '') this.latency.add(TimeHistogram.decode(latency));
  }
}

function statusesOf(shards: readonly LoadProcess[]): LoadStatus[] {
  return shards.map((shard) => shard.latest.status);
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}
