/**
 * Are heartbeats there, and on time?
 *
 * Where the server promises a period, it is held to that schedule: later than half a period and a bit is
 * late, three periods without one is missing. Where it promises nothing, only silence is judged, and any byte
 * breaks it: many sound servers send heartbeats only when nothing else flows. A stream that is sent nothing at all
 * while others are is silent, which is another defect than a heartbeat that is missing, and is counted apart. Our own
 * stops are added to every bound, since what arrived meanwhile was read that much later.
 */
import { figures, type Measured } from './figures.ts';

export const HEARTBEAT_FIGURES = figures({
  counts: [
    'heartbeats',
    /** Heartbeats that came later than the promised period allows. */
    'heartbeatsLate',
    /** Streams on which other bytes came and heartbeats did not. */
    'heartbeatsMissing',
    /** Streams that were sent nothing at all while others were. */
    'silentStreams',
  ],
  /** Between two heartbeats of one stream. */
  times: ['heartbeatInterval'],
});
type HeartbeatFigures = Measured<typeof HEARTBEAT_FIGURES>;

const LATE_FACTOR = 1.5;
const MISSING_PERIODS = 3;
/**
 * When three periods have passed without a heartbeat, a stream that is falling silent has been without a byte for two
 * or nearly three of them: it is left to be silent for the third. With less, bytes flow and only the heartbeat is missing.
 */
const FALLING_SILENT_PERIODS = 1.5;
/** What a new stream is sent at once, a greeting or history, does not show that the server sends to all. */
const GREETING_MS = 1000;
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

  heard(client: HeartbeatState, nowMs: number, { counts, times }: HeartbeatFigures): void {
    const sinceMs = nowMs - client.lastHeartbeatMs;
    const first = client.lastHeartbeatMs === client.openedMs;
    client.lastHeartbeatMs = nowMs;
    client.missesHeartbeat = false;
    counts.heartbeats += 1;
    // The first one comes at any time within the period: the server's clock did not start with this client.
    if (!first) times.heartbeatInterval.record(sinceMs);
    if (this.periodMs !== null && sinceMs > this.periodMs * LATE_FACTOR + SLACK_MS + this.ownStopMs()) {
      counts.heartbeatsLate += 1;
    }
  }

  /**
   * Looks at one open client; called about once a second.
   *
   * @param flowingMs when any of these clients was last sent something (`lastFlow`)
   */
  sweep(
    client: HeartbeatState,
    nowMs: number,
    summary: HeartbeatFigures,
    flowingMs: number = Number.NEGATIVE_INFINITY,
  ): void {
    const { periodMs } = this;
    const allowedMs = periodMs === null ? this.withinMs : periodMs * MISSING_PERIODS;
    if (client.missesHeartbeat || allowedMs === null) return;
    const boundMs = allowedMs + SLACK_MS + this.ownStopMs();
    const silentMs = nowMs - client.lastByteMs;
    if (silentMs > boundMs) {
      // Others were sent something well after it was: not the last event that came here a little earlier.
      const othersFlow = flowingMs - client.lastByteMs > boundMs / 2;
      this.count(client, summary, othersFlow ? 'silentStreams' : 'heartbeatsMissing');
    } else if (
      periodMs !== null &&
      nowMs - client.lastHeartbeatMs > boundMs &&
      silentMs <= boundMs - periodMs * FALLING_SILENT_PERIODS
    ) {
      this.count(client, summary, 'heartbeatsMissing');
    }
  }

  private count(
    client: HeartbeatState,
    { counts }: HeartbeatFigures,
    name: 'silentStreams' | 'heartbeatsMissing',
  ): void {
    client.missesHeartbeat = true;
    counts[name] += 1;
  }
}

/** When any of these clients was last sent something, its first second left out. */
export function lastFlow(clients: Iterable<HeartbeatState>): number {
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const { openedMs, lastByteMs } of clients) {
    if (lastByteMs > latestMs && lastByteMs - openedMs > GREETING_MS) latestMs = lastByteMs;
  }
  return latestMs;
}
