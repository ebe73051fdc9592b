/**
 * The run as it goes, on stderr: a panel that is drawn anew where there is a terminal, a plain line every few seconds where
 * there is none, nothing with --quiet.
 */
import { printable } from '../core/printable.ts';
import type { RunEvent, RunListener, RunTick } from '../core/run-events.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from '../core/units.ts';
import { displayStyle } from './display-style.ts';
import { liveLines } from './live-lines.ts';
import { forLog } from './output.ts';
import { type PhasePlan, targetText } from './run-phase.ts';
import { SoakPanel } from './soak-panel.ts';
import { canRewrite, wrapsAnew } from './terminal.ts';

const PLAIN_EVERY_MS = 5000;

export interface LiveView {
  listener: RunListener;
  close(): void;
}

export interface ViewOptions {
  plan: PhasePlan & { quiet: boolean; json: boolean; noColor: boolean };
  /** Somebody asked the run to end. */
  isStopping: () => boolean;
}

export async function liveView({ plan, isStopping }: ViewOptions): Promise<LiveView> {
  if (plan.quiet) return { listener: () => {}, close: () => {} };
  if (canRewrite(process.stderr)) return panelView({ plan, isStopping });
  return plan.json ? waitingView() : plainView();
}

async function panelView({ plan, isStopping }: ViewOptions): Promise<LiveView> {
  const { stderr } = process;
  const style = await displayStyle(stderr, plan.noColor);
  const panel = new SoakPanel({ ...style, plan, nowMs: () => performance.now(), isStopping });
  const lines = liveLines(stderr, (size) => panel.lines(size), wrapsAnew());
  return {
    listener(event) {
      panel.take(event);
      if (isNote(event)) lines.above(`${style.paint.doubt('!')} ${describe(event)}`);
    },
    close: () => lines.close(),
  };
}

/** What is worth to be read when the panel has gone. */
function isNote(event: RunEvent): event is Exclude<RunEvent, RunTick> {
  return ['incident', 'target-down', 'ended-early', 'note'].includes(event.type);
}

/** A report for a program has no lines about the run beside it; but a run that only waits would look dead. */
function waitingView(): LiveView {
  return {
    listener: (event) => {
      if (event.type === 'waiting') say(event.text);
    },
    close: () => {},
  };
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
      } else if (event.type !== 'second-wave' && (event.type !== 'settling' || !settling)) {
        settling ||= event.type === 'settling';
        say(describe(event));
      }
    },
    close: () => {},
  };
}

function say(text: string): void {
  process.stderr.write(forLog(`${text}\n`));
}

function describe(event: Exclude<RunEvent, RunTick>): string {
  switch (event.type) {
    case 'starting':
      return event.embedded ? 'starting the built-in server' : 'checking the target';
    case 'target':
      return `target ${targetText(event)}`;
    case 'incident':
      return `incident: ${event.kind}`;
    case 'target-down':
      return `the target stopped: ${printable(event.reason)}`;
    case 'waiting':
    case 'note':
      return printable(event.text, 300);
    case 'ended-early':
      return `the run ends early: ${event.expression} is broken`;
    case 'settling': {
      const left = event.clients === null ? '' : `, the server still counts ${formatCount(event.clients)}`;
      return `all clients disconnected${left}; watching the server settle`;
    }
    case 'second-wave':
      return `a second wave of clients, for ${formatDuration(event.mostMs)} at most`;
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
