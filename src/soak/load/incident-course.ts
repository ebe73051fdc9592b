/** The incidents of the plan as one load process lives them: one at a time, from its beginning until all have come back. */
import type { Clock } from '../../core/clock.ts';
import type { Incident } from '../../core/incidents.ts';
import type { Fleet } from './fleet.ts';
import { IncidentWindow } from './incident-window.ts';
import type { Recorder } from './recorder.ts';
import type { StaleWatch } from './stale-watch.ts';
import { StopWindow } from './stop-window.ts';

/** Those who are told of an incident. */
interface Told {
  readonly recorder: Recorder;
  readonly fleet: Fleet;
  readonly stale: StaleWatch;
  readonly clock: Clock;
}

export class IncidentCourse {
  private readonly told: Told;
  private readonly isCounted: boolean;

  /** @param isCounted this process is the one that counts them */
  constructor(told: Told, isCounted: boolean) {
    this.told = told;
    this.isCounted = isCounted;
  }

  begin({ kind, durationMs }: Incident): void {
    const { recorder, fleet, stale, clock } = this.told;
    const nowMs = clock.nowMs();
    recorder.incident?.close(nowMs);
    const start = { nowMs, durationMs, isCounted: this.isCounted };
    const newLife = (): void => {
      recorder.accounts.numberingBegins();
      stale.forgetAll();
    };
    recorder.incident =
      kind === 'sigterm'
        ? new StopWindow(fleet.clients, recorder.summary, { ...start, onReturn: newLife })
        : new IncidentWindow(fleet.clients, recorder.summary, start);
    if (kind === 'reconnect-all') fleet.reconnectAll();
    if (kind === 'restart-server') newLife();
    // Whom a server closes that was told to stop it has not thrown out.
    if (kind === 'sigterm') stale.forgetAll();
  }

  /** Ends the incident once all have come back. */
  watch(): void {
    const { recorder, clock } = this.told;
    if (recorder.incident?.isOver(clock.nowMs()) === true) this.close();
  }

  close(): void {
    const { recorder, clock } = this.told;
    recorder.incident?.close(clock.nowMs());
    recorder.incident = null;
  }
}
