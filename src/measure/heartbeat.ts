/**
 * Are heartbeats there, and on time?
 *
 * Where the server promises a period, it is held to that schedule (findings/bounds.ts). A gap is either late or
 * missing, and it is missing whether or not somebody looked at the stream before the heartbeat came after all. Where it
 * promises nothing, only silence is judged, and any byte breaks it: many sound servers send heartbeats only when
 * nothing else flows. A stream that is sent nothing at all while others are is silent, which is another defect than a
 * heartbeat that is missing, and is counted apart. Our own stops are added to every bound, since what arrived meanwhile
 * was read that much later.
 */
import { stoppedAfterMs } from '../findings/stopped-heartbeats.ts';
import {
  GREETING_COMMENT_MS,
  GREETING_MS,
  lateAfterMs,
  mayFallSilent,
  missingAfterMs,
  silentAfterMs,
} from '../findings/bounds.ts';
import { type Affected, noteDefect, withdrawDefects } from './defects.ts';
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
    /** Streams on which heartbeats had a rhythm and then stopped with everything else, and the part behind an event. */
    'heartbeatsStopped',
    'stoppedByEvent',
  ],
  times: [
    /** Between two heartbeats of one stream. */
    'heartbeatInterval',
    /** How far behind the promised period the late ones came. */
    'heartbeatLateness',
    /** The period of heartbeats that stopped, the age of their stream at which they did, and the silence since. */
    'stoppedPeriod',
    'stoppedAge',
    'stoppedSilence',
    /** How long clients were left without a heartbeat where one was promised, and streams without a byte while others had some. */
    'withoutHeartbeat',
    'withoutByte',
  ],
});
type HeartbeatFigures = Measured<typeof HEARTBEAT_FIGURES>;

/** The part of a client that heartbeats need. */
export interface HeartbeatState extends Affected {
  openedMs: number;
  lastByteMs: number;
  /** The time of opening until the first heartbeat. */
  lastHeartbeatMs: number;
  missesHeartbeat: boolean;
  /** Heartbeats behind the greeting, and the shortest and the longest time between two of them. */
  beats: number;
  shortestBeatMs: number;
  longestBeatMs: number;
}

export class HeartbeatJudge {
  private periodMs: number | null;
  private readonly withinMs: number | null;
  private readonly ownStopMs: () => number;
  private readonly silenceOnly: boolean;
  /** Streams that were counted as silent, as long as nothing shows that they live. */
  private readonly silent = new WeakSet<HeartbeatState>();

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
    const { missesHeartbeat } = client;
    noteRhythm(client, nowMs);
    client.lastHeartbeatMs = nowMs;
    client.missesHeartbeat = false;
    counts.heartbeats += 1;
    // The first one comes at any time within the period: the server's clock did not start with this client.
    if (!first) times.heartbeatInterval.record(sinceMs);
    // A silence that a heartbeat ends was not the end of the stream.
    if (this.silent.delete(client) && missesHeartbeat) {
      counts.silentStreams -= 1;
      counts.heartbeatsMissing += 1;
      withdrawDefects(client, ['silentStreams']);
      noteDefect(client, 'heartbeatsMissing');
    }
    if (this.periodMs === null) return;
    if (missesHeartbeat) {
      times.withoutHeartbeat.record(sinceMs);
      return;
    }
    const ownStopMs = this.ownStopMs();
    if (sinceMs <= lateAfterMs(this.periodMs) + ownStopMs) return;
    const gap = sinceMs > missingAfterMs(this.periodMs) + ownStopMs ? 'heartbeatsMissing' : 'heartbeatsLate';
    counts[gap] += 1;
    if (gap === 'heartbeatsMissing') times.withoutHeartbeat.record(sinceMs);
    if (gap === 'heartbeatsLate') times.heartbeatLateness.record(sinceMs - this.periodMs);
    noteDefect(client, gap);
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
    const { periodMs, withinMs } = this;
    if (client.missesHeartbeat || (periodMs === null && withinMs === null)) return;
    const allowedMs = periodMs === null ? silentAfterMs(withinMs ?? 0) : missingAfterMs(periodMs);
    const boundMs = allowedMs + this.ownStopMs();
    const silentMs = nowMs - client.lastByteMs;
    if (silentMs > boundMs) {
      // Others were sent something well after it was: not the last event that came here a little earlier.
      const othersFlow = flowingMs - client.lastByteMs > boundMs / 2;
      this.count(client, summary, othersFlow ? 'silentStreams' : 'heartbeatsMissing');
      if (othersFlow) this.silent.add(client);
    } else if (
      periodMs !== null &&
      nowMs - client.lastHeartbeatMs > boundMs &&
      !mayFallSilent(silentMs, boundMs, periodMs)
    ) {
      this.count(client, summary, 'heartbeatsMissing');
    }
  }

  /** At the end, for one open stream: how long it has been without, and whether its heartbeats had a rhythm, and stopped. */
  close(client: HeartbeatState, nowMs: number, { counts, times }: HeartbeatFigures): void {
    if (this.silent.has(client)) times.withoutByte.record(nowMs - client.lastByteMs);
    else if (client.missesHeartbeat && this.periodMs !== null)
      times.withoutHeartbeat.record(nowMs - client.lastHeartbeatMs);
    if (this.periodMs !== null || client.missesHeartbeat) return;
    const { beats, shortestBeatMs: shortestMs, longestBeatMs: longestMs, openedMs, lastByteMs } = client;
    const boundMs = stoppedAfterMs({ beats, shortestMs, longestMs });
    const silentMs = nowMs - lastByteMs;
    if (boundMs === null || silentMs <= boundMs + this.ownStopMs()) return;
    counts.heartbeatsStopped += 1;
    if (lastByteMs > client.lastHeartbeatMs) counts.stoppedByEvent += 1;
    times.stoppedPeriod.record(longestMs);
    times.stoppedAge.record(lastByteMs - openedMs);
    times.stoppedSilence.record(silentMs);
  }

  private count(
    client: HeartbeatState,
    { counts }: HeartbeatFigures,
    name: 'silentStreams' | 'heartbeatsMissing',
  ): void {
    client.missesHeartbeat = true;
    noteDefect(client, name);
    counts[name] += 1;
  }
}

function noteRhythm(client: HeartbeatState, nowMs: number): void {
  if (nowMs - client.openedMs < GREETING_COMMENT_MS) return;
  const sinceMs = nowMs - client.lastHeartbeatMs;
  client.beats += 1;
  if (client.beats === 1) return;
  client.shortestBeatMs = client.beats === 2 ? sinceMs : Math.min(client.shortestBeatMs, sinceMs);
  client.longestBeatMs = Math.max(client.longestBeatMs, sinceMs);
}

/** When any of these clients was last sent something, its first second left out. */
export function lastFlow(clients: Iterable<HeartbeatState>): number {
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const { openedMs, lastByteMs } of clients) {
    if (lastByteMs > latestMs && lastByteMs - openedMs > GREETING_MS) latestMs = lastByteMs;
  }
  return latestMs;
}
