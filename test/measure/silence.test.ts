import { expect, it } from 'vitest';
import { HeartbeatJudge, type HeartbeatState, lastFlow } from '../../src/measure/heartbeat.ts';
import { Summary } from '../../src/record/summary.ts';
import { UNAFFECTED } from '../../src/measure/defects.ts';

const OPENED_MS = 100_000;

interface Life {
  /** Promised every 2 s, or nothing promised and any byte wanted within 20 s. */
  promised: boolean;
  lastByteMs: number;
  lastHeartbeatMs: number;
  ownStopMs?: number;
}

/** What one client counts as when it is looked at once a second; times are since it opened. */
function judged(
  { promised, lastByteMs, lastHeartbeatMs, ownStopMs = 0 }: Life,
  untilMs: number,
  flowingMs: (nowMs: number) => number,
): string {
  const summary = new Summary();
  const judge = new HeartbeatJudge(promised ? 2000 : null, promised ? null : 20_000, () => ownStopMs);
  const client: HeartbeatState = {
    openedMs: OPENED_MS,
    lastByteMs: OPENED_MS + lastByteMs,
    lastHeartbeatMs: OPENED_MS + lastHeartbeatMs,
    missesHeartbeat: false,
    ...UNAFFECTED,
    beats: 0,
    shortestBeatMs: 0,
    longestBeatMs: 0,
  };
  for (let ms = lastByteMs; ms <= untilMs; ms += 1000)
    judge.sweep(client, OPENED_MS + ms, summary, OPENED_MS + flowingMs(ms));
  const { silentStreams, heartbeatsMissing } = summary.counts;
  return silentStreams + heartbeatsMissing > 1
    ? 'twice'
    : silentStreams > 0
      ? 'silent'
      : heartbeatsMissing > 0
        ? 'missing'
        : 'fine';
}

const others = (nowMs: number): number => nowMs - 300;
const nobody = (): number => Number.NEGATIVE_INFINITY;

it.each([
  ['right after a heartbeat', 8000, 8000],
  ['an event later', 9000, 8000],
  ['just before the next heartbeat', 9900, 8000],
])('a stream that falls silent %s is silent and not also without heartbeat', (_name, lastByteMs, lastHeartbeatMs) => {
  const life = { promised: true, lastByteMs, lastHeartbeatMs };
  expect(judged(life, lastByteMs + 6400, others)).toBe('fine');
  expect(judged(life, lastByteMs + 60_000, others)).toBe('silent');
});

it('a stream that falls silent is silent after the silence that is allowed, where nothing is promised', () => {
  const life = { promised: false, lastByteMs: 5000, lastHeartbeatMs: 0 };
  expect(judged(life, 25_000, others)).toBe('fine');
  expect(judged(life, 27_000, others)).toBe('silent');
});

it('a stream that falls silent misses heartbeats when nobody else is sent anything either', () => {
  expect(judged({ promised: true, lastByteMs: 8000, lastHeartbeatMs: 8000 }, 60_000, nobody)).toBe('missing');
  expect(judged({ promised: false, lastByteMs: 8000, lastHeartbeatMs: 0 }, 60_000, nobody)).toBe('missing');
});

it('a stream that falls silent misses heartbeats when the others had the same last event, a little later', () => {
  expect(judged({ promised: true, lastByteMs: 8000, lastHeartbeatMs: 2000 }, 60_000, () => 8900)).toBe('missing');
});

it('a stream that falls silent is not held against the server for as long as we stood still ourselves', () => {
  const life = { promised: true, lastByteMs: 8000, lastHeartbeatMs: 8000, ownStopMs: 5000 };
  expect(judged(life, 8000 + 11_400, others)).toBe('fine');
  expect(judged(life, 8000 + 12_600, others)).toBe('silent');
});

it.each([100, 500, 1000, 3000, 4500, 6000])(
  'a stream on which events flow without heartbeats is without heartbeat and never silent, with an event every %i ms',
  (everyMs) => {
    const summary = new Summary();
    const judge = new HeartbeatJudge(2000, null, () => 0);
    const client: HeartbeatState = {
      openedMs: 0,
      lastByteMs: 0,
      lastHeartbeatMs: 0,
      missesHeartbeat: false,
      ...UNAFFECTED,
      beats: 0,
      shortestBeatMs: 0,
      longestBeatMs: 0,
    };
    for (let ms = 0; ms <= 30_000; ms += 1000) {
      client.lastByteMs = Math.floor(ms / everyMs) * everyMs;
      judge.sweep(client, ms, summary, ms);
    }
    expect([summary.counts.heartbeatsMissing, summary.counts.silentStreams]).toEqual([1, 0]);
  },
);

const stream = (openedMs: number, lastByteMs: number): HeartbeatState => ({
  openedMs,
  lastByteMs,
  lastHeartbeatMs: openedMs,
  missesHeartbeat: false,
  ...UNAFFECTED,
  beats: 0,
  shortestBeatMs: 0,
  longestBeatMs: 0,
});

it('the last time that anybody was sent something is that of the last byte of any stream, greetings left out', () => {
  expect(lastFlow([stream(0, 5000), stream(0, 7000), stream(6900, 7800)])).toBe(7000);
  expect(lastFlow([stream(9000, 9500)])).toBe(Number.NEGATIVE_INFINITY);
  expect(lastFlow([])).toBe(Number.NEGATIVE_INFINITY);
});
