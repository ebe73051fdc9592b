/**
 * The run as it goes, on stderr: one line that changes where there is a terminal, a plain line every few
 * seconds where there is none, nothing with --quiet.
 */
import type { Ora } from 'ora';
import { printable } from '../core/printable.ts';
import { redactUrl } from '../core/redact.ts';
import type { RunEvent, RunListener, RunTick } from '../core/run-events.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from '../core/units.ts';
import type { Paint } from '../report/paint.ts';
import { canRewrite, hasColours, isUtf8, paintFor } from './terminal.ts';

const PLAIN_EVERY_MS = 5000;
const BAR_WIDTH = 20;
/** The two differ in shape, so that the bar shows how far the run is without colours. */
const CELLS = { done: '█', left: '░' };
const ASCII_CELLS = { done: '#', left: '.' };

export interface LiveView {
  listener: RunListener;
  close(): void;
}

export async function liveView({ quiet, noColor }: { quiet: boolean; noColor: boolean }): Promise<LiveView> {
  if (quiet) return { listener: () => {}, close: () => {} };
  // A terminal of no width (some CI systems) would get a new line for every frame.
  if (!canRewrite(process.stderr)) return plainView();
  const paint = await paintFor(process.stderr, noColor);
  const { default: ora } = await import('ora');
  const utf8 = isUtf8();
  const spinner = ora({
    stream: process.stderr,
    discardStdin: false,
    hideCursor: true,
    ...(hasColours(process.stderr, noColor) ? {} : { color: false }),
    ...(utf8 ? {} : { spinner: 'line' }),
  });
  return {
    listener: (event) => show(spinner, event, { paint, cells: utf8 ? CELLS : ASCII_CELLS }),
    close: () => spinner.stop(),
  };
}

interface BarView {
  paint: Paint;
  cells: { done: string; left: string };
}

function show(spinner: Ora, event: RunEvent, view: BarView): void {
  if (event.type === 'tick') spinner.start(`${bar(event, view)} ${tickText(event)}`);
  else if (event.type === 'target-down' || event.type === 'ended-early' || event.type === 'note')
    spinner.stopAndPersist({ symbol: view.paint.doubt('!'), text: describe(event) });
  else spinner.start(describe(event));
}

function plainView(): LiveView {
  let lastMs = -PLAIN_EVERY_MS;
  let settling = false;
  return {
    listener: (event) => {
      if (event.type === 'tick') {
        if (event.tMs - lastMs < PLAIN_EVERY_MS && event.tMs < event.totalMs) return;
        lastMs = event.tMs;
        say(`${formatDuration(event.tMs)} of ${formatDuration(event.totalMs)}: ${tickText(event)}`);
      } else if (event.type !== 'settling' || !settling) {
        settling ||= event.type === 'settling';
        say(describe(event));
      }
    },
    close: () => {},
  };
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function describe(event: Exclude<RunEvent, RunTick>): string {
  switch (event.type) {
    case 'starting':
      return event.embedded ? 'starting the built-in server' : 'checking the target';
    case 'target':
      return `target ${printable(redactUrl(event.url))}${event.proxy === null ? '' : ` through the proxy ${printable(redactUrl(event.proxy))}`}`;
    case 'incident':
      return `now: ${event.kind}`;
    case 'target-down':
      return `the target stopped: ${printable(event.reason)}`;
    case 'waiting':
    case 'note':
      return printable(event.text, 300);
    case 'ended-early':
      return `ends early: ${event.expression} is broken`;
    case 'settling': {
      const left = event.clients === null ? '' : `, server still counts ${formatCount(event.clients)}`;
      return `all clients disconnected${left}; watching the server settle`;
    }
    default:
      return event satisfies never;
  }
}

function tickText(tick: RunTick): string {
  const parts = [
    `${formatCount(tick.clients)}/${formatCount(tick.plannedClients)} clients`,
    `${formatRate(tick.eventsPerSecond)} events`,
    `p50 ${shown(tick.latencyP50Ms)} p99 ${shown(tick.latencyP99Ms)}`,
    `${formatCount(tick.drops)} dropped`,
    `${formatCount(tick.evictions)} evicted`,
  ];
  if (tick.serverRssBytes !== null) parts.push(`server ${formatBytes(tick.serverRssBytes)}`);
  return parts.join(' · ');
}

function shown(ms: number | null): string {
  return ms === null ? '–' : formatDuration(ms);
}

function bar(tick: RunTick, { paint, cells }: BarView): string {
  const filled = Math.min(BAR_WIDTH, Math.round((BAR_WIDTH * tick.tMs) / tick.totalMs));
  return `${paint.good(cells.done.repeat(filled))}${paint.dim(cells.left.repeat(BAR_WIDTH - filled))} ${tick.phase}`;
}
