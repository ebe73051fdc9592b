/**
 * The time from when a server was told to stop, as the clients of one load process live it: how and when each stream
 * ended that was open then, and whether its client has another one. It lasts until all have, else to the end of the run.
 */
import type { Subscription } from '../../client/subscription.ts';
import type { Cause } from '../../core/causes.ts';
import { countUp } from '../../measure/figures.ts';
import { IncidentWindow, type IncidentFigures, type IncidentStart } from './incident-window.ts';

export class StopWindow extends IncidentWindow {
  override readonly isStop = true;
  /** Which of its streams each client had when the server was told. */
  private readonly streams = new Map<Subscription, number>();

  private onReturn: (() => void) | null;

  /** @param onReturn called once, when the first client has a stream again: of a new life of the server, as a rule */
  constructor(
    clients: Iterable<Subscription>,
    summary: IncidentFigures,
    { onReturn, ...start }: IncidentStart & { onReturn: () => void },
  ) {
    const all = [...clients];
    super(all, summary, start);
    this.onReturn = onReturn;
    for (const client of all) {
      if (client.behaviour.reads && client.state === 'open' && !client.completed)
        this.streams.set(client, client.opened);
    }
    summary.counts.streamsAtStop += this.streams.size;
  }

  override opened(client: Subscription, nowMs: number): void {
    if (this.streams.has(client)) {
      this.onReturn?.();
      this.onReturn = null;
    }
    super.opened(client, nowMs);
  }

  override dropped(client: Subscription, cause: Cause, nowMs: number): void {
    super.dropped(client, cause, nowMs);
    if (this.streams.get(client) !== client.opened) return;
    this.summary.times.stopEnd.record(nowMs - this.startMs);
    countUp(this.summary.stopEnds, cause === 'eof-clean' && client.heardFarewell ? 'told' : cause);
  }

  override isOver(): boolean {
    for (const [client, opened] of this.streams) {
      if (client.completed || client.hasLeft) continue;
      if (client.state !== 'open' || client.opened === opened) return false;
    }
    return true;
  }

  override close(nowMs: number): void {
    const { counts } = this.summary;
    counts.peakReconnectsPerSecond = Math.max(counts.peakReconnectsPerSecond, this.mostConnects);
    for (const [client, opened] of this.streams) {
      if (client.state === 'open' && client.opened === opened) counts.openAfterStop += 1;
      else if (client.state !== 'open' && !client.completed && !client.hasLeft) counts.notBackAfterStop += 1;
      client.lastHeartbeatMs = nowMs;
      client.missesHeartbeat = false;
    }
  }
}
