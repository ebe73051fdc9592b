/**
 * Messages between a coordinator and one shard, each way a stream of Redis, in order and each once.
 *
 * Every message has a number and is kept until the other side says that it has it; what it does not say for some time is
 * sent again, and what comes twice, or before its turn, is left out. So a Redis that restarts may lose what it held:
 * nothing is missing afterwards. A side that has nothing to say says that, once a second, and what it has received:
 * that the other side lives is known by it.
 *
 * Redis' pub/sub was rejected, which forgets what nobody heard; so was the progress of a job, of which only the last is kept.
 */
import type { Clock } from '../core/clock.ts';
import { MessageError } from '../core/errors.ts';
import { pause } from '../core/pause.ts';
import { fromText, toText } from './message-text.ts';
import { KEPT_MS, LEFT_MS } from './keys.ts';
import type { Entry, RedisLine } from './redis-line.ts';
import type { Seal } from './seal.ts';

const AGAIN_MS = 2500;
/** Entries that a stream keeps: those of half a minute. */
const MOST_ENTRIES = 100;
/** Messages that are in a stream at a time without being taken: more would push each other out. */
const MOST_ON_THE_WAY = 50;
/** A run says some two messages a second, and nobody waits for a lost Redis longer than half a minute. */
const MOST_KEPT = 1000;

const NEVER = Number.NEGATIVE_INFINITY;

export interface ChannelOptions {
  line: RedisLine;
  clock: Clock;
  seal: Seal;
  /** The stream that it writes to, and the one that it reads. */
  to: string;
  from: string;
  onMessage: (message: unknown) => void;
  /** A message that cannot be read, or more of them than are kept: as the end of a sentence. */
  onBroken: (reason: string) => void;
}

export class Channel {
  readonly #options: ChannelOptions;
  #sent = 0;
  #received = 0;
  #isBroken = false;
  #kept: { number: number; sealed: string; sentMs: number }[] = [];
  #heardMs: number;
  #onAllTaken: (() => void) | null = null;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#heardMs = options.clock.nowMs();
    options.line.follow(options.from, (entry) => this.#take(entry));
  }

  /** How long nothing has come from the other side. */
  get silentMs(): number {
    return this.#options.clock.nowMs() - this.#heardMs;
  }

  send(message: unknown): void {
    const { seal, to, clock, onBroken } = this.#options;
    if (this.#kept.length >= MOST_KEPT) {
      const wasBroken = this.#isBroken;
      this.#isBroken = true;
      // Once: it may want to say that, too.
      if (!wasBroken) onBroken(`did not take ${MOST_KEPT} messages`);
      return;
    }
    this.#sent += 1;
    const sealed = seal.seal(toText(message), `${to}/${this.#sent}`);
    const isInTurn = this.#kept.length < MOST_ON_THE_WAY;
    this.#kept.push({ number: this.#sent, sealed, sentMs: isInTurn ? clock.nowMs() : NEVER });
    if (isInTurn) void this.#write(this.#sent, sealed);
  }

  /** Once a second: says that this side lives and what it has, and sends again what the other side does not have. */
  beat(): void {
    const nowMs = this.#options.clock.nowMs();
    const [oldest] = this.#kept;
    if (oldest === undefined || nowMs - oldest.sentMs < AGAIN_MS) {
      void this.#write(0, '');
      return;
    }
    for (const message of this.#kept.slice(0, MOST_ON_THE_WAY)) {
      message.sentMs = nowMs;
      void this.#write(message.number, message.sealed);
    }
  }

  /**
   * @returns whether the other side has all that was sent, once it has, when the time is over, or when nothing can be heard
   *   of it any more
   */
  async allTaken(mostMs: number): Promise<boolean> {
    if (this.#kept.length === 0) return true;
    const taken = new AbortController();
    this.#onAllTaken = () => taken.abort();
    await pause(mostMs, AbortSignal.any([taken.signal, this.#options.line.closing]));
    return this.#kept.length === 0;
  }

  close(): void {
    const { line, from, to } = this.#options;
    line.unfollow(from);
    void line.askAll((pipeline) => pipeline.pexpire(from, LEFT_MS).pexpire(to, LEFT_MS));
  }

  async #write(number: number, sealed: string): Promise<void> {
    const { line, to } = this.#options;
    const fields = ['n', number, 'has', this.#received, 'm', sealed];
    // Where Redis cannot be asked, the message is still kept.
    await line.askAll((pipeline) =>
      pipeline.xadd(to, 'MAXLEN', '=', MOST_ENTRIES, '*', ...fields).pexpire(to, KEPT_MS),
    );
  }

  #take(entry: Entry): void {
    const { seal, from, clock, onMessage, onBroken } = this.#options;
    this.#heardMs = clock.nowMs();
    const has = Number(entry.get('has'));
    // A foreign entry may claim more than was ever sent.
    if (has <= this.#sent) this.#kept = this.#kept.filter(({ number }) => number > has);
    if (this.#kept.length === 0) this.#onAllTaken?.();
    const number = Number(entry.get('n'));
    if (this.#isBroken || number !== this.#received + 1) return;
    let message: unknown;
    try {
      message = fromText(seal.open(entry.get('m') ?? '', `${from}/${number}`));
      if (typeof message !== 'object' || message === null) throw new MessageError('a message is no object');
    } catch (error) {
      this.#isBroken = true;
      onBroken(`sent what cannot be read: ${(error as Error).message}`);
      return;
    }
    this.#received = number;
    onMessage(message);
  }
}
