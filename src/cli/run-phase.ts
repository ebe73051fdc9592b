/**
 * What a run is doing now, how far it is and how much time is left, told from its events. Between two events time goes on
 * by the clock.
 */
import { printable } from '../core/printable.ts';
import { redactUrl } from '../core/redact.ts';
import type { RunEvent } from '../core/run-events.ts';

export interface Phase {
  /** One word. */
  name: string;
  /** How far it is; null where nobody knows how long it takes. */
  progress: { doneMs: number; totalMs: number } | null;
  /** What it does, in words; empty where the name and the time say it. */
  text: string;
}

/** What the length of a phase follows from. */
export interface PhasePlan {
  waitMs: number;
  settleMs: number;
}

const STOPPING: Phase = { name: 'stopping', progress: null, text: 'Ctrl-C again leaves at once, without a summary' };
const CLOSING: Phase = { name: 'closing', progress: null, text: 'reads what is still on its way to the clients' };

export class RunPhase {
  private readonly plan: PhasePlan;
  private readonly nowMs: () => number;
  private phase: Phase = { name: 'starting', progress: null, text: '' };
  private sinceMs: number;
  private endsEarly = false;

  constructor(plan: PhasePlan, nowMs: () => number) {
    this.plan = plan;
    this.nowMs = nowMs;
    this.sinceMs = nowMs();
  }

  /** @param isStopping somebody asked the run to end */
  now(isStopping: boolean): Phase {
    if (isStopping) return STOPPING;
    const { name, progress, text } = this.phase;
    if (progress === null) return this.phase;
    const doneMs = progress.doneMs + this.nowMs() - this.sinceMs;
    if (isLoad(name) && (this.endsEarly || doneMs >= progress.totalMs)) return CLOSING;
    return { name, progress: { ...progress, doneMs: Math.min(doneMs, progress.totalMs) }, text };
  }

  take(event: RunEvent): void {
    this.endsEarly ||= event.type === 'target-down' || event.type === 'ended-early';
    const phase = this.phaseOf(event);
    if (phase === null) return;
    this.phase = phase;
    this.sinceMs = this.nowMs();
  }

  private phaseOf(event: RunEvent): Phase | null {
    switch (event.type) {
      case 'starting':
        return {
          name: 'starting',
          progress: null,
          text: event.embedded ? 'starts a server of its own' : 'looks for the target',
        };
      case 'waiting':
        return {
          name: 'waiting',
          progress: { doneMs: 0, totalMs: this.plan.waitMs },
          text: printable(event.text),
        };
      case 'target':
        return { name: 'target', progress: null, text: targetText(event) };
      case 'tick':
        return { name: event.phase, progress: { doneMs: event.tMs, totalMs: event.totalMs }, text: '' };
      case 'settling': {
        const { settleMs } = this.plan;
        return {
          name: 'settling',
          progress: { doneMs: settleMs - event.remainingMs, totalMs: settleMs },
          text: '',
        };
      }
      case 'second-wave':
        return { name: '2nd wave', progress: { doneMs: 0, totalMs: event.mostMs }, text: '' };
      default:
        return null;
    }
  }
}

function isLoad(name: string): boolean {
  return name === 'ramp' || name === 'load';
}

export function targetText({ url, proxy }: Extract<RunEvent, { type: 'target' }>): string {
  const way = proxy === null ? '' : ` through the proxy ${printable(redactUrl(proxy))}`;
  return `${printable(redactUrl(url))}${way}`;
}
