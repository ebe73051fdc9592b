/**
 * How long the other side of a channel has said nothing although it could have: counted in beats of ours in which Redis
 * answered, and not by the clock. After Redis was lost, or after this process stood still, nobody is missed for that.
 */
import type { Channel } from './channel.ts';
import type { RedisLine } from './redis-line.ts';

export const BEAT_MS = 1000;
/** Each side says something in every beat. */
const MOST_SILENT_BEATS = 8;
export const MOST_SILENT_MS = MOST_SILENT_BEATS * BEAT_MS;

export class Silence {
  readonly #line: RedisLine;
  readonly #channel: Channel;
  #beats = 0;

  constructor(line: RedisLine, channel: Channel) {
    this.#line = line;
    this.#channel = channel;
  }

  /** To be asked once in each beat. @returns whether the other side counts as gone */
  isTooLong(): boolean {
    const isHeard = this.#channel.silentMs < 2 * BEAT_MS;
    this.#beats = isHeard || this.#line.lostMs > 0 ? 0 : this.#beats + 1;
    return this.#beats >= MOST_SILENT_BEATS - 1;
  }
}
