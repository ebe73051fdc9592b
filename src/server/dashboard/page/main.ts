/**
 * The page: what comes over the feed goes into a model at once and onto the screen with the next frame. A page
 * that nobody sees gets no frames, and a paused one draws none; neither falls behind.
 */
import type { FiguresMessage, NowMessage } from '../message.ts';
import { Charts } from './charts.ts';
import { ClientTable } from './client-table.ts';
import { CopyLine } from './copy-line.ts';
import { element, setText } from './elements.ts';
import { EventList } from './event-list.ts';
import { FaultBanner } from './fault-banner.ts';
import { Feed, type FeedState } from './feed.ts';
import { count, duration } from './format.ts';
import { Health } from './health.ts';
import { History } from './history.ts';
import { Status } from './status.ts';

const history = new History();
const charts = new Charts(element('charts', HTMLElement));
const clientTable = new ClientTable();
const eventList = new EventList();
const health = new Health();
const copyLine = new CopyLine();
const faultBanner = new FaultBanner();
const status = new Status();
const streamPath = element('stream-path', HTMLElement);
const uptime = element('uptime', HTMLElement);
const pauseButton = element('pause', HTMLButtonElement);

let now: NowMessage | null = null;
let state: FeedState = { kind: 'connecting', silentMs: 0, pauseMs: 0 };
let isPaused = false;
let isFrameAsked = false;

function onFigures(figures: FiguresMessage): void {
  if (history.latest !== null && history.latest.lifeId !== figures.lifeId) status.restarted(Date.now());
  history.add(figures);
  eventList.take(figures);
  askFrame();
}

function onNow(message: NowMessage): void {
  now = message;
  clientTable.take(message);
  askFrame();
}

function onState(next: FeedState): void {
  state = next;
  status.show(next);
  document.title =
    next.kind === 'live' && history.latest !== null
      ? `${count(history.latest.clients.connected)} clients · sse-probe`
      : 'not live · sse-probe';
}

function askFrame(): void {
  if (isFrameAsked || isPaused) return;
  isFrameAsked = true;
  requestAnimationFrame(draw);
}

function draw(): void {
  isFrameAsked = false;
  if (isPaused) return;
  charts.draw(history);
  eventList.draw();
  if (history.latest !== null) {
    health.drawFigures(history.latest);
    setText(uptime, duration(history.latest.uptimeMs));
  }
  if (now === null) return;
  health.drawNow(now);
  clientTable.draw();
  setText(streamPath, now.streamPath);
  copyLine.show(now.streamPath);
  faultBanner.draw(now);
}

pauseButton.addEventListener('click', () => {
  isPaused = !isPaused;
  setText(pauseButton, isPaused ? 'Resume' : 'Pause');
  status.paused(isPaused ? Date.now() : null);
  status.show(state);
  askFrame();
});

new Feed('dashboard/events', { onFigures, onNow, onState }).start();
