/**
 * The stream that the page lives on, and how it comes back.
 *
 * EventSource reconnects by itself after a network error, but gives up for good on any status but 200 (HTML
 * standard, 9.2.3), which is what a proxy answers while the server restarts. So it is used for one connection
 * only, and what follows is decided here: a pause that grows, with jitter, then on from the last id.
 *
 * Two clocks: a connection that does not come about is given up, and so is one that has gone quiet, which no
 * browser notices by itself.
 */
import type { FiguresMessage, NowMessage } from '../message.ts';

/** What the feed does, and how long nothing was received. */
export interface FeedState {
  kind: 'connecting' | 'live' | 'waiting';
  silentMs: number;
  /** How long the whole wait before the next attempt is, in the state `waiting`. */
  pauseMs: number;
}

export interface FeedHandlers {
  /** Each of the server's figures, once. */
  onFigures(figures: FiguresMessage): void;
  onNow(now: NowMessage): void;
  /** Several times a second, whether or not anything changed. */
  onState(state: FeedState): void;
}

const CHECK_MS = 250;
const CONNECT_MS = 10_000;
const SILENT_PERIODS = 3;
const LEAST_SILENT_MS = 3000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
// Written as an id of another life of the server: all that it has kept from before this page was opened is new to us.
const BEFORE_ALL = 'nothing-0';

export class Feed {
  readonly #url: string;
  readonly #handlers: FeedHandlers;
  #source: EventSource | null = null;
  #kind: FeedState['kind'] = 'connecting';
  #sinceMs = 0;
  #pauseMs = 0;
  #failures = 0;
  #heardMs = performance.now();
  #silentLimitMs = LEAST_SILENT_MS;
  #lastEventId = BEFORE_ALL;
  #lifeId = '';
  #n = 0;

  constructor(url: string, handlers: FeedHandlers) {
    this.#url = url;
    this.#handlers = handlers;
  }

  start(): void {
    this.#connect();
    setInterval(() => this.#check(), CHECK_MS);
  }

  #connect(): void {
    this.#enter('connecting');
    const source = new EventSource(`${this.#url}?lastEventId=${encodeURIComponent(this.#lastEventId)}`);
    source.addEventListener('figures', (event) => this.#take(event));
    source.addEventListener('now', (event) => {
      this.#heard();
      this.#handlers.onNow(JSON.parse(event.data as string) as NowMessage);
    });
    source.addEventListener('error', () => this.#pause());
    this.#source = source;
  }

  #take(event: MessageEvent): void {
    this.#heard();
    this.#lastEventId = event.lastEventId;
    const figures = JSON.parse(event.data as string) as FiguresMessage;
    // The server does not repeat itself; this page does not either, whatever stands between them.
    if (figures.lifeId === this.#lifeId && figures.n <= this.#n) return;
    this.#lifeId = figures.lifeId;
    this.#n = figures.n;
    this.#silentLimitMs = Math.max(LEAST_SILENT_MS, SILENT_PERIODS * figures.periodMs);
    this.#handlers.onFigures(figures);
  }

  #heard(): void {
    this.#heardMs = performance.now();
    this.#failures = 0;
    if (this.#kind !== 'live') this.#enter('live');
  }

  #pause(): void {
    this.#disconnect();
    const longestMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
    this.#pauseMs = longestMs * (0.5 + 0.5 * Math.random());
    this.#enter('waiting');
  }

  #check(): void {
    const nowMs = performance.now();
    const inStateMs = nowMs - this.#sinceMs;
    if (this.#kind === 'waiting' && inStateMs >= this.#pauseMs) this.#connect();
    else if (this.#kind === 'connecting' && inStateMs >= CONNECT_MS) this.#pause();
    else if (this.#kind === 'live' && nowMs - this.#heardMs >= this.#silentLimitMs) {
      this.#disconnect();
      this.#connect();
    } else this.#tell();
  }

  #disconnect(): void {
    this.#source?.close();
    this.#source = null;
  }

  #enter(kind: FeedState['kind']): void {
    this.#kind = kind;
    this.#sinceMs = performance.now();
    this.#tell();
  }

  #tell(): void {
    this.#handlers.onState({ kind: this.#kind, silentMs: performance.now() - this.#heardMs, pauseMs: this.#pauseMs });
  }
}
