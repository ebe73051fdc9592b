/**
 * The page at `/`, its files, and the stream that it lives on.
 *
 * That stream is a hub of its own: a page that watches is no client of the server's stream, is counted nowhere and takes
 * no client's place. Figures are kept for at least ten minutes, whether or not anybody watches, so the first visitor sees
 * what came before the visit, and a page that lost its connection resumes where it was. While nobody watches, the
 * server is looked at less often, and events are only counted.
 *
 * Its code is there from the start: what is loaded when somebody asks fails for ever where no descriptor is left
 * at that moment (an ES module that could not be read is not read again).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../core/clock.ts';
import { acceptsEventStream } from '../accept.ts';
import { answerJson } from '../answer.ts';
import { SseHub } from '../../hub/hub.ts';
import type { PublishWatch } from '../publish-watch.ts';
import { Assets } from './assets.ts';
import type { FiguresMessage } from './message.ts';
import { EVENTS_PATH } from './paths.ts';
import { RecentEvents } from './recent-events.ts';
import { figuresOf, nowOf, type SnapshotSources } from './snapshot.ts';

export interface DashboardSources extends SnapshotSources {
  published: PublishWatch;
  clock: Clock;
  /** Milliseconds between two looks at the server while somebody watches. */
  periodMs: number;
  /** The same while nobody does. */
  idlePeriodMs: number;
  /** Most pages that may watch at once; others get 503. */
  maxViewers: number;
}

/** Ten minutes at a second each; figures have 800 bytes, and with the longest events 14 kilobytes. */
const KEPT_FIGURES = 600;
const KEPT_BYTES = 9 * 1024 * 1024;

export class Dashboard {
  readonly #sources: DashboardSources;
  readonly #assets = new Assets();
  readonly #hub: SseHub;
  readonly #recent = new RecentEvents();
  #timer: NodeJS.Timeout | undefined;
  #periodMs = 0;
  #isRunning = false;
  #isWatched = false;
  #count = 0;

  constructor(sources: DashboardSources) {
    this.#sources = sources;
    const { clock, maxViewers } = sources;
    this.#hub = new SseHub({
      clock,
      maxClients: maxViewers,
      replayEvents: KEPT_FIGURES,
      replayBytes: KEPT_BYTES,
      // The figures are its heartbeat, and a viewer that is gone costs some megabytes until its buffers are full.
      heartbeatKind: 'none',
      useKernelTable: false,
    });
    this.#hub.on('connect', () => this.#watch());
    this.#hub.on('disconnect', () => {
      if (this.#hub.clients.size === 0) this.#rest();
    });
  }

  /** Begins the history. */
  start(): void {
    this.#isRunning = true;
    this.#lookEvery(this.#sources.idlePeriodMs);
    this.#look();
    if (this.#hub.clients.size > 0) this.#watch();
  }

  /** @param path one of `DASHBOARD_PATHS` */
  async answer(req: IncomingMessage, res: ServerResponse, path: string): Promise<void> {
    if (path !== EVENTS_PATH) await this.#assets.answer(req, res, path);
    else if (acceptsEventStream(req.headers.accept)) this.#hub.handle(req, res);
    else
      answerJson(
        res,
        406,
        { error: 'not-acceptable', message: 'this path serves text/event-stream only' },
        { isHead: req.method === 'HEAD' },
      );
  }

  /** As the hub's: says farewell to the viewers, and with `graceMs: 0` cuts an earlier call short. */
  close(options: { graceMs: number }): Promise<void> {
    this.#isRunning = false;
    clearInterval(this.#timer);
    this.#sources.published.watch(null);
    return this.#hub.close(options);
  }

  #watch(): void {
    if (this.#isWatched || !this.#isRunning) return;
    const { published, clock, periodMs } = this.#sources;
    this.#lookEvery(periodMs);
    this.#look();
    this.#isWatched = true;
    published.watch((id, event) => this.#recent.note(id, event, clock.wallMs()));
  }

  #rest(): void {
    if (!this.#isWatched) return;
    this.#sources.published.watch(null);
    if (this.#isRunning) {
      this.#lookEvery(this.#sources.idlePeriodMs);
      this.#look();
    }
    this.#isWatched = false;
  }

  #lookEvery(periodMs: number): void {
    clearInterval(this.#timer);
    this.#periodMs = periodMs;
    this.#timer = setInterval(() => this.#look(), periodMs);
  }

  #look(): void {
    const { clock, published } = this.#sources;
    const moment = { lifeId: this.#hub.life, atMs: clock.wallMs() };
    const figures: FiguresMessage = figuresOf(
      this.#sources,
      { ...moment, n: ++this.#count, periodMs: this.#periodMs },
      { total: published.total, newest: this.#recent.take(), isWatched: this.#isWatched },
    );
    this.#hub.publish({ event: 'figures', data: JSON.stringify(figures) });
    if (this.#hub.clients.size === 0) return;
    const now = nowOf(this.#sources, moment, figures.clients.connected);
    this.#hub.sendWhere(() => true, { event: 'now', data: JSON.stringify(now) });
  }
}
