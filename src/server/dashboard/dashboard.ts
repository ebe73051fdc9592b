/**
 * The page at `/`, its files, and the stream that it lives on.
 *
 * That stream is a hub of its own: who looks at the page is no client of the server's stream, is counted
 * nowhere and takes nobody's place. It looks at the server once a period, and only while somebody watches.
 * Figures are kept for some minutes, so that a page which lost its connection resumes where it was.
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
  /** Milliseconds between two looks at the server. */
  periodMs: number;
  /** Most pages that may watch at once; others get 503. */
  maxViewers: number;
}

/** Ten minutes at a second each; figures have 700 bytes, and some kilobytes with long events. */
const KEPT_FIGURES = 600;
const KEPT_BYTES = 4 * 1024 * 1024;

export class Dashboard {
  readonly #sources: DashboardSources;
  readonly #assets = new Assets();
  readonly #hub: SseHub;
  readonly #recent = new RecentEvents();
  #timer: NodeJS.Timeout | undefined;
  #count = 0;

  constructor(sources: DashboardSources) {
    this.#sources = sources;
    const { clock, maxViewers } = sources;
    this.#hub = new SseHub({
      clock,
      maxClients: maxViewers,
      replayEvents: KEPT_FIGURES,
      replayBytes: KEPT_BYTES,
      // The figures are its heartbeat, and a viewer who is gone costs some megabytes until its buffers are full.
      heartbeatKind: 'none',
      useKernelTable: false,
    });
    this.#hub.on('connect', () => this.#watch());
    this.#hub.on('disconnect', () => {
      if (this.#hub.clients.size === 0) this.#rest();
    });
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
    return this.#hub.close(options);
  }

  #watch(): void {
    if (this.#timer !== undefined) return;
    this.#sources.published.watch((id, event) => this.#recent.note(id, event));
    this.#timer = setInterval(() => this.#look(), this.#sources.periodMs);
    this.#look();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#sources.published.watch(null);
    this.#recent.take();
  }

  #look(): void {
    const { clock, periodMs } = this.#sources;
    const moment = { lifeId: this.#hub.life, atMs: clock.wallMs() };
    const figures: FiguresMessage = figuresOf(
      this.#sources,
      { ...moment, n: ++this.#count, periodMs },
      this.#recent.take(),
    );
    this.#hub.publish({ event: 'figures', data: JSON.stringify(figures) });
    const now = nowOf(this.#sources, moment, figures.clients.connected);
    this.#hub.sendWhere(() => true, { event: 'now', data: JSON.stringify(now) });
  }
}
