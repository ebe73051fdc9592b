/**
 * The time of one incident as the clients of one load process live it: who had a stream when it began, and
 * since when each has one again. What is heard meanwhile is reported apart: it says how the server comes back,
 * not how it runs.
 */
import type { Subscription } from '../../client/subscription.ts';
import type { Cause } from '../../core/causes.ts';
import type { Measured } from '../../measure/figures.ts';
import type { INCIDENT_FIGURES } from '../../record/load-figures.ts';

/** A client that has no stream again by then is not waited for any longer. */
const MAX_WINDOW_MS = 60_000;

export type IncidentFigures = Measured<typeof INCIDENT_FIGURES>;

export interface IncidentStart {
  nowMs: number;
  /** How long the incident lasts by itself, before any client can recover. */
  durationMs: number;
  /** All load processes live through the same incident: one of them counts it. */
  isCounted: boolean;
}

export class IncidentWindow {
  /** The server was told to stop, and may not come back. */
  readonly isStop: boolean = false;
  readonly startMs: number;
  private readonly untilMs: number;
  private readonly affected: Set<Subscription>;
  protected readonly summary: IncidentFigures;
  /** Connections of the second that is under way, and the most in any. */
  private connects = 0;
  private secondMs: number;
  protected mostConnects = 0;

  constructor(
    clients: Iterable<Subscription>,
    summary: IncidentFigures,
    { nowMs, durationMs, isCounted }: IncidentStart,
  ) {
    this.startMs = nowMs;
    this.secondMs = nowMs;
    this.untilMs = nowMs + durationMs;
    this.summary = summary;
    this.affected = new Set();
    if (isCounted) summary.counts.incidents += 1;
    for (const client of clients) {
      if (client.behaviour.kind === 'healthy' && client.state === 'open' && !client.completed)
        this.affected.add(client);
    }
  }

  /** A client has a stream again. */
  opened(client: Subscription, nowMs: number): void {
    while (nowMs - this.secondMs >= 1000) {
      this.secondMs += 1000;
      this.connects = 0;
    }
    this.connects += 1;
    this.mostConnects = Math.max(this.mostConnects, this.connects);
    if (this.affected.has(client)) this.summary.times.recovery.record(nowMs - this.startMs);
  }

  /** A stream ended that had been open. */
  dropped(_client: Subscription, _cause: Cause, _nowMs: number): void {
    this.summary.counts.dropsInIncident += 1;
  }

  /** An attempt failed before its stream opened. */
  refused(): void {
    this.summary.counts.refusedInIncident += 1;
  }

  /** Whether all have a stream again that something has come on since. */
  isOver(nowMs: number): boolean {
    if (nowMs < this.untilMs) return false;
    if (nowMs - this.untilMs > MAX_WINDOW_MS) return true;
    for (const client of this.affected) {
      if (client.completed || client.hasLeft) continue;
      if (client.state !== 'open' || client.lastByteMs <= this.untilMs) return false;
    }
    return true;
  }

  /** Who has not come back by now. The heartbeats of the others are judged anew from here. */
  close(nowMs: number): void {
    const { counts } = this.summary;
    counts.peakReconnectsPerSecond = Math.max(counts.peakReconnectsPerSecond, this.mostConnects);
    for (const client of this.affected) {
      // One whose stream has come to its end may be between two streams, or told that there is no more.
      if (client.state !== 'open' && !client.completed && !client.hasLeft) counts.notRecovered += 1;
      client.lastHeartbeatMs = nowMs;
      client.missesHeartbeat = false;
    }
  }
}
