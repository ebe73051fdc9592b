/**
 * The script of the page that a run serves: it draws the charts, fetches the page again when the run says that it has
 * changed, and says when the connection is lost. The stream tells only that there is something new; what it is stands
 * in the page, so nothing is missed by a page that slept.
 */
import type { ChartSet } from '../chart-model.ts';
import { ChartView } from './chart-view.ts';
import { morph } from './morph.ts';

const AGAIN_MS = 1000;
/** The run says something every two seconds. */
const SILENT_MS = 6000;
const CHECK_MS = 1000;

const charts = new ChartView(document);
let source: EventSource | null = null;
let heardMs = performance.now();
let isOver = false;
let isFetching = false;
let isStale = false;

function draw(page: Document): void {
  charts.render(JSON.parse(page.getElementById('chart-set')?.textContent ?? '') as ChartSet);
}

/** A document that is fetched runs no script, and no text of it becomes markup here. */
function fetchPage(): void {
  isStale = true;
  if (isFetching) return;
  isFetching = true;
  isStale = false;
  const request = new XMLHttpRequest();
  request.open('GET', location.href);
  request.responseType = 'document';
  request.timeout = SILENT_MS;
  request.addEventListener('loadend', () => {
    isFetching = false;
    if (request.status === 200 && request.responseXML !== null) take(request.responseXML);
    if (isStale) fetchPage();
  });
  request.send();
}

function take(page: Document): void {
  document.title = page.title;
  for (const part of ['header', 'main', 'footer']) {
    const [shown, wanted] = [document.querySelector(`body > ${part}`), page.querySelector(`body > ${part}`)];
    if (shown !== null && wanted !== null) morph(shown, wanted);
  }
  draw(page);
}

function say(text: string): void {
  const link = document.getElementById('link');
  if (link === null) return;
  if (link.textContent !== text) link.textContent = text;
  link.hidden = text === '';
}

function heard(): void {
  heardMs = performance.now();
  say('');
}

function connect(): void {
  heardMs = performance.now();
  source?.close();
  source = new EventSource('events');
  for (const type of ['connected', 'changed'])
    source.addEventListener(type, () => {
      heard();
      fetchPage();
    });
  source.addEventListener('beat', heard);
  source.addEventListener('over', () => {
    heard();
    isOver = true;
    fetchPage();
  });
  source.addEventListener('error', () => {
    source?.close();
    source = null;
    say(
      isOver
        ? 'sse-probe has ended. This is the report of the run, and only this page has it: save the page to keep it.'
        : 'The connection to sse-probe is lost: the figures below are the last that were received. Reconnecting …',
    );
    setTimeout(connect, AGAIN_MS);
  });
}

// No browser notices by itself that nothing comes any more.
setInterval(() => {
  if (source !== null && performance.now() - heardMs > SILENT_MS) source.dispatchEvent(new Event('error'));
}, CHECK_MS);
addEventListener('pageshow', () => {
  if (source === null) connect();
});
draw(document);
connect();
