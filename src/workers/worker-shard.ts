/**
 * One shard of a run on its worker: the order becomes a load process of this machine, and what both sides say goes over the
 * channel. It ends with the load, and also when nobody is there any more to hear of it: a coordinator that is silent while
 * Redis answers is gone, and without Redis nobody knows.
 */
import type { ConnectionTable } from '../soak/load/connection-table.ts';
import { childShard, type ShardLink } from '../soak/load/shard-link.ts';
import type { ToShard } from '../soak/load/shard-messages.ts';
import type { Channel } from './channel.ts';
import type { ClockOffset } from './redis-clock.ts';
import type { RedisLine } from './redis-line.ts';
import { MOST_LOST_MS } from './remote-shard.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';
import type { SentOrder } from './sent-order.ts';
import { BEAT_MS, MOST_SILENT_MS, Silence } from './silence.ts';

/** What a coordinator tells a load process once it runs. */
const FORWARDED = new Set<ToWorker['type']>(['start', 'end', 'incident', 'fields', 'leave']);

export interface WorkerShardOptions {
  line: RedisLine;
  table: ConnectionTable;
  channel: (onMessage: (message: unknown) => void, onBroken: (reason: string) => void) => Channel;
}

export class WorkerShard {
  readonly #line: RedisLine;
  readonly #table: ConnectionTable;
  readonly #channel: Channel;
  readonly #silence: Silence;
  readonly #over: Promise<string>;
  #end: (how: string) => void = () => {};
  #link: ShardLink | null = null;
  #isOver = false;

  constructor({ line, table, channel }: WorkerShardOptions) {
    this.#line = line;
    this.#table = table;
    this.#over = new Promise((resolve) => (this.#end = resolve));
    this.#channel = channel(
      (message) => this.#told(message as ToWorker),
      (reason) => this.stop(`the coordinator ${reason}`),
    );
    this.#silence = new Silence(line, this.#channel);
  }

  /** Says why there is no load process, and waits until that is heard. */
  async refuse(reason: string): Promise<void> {
    this.#say({ type: 'gone', reason });
    await this.#heard();
  }

  /**
   * @param shift from this machine's clock to that of the run
   * @returns how it ended, as a sentence without its subject
   */
  async run(order: SentOrder, { offsetMs: wallShiftMs, errorMs }: ClockOffset): Promise<string> {
    this.#say({ type: 'clock', aheadMs: -wallShiftMs, errorMs });
    const link = childShard({ ...order, aim: { ...order.aim, url: new URL(order.aim.url) }, wallShiftMs }, this.#table);
    this.#link = link;
    let isTold = false;
    link.listen(
      (message) => {
        isTold ||= message.type === 'result';
        this.#say(message);
      },
      (reason) => {
        if (isTold) this.#end('is over');
        else this.stop(reason);
      },
    );
    const timer = setInterval(() => this.#beat(), BEAT_MS);
    const how = await this.#over;
    clearInterval(timer);
    link.kill();
    await this.#heard();
    return how;
  }

  /** Ends the load at once. */
  stop(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#say({ type: 'gone', reason });
    this.#end(reason);
  }

  /** Until the coordinator has heard everything, or is gone. */
  async #heard(): Promise<void> {
    while (!(await this.#channel.allTaken(BEAT_MS)) && this.#alone() === null) this.#channel.beat();
    this.#channel.close();
  }

  #beat(): void {
    const alone = this.#alone();
    if (alone !== null) this.stop(`was stopped: ${alone}`);
    else this.#channel.beat();
  }

  /** Why nobody hears of it any more; to be asked once in each beat. */
  #alone(): string | null {
    if (this.#line.lostMs > MOST_LOST_MS) return `its worker had lost Redis for ${MOST_LOST_MS / 1000} s`;
    return this.#silence.isTooLong() ? `nothing was heard of the coordinator for ${MOST_SILENT_MS / 1000} s` : null;
  }

  #say(message: FromWorker): void {
    this.#channel.send(message);
  }

  #told(message: ToWorker): void {
    if (message.type === 'stop') this.stop('was stopped by the coordinator');
    // An order comes as a job, which is checked; and the kernel's table is read here.
    else if (FORWARDED.has(message.type)) this.#link?.tell(message satisfies ToShard);
  }
}
