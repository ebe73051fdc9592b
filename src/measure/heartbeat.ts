/**
 * Are heartbeats there, and on time?
 *
 * Where the server promises a period, it is held to that schedule: later than half a period and a bit is
 * late, three periods without one is missing. Where it promises nothing, only silence is judged, and any byte
 * breaks it: many sound servers send heartbeats only when nothing else flows. Our own stops are added to
 * every bound, since what arrived meanwhile was read that much later.
 */
import type { Summary } from './summary.ts';

const LATE_FACTOR = 1.5;
const MISSING_PERIODS = 3;
/** Room for timers, scheduling and a busy machine. */
const SLACK_MS = 500;

/** The part of a client that heartbeats need. */
export interface HeartbeatState {
  openedMs: number;
  lastByteMs: number;
  /** The time of opening until the first heartbeat. */
  lastHeartbeatMs: number;
  missesHeartbeat: boolean;
}

export class HeartbeatJudge {
  private periodMs: number | null;
  private readonly withinMs: number | null;
  private readonly ownStopMs: () => number;
  private readonly silenceOnly: boolean;

  /**
   * @param periodMs what the plan knows of the server, null when nothing
   * @param withinMs the longest silence allowed as long as no period is promised, null for any
   * @param ownStopMs the longest stop of this process so far
   * @param silenceOnly the user said what to hold the server to: `withinMs`, whatever it promises
   */
  constructor(periodMs: number | null, withinMs: number | null, ownStopMs: () => number, silenceOnly = false) {
    this.periodMs = silenceOnly ? null : periodMs;
    this.withinMs = withinMs;
    this.ownStopMs = ownStopMs;
    this.silenceOnly = silenceOnly;
  }

  /** What heartbeats are judged by; null when only silence is. */
  get promisedPeriodMs(): number | null {
    return this.periodMs;
  }

  promise(periodMs: number): void {
    if (!this.silenceOnly) this.periodMs ??= periodMs;
  }

  heard(client: HeartbeatState, nowMs: number, summary: Summary): void {
    const sinceMs = nowMs - client.lastHeartbeatMs;
    const first = client.lastHeartbeatMs === client.openedMs;
    client.lastHeartbeatMs = nowMs;
    client.missesHeartbeat = false;
    summary.counts.heartbeats += 1;
    // The first one comes at any time within the period: the server's clock did not start with this client.
    if (!first) summary.times.heartbeatInterval.record(sinceMs);
    if (this.periodMs !== null && sinceMs > this.periodMs * LATE_FACTOR + SLACK_MS + this.ownStopMs()) {
      summary.counts.heartbeatsLate += 1;
    }
  }

  /** Looks at one open client; called about once a second. */
  sweep(client: HeartbeatState, nowMs: number, summary: Summary): void {
    if (client.missesHeartbeat) return;
    const slackMs = SLACK_MS + this.ownStopMs();
    const missing = this.periodMs === null
      ? this.withinMs !== null && nowMs - client.lastByteMs > this.withinMs + slackMs
      : nowMs - client.lastHeartbeatMs > this.periodMs * MISSING_PERIODS + slackMs;
    if (!missing) return;
    client.missesHeartbeat = true;
    summary.counts.heartbeatsMissing += 1;
  }
}
