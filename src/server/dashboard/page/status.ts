/**
 * Whether what the page shows is true at this moment, in words. The words are a live region and change only
 * with the state; the seconds that tick beside them are not, or a screen reader would never be silent.
 */
import { element, setText } from './elements.ts';
import type { FeedState } from './feed.ts';
import { timeOfDay } from './format.ts';

/** Silence that is worth a word: one look of the server may be late. */
const NOTICED_SILENCE_MS = 2500;

export class Status {
  readonly #words = element('state', HTMLElement);
  readonly #silence = element('silence', HTMLElement);
  readonly #dot = element('dot', HTMLElement);
  #wasLive = false;
  #restartedMs: number | null = null;
  #pausedMs: number | null = null;

  restarted(atMs: number): void {
    this.#restartedMs = atMs;
  }

  paused(atMs: number | null): void {
    this.#pausedMs = atMs;
  }

  show({ kind, silentMs, pauseMs }: FeedState): void {
    if (kind === 'live') this.#wasLive = true;
    const name = kind === 'live' && this.#pausedMs !== null ? 'paused' : kind;
    setText(this.#words, this.#sentence(kind, pauseMs));
    setText(
      this.#silence,
      this.#wasLive && silentMs >= NOTICED_SILENCE_MS ? `no news for ${Math.round(silentMs / 1000)} s` : '',
    );
    if (this.#dot.dataset['state'] !== name) this.#dot.dataset['state'] = name;
  }

  #sentence(kind: FeedState['kind'], pauseMs: number): string {
    if (kind === 'waiting')
      return `${this.#wasLive ? 'connection lost' : 'no connection'}, next try in ${Math.ceil(pauseMs / 1000)} s`;
    if (kind === 'connecting') return this.#wasLive ? 'reconnecting' : 'connecting';
    const restart = this.#restartedMs === null ? '' : `, server restarted at ${timeOfDay(this.#restartedMs, 'second')}`;
    if (this.#pausedMs !== null) return `paused at ${timeOfDay(this.#pausedMs, 'second')}${restart}`;
    return `live${restart}`;
  }
}
