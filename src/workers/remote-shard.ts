/**
 * The way to a load process of a worker, as the run sees it (soak/load/shard-link.ts): an order through the worker's queue,
 * and messages over a channel.
 */
import { MessageError } from '../core/errors.ts';
import type { FromShard, ToShard } from '../soak/load/shard-messages.ts';
import type { ShardLink, ShardPlace } from '../soak/load/shard-link.ts';
import type { Channel } from './channel.ts';
import { fromWorker } from './message-check.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';
import type { RedisLine } from './redis-line.ts';
import { BEAT_MS, MOST_SILENT_MS, Silence } from './silence.ts';

/** A load that cannot be heard of for so long is given up; workers end theirs after as long. */
export const MOST_LOST_MS = 30_000;
/** The order to start comes by Redis, which may be far away. */
const START_AHEAD_MS = 2000;
const READY_WITHIN_MS = 20_000;

export interface RemoteShardOptions {
  worker: string;
  line: RedisLine;
  /** @param onBroken hears as the end of a sentence why nothing can be said any more */
  channel: (onMessage: (message: unknown) => void, onBroken: (reason: string) => void) => Channel;
  onClock: (clock: { aheadMs: number; errorMs: number }) => void;
}

export class RemoteShard implements ShardLink {
  readonly place: ShardPlace;
  readonly startAheadMs = START_AHEAD_MS;
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly #line: RedisLine;
  readonly #channel: Channel;
  readonly #onClock: RemoteShardOptions['onClock'];
  readonly #silence: Silence;
  readonly #timer: NodeJS.Timeout;
  #isOver = false;
  #onMessage: (message: FromShard) => void = () => {};
  #onGone: (reason: string) => void = () => {};

  constructor({ worker, line, channel, onClock }: RemoteShardOptions) {
    this.place = { pid: null, worker };
    this.#line = line;
    this.#onClock = onClock;
    this.#channel = channel(
      (message) => this.#take(message),
      (reason) => this.#end(reason),
    );
    this.#silence = new Silence(line, this.#channel);
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
  }

  isReachable(): boolean {
    return this.#line.lostMs === 0;
  }

  tell(message: ToShard): void {
    this.#channel.send(message);
  }

  kill(): void {
    this.#channel.send({ type: 'stop' } satisfies ToWorker);
  }

  listen(onMessage: (message: FromShard) => void, onGone: (reason: string) => void): void {
    this.#onMessage = onMessage;
    this.#onGone = onGone;
  }

  /** The worker hears that its last message came. */
  close(): void {
    this.#channel.beat();
    this.#channel.close();
    clearInterval(this.#timer);
  }

  /** Why it cannot be, where the order did not come to its worker. */
  fail(reason: string): void {
    this.#end(reason);
  }

  #beat(): void {
    if (!this.#isOver && this.#line.lostMs > MOST_LOST_MS)
      this.#giveUp(`could not be heard: Redis was lost for ${MOST_LOST_MS / 1000} s`);
    else if (!this.#isOver && this.#silence.isTooLong())
      this.#giveUp(`was lost: nothing was heard of its worker for ${MOST_SILENT_MS / 1000} s`);
    // Also when it is over: its worker hears that its last message came.
    this.#channel.beat();
  }

  #take(message: unknown): void {
    let said: FromWorker;
    try {
      said = fromWorker(message);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.#end(`sent what cannot be used: ${error.message}`);
      return;
    }
    this.#heard(said);
  }

  #heard(message: FromWorker): void {
    if (message.type === 'clock') this.#onClock(message);
    else if (message.type === 'gone') this.#end(message.reason);
    else this.#onMessage(message);
    // Its worker waits for the answer.
    if (message.type === 'result' || message.type === 'gone') this.#channel.beat();
  }

  /** A worker that is there again must not go on. */
  #giveUp(reason: string): void {
    this.kill();
    this.#end(reason);
  }

  #end(reason: string): void {
    this.#isOver = true;
    this.#onGone(reason);
  }
}
