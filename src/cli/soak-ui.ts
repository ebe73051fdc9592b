/**
 * `soak --ui`: a page on this machine with the run while it goes on, and with its report when it is over.
 *
 * It listens on loopback alone, and its address has a random token, since every user and every program of a machine
 * reaches its loopback. A page of another site that has its name point here is refused by the Host header (DNS
 * rebinding). The page is made when it is asked for; a hub tells those that are open when there is something new, at most
 * so often that making pages takes a twentieth of a core.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pause } from '../core/pause.ts';
import type { RunEvent, RunListener, RunTick } from '../core/run-events.ts';
import { SseHub } from '../hub/hub.ts';
import { endedHtml, runningHtml } from '../report/soak/html/live-page.ts';
import { soakReport } from '../report/soak/json.ts';
import type { SoakReport } from '../report/soak/soak-report.ts';
import type { SoakResult } from '../report/soak/soak-result.ts';
import { answer, type RunningPages, startPages, TEXT } from './own-pages.ts';
import { type PhasePlan, RunPhase } from './run-phase.ts';

const MOST_PAGES = 20;
const RETRY_MS = 1000;
const BEAT_MS = 2000;
/** Making pages takes at most a twentieth of the time. */
const REST_PER_PAGE = 20;
const SHORTEST_REST_MS = 900;
/** A page that is loaded anew is away for a moment. */
const RELOAD_MS = 3000;
const LOOK_MS = 250;
/** What an interrupted run leaves an open page to fetch its report. */
const LAST_FETCH_MS = 1500;

export interface ServedPage {
  readonly url: string;
  readonly listener: RunListener;
  soFar(make: () => SoakResult): void;
  /** The run is over: pages that are open show its report. */
  over(report: SoakReport): void;
  /** Resolves when no page is open any more; at once where none was, and soon after the signal was aborted. */
  read(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** @throws {StartError} when it cannot listen */
export async function serveSoakPage(plan: PhasePlan, isStopping: () => boolean): Promise<ServedPage> {
  const page = new SoakPage(plan, isStopping);
  const token = randomBytes(16).toString('base64url');
  const pages: RunningPages = await startPages('ui', { host: '127.0.0.1', port: 0 }, (req, res) => {
    if (!isOurs(req.headers.host, new URL(pages.url).port))
      answer(res, 421, TEXT, 'This page is for the machine that it runs on: open it by 127.0.0.1.\n');
    else void page.answer(req, res, `/${token}/`);
  });
  return {
    url: `${pages.url}/${token}/`,
    listener: (event) => page.listen(event),
    soFar: (make) => page.soFar(make),
    over: (report) => page.over(report),
    read: (signal) => page.read(signal),
    async close() {
      await page.end();
      await pages.close();
    },
  };
}

function isOurs(host: string | undefined, port: string): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

class SoakPage {
  readonly #hub = new SseHub({
    maxClients: MOST_PAGES,
    replayEvents: 0,
    heartbeatKind: 'none',
    retryMs: RETRY_MS,
    useKernelTable: false,
  });
  readonly #phase: RunPhase;
  readonly #isStopping: () => boolean;
  readonly #beat: NodeJS.Timeout;
  #tick: RunTick | null = null;
  #soFar: (() => SoakResult) | null = null;
  #report: SoakReport | null = null;
  #restsUntilMs = 0;

  constructor(plan: PhasePlan, isStopping: () => boolean) {
    this.#phase = new RunPhase(plan, () => performance.now());
    this.#isStopping = isStopping;
    this.#beat = setInterval(() => this.#tell('beat'), BEAT_MS);
  }

  listen(event: RunEvent): void {
    this.#phase.take(event);
    if (event.type === 'tick') this.#tick = event;
    if (performance.now() >= this.#restsUntilMs) this.#tell('changed');
  }

  soFar(make: () => SoakResult): void {
    this.#soFar = make;
  }

  over(report: SoakReport): void {
    this.#report = report;
    this.#tell('over');
  }

  async read(signal: AbortSignal): Promise<void> {
    for (let goneMs = 0; goneMs < RELOAD_MS && !signal.aborted; goneMs += LOOK_MS) {
      if (this.#hub.stats().clients.total === 0) return;
      if (this.#hub.clients.size > 0) goneMs = 0;
      await pause(LOOK_MS, signal);
    }
    if (signal.aborted && this.#hub.clients.size > 0) await pause(LAST_FETCH_MS);
  }

  async end(): Promise<void> {
    clearInterval(this.#beat);
    await this.#hub.close({ graceMs: 0 });
  }

  /** @param base the path of the page, which nobody can guess */
  async answer(req: IncomingMessage, res: ServerResponse, base: string): Promise<void> {
    const path = (req.url ?? '/').split('?', 1)[0];
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('Allow', 'GET, HEAD');
      answer(res, 405, TEXT, 'GET and HEAD are allowed\n');
    } else if (path === `${base}events`) {
      const client = this.#hub.handle(req, res);
      if (client !== null && this.#report !== null) this.#hub.send(client.id, { event: 'over', data: '' });
    } else if (path === base) {
      // What a page of another site would show in a frame is not shown at all.
      res.setHeader('Content-Security-Policy', "frame-ancestors 'none'");
      answer(res, 200, 'text/html; charset=utf-8', await this.#html());
    } else answer(res, 404, TEXT, 'There is no such page; sse-probe printed the address of the one that there is.\n');
  }

  async #html(): Promise<string> {
    const startMs = performance.now();
    const html = this.#report === null ? await this.#running() : await endedHtml(this.#report);
    const nowMs = performance.now();
    this.#restsUntilMs = nowMs + Math.max(SHORTEST_REST_MS, REST_PER_PAGE * (nowMs - startMs));
    return html;
  }

  #running(): Promise<string> {
    const { name, progress, text } = this.#phase.now(this.#isStopping());
    const soFar = this.#soFar === null ? null : soakReport(this.#soFar());
    return runningHtml({ phase: name, progress, text, questions: this.#tick?.questions ?? [] }, soFar);
  }

  #tell(event: 'beat' | 'changed' | 'over'): void {
    if (this.#hub.clients.size > 0) this.#hub.publish({ event, data: '' });
  }
}
