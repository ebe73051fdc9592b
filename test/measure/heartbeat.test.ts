import { expect, it } from 'vitest';
import { HeartbeatJudge, type HeartbeatState } from '../../src/measure/heartbeat.ts';
import { Summary } from '../../src/record/summary.ts';
import { UNAFFECTED } from '../../src/measure/defects.ts';

const OPENED_MS = 100_000;

interface Rules {
  periodMs?: number | null;
  withinMs?: number | null;
  ownStopMs?: number;
}

/** One client that opened at 0; times are since then. */
class Watched {
  readonly judge: HeartbeatJudge;
  readonly summary = new Summary();
  readonly client: HeartbeatState = {
    openedMs: OPENED_MS,
    lastByteMs: OPENED_MS,
    lastHeartbeatMs: OPENED_MS,
    missesHeartbeat: false,
    ...UNAFFECTED,
    beats: 0,
    shortestBeatMs: 0,
    longestBeatMs: 0,
  };

  constructor({ periodMs = null, withinMs = null, ownStopMs = 0 }: Rules) {
    this.judge = new HeartbeatJudge(periodMs, withinMs, () => ownStopMs);
  }

  beat(atMs: number): this {
    this.client.lastByteMs = OPENED_MS + atMs;
    this.judge.heard(this.client, OPENED_MS + atMs, this.summary);
    return this;
  }

  bytes(atMs: number): this {
    this.client.lastByteMs = OPENED_MS + atMs;
    return this;
  }

  sweep(...atMs: number[]): this {
    for (const ms of atMs) this.judge.sweep(this.client, OPENED_MS + ms, this.summary);
    return this;
  }

  get counts(): { beats: number; late: number; missing: number } {
    const { heartbeats, heartbeatsLate, heartbeatsMissing } = this.summary.counts;
    return { beats: heartbeats, late: heartbeatsLate, missing: heartbeatsMissing };
  }
}

// Late is later than 1.5 periods and 500 ms: 3500 ms.
it.each([
  ['on time', [2000, 4000, 6000], 0],
  ['jittering by a quarter', [2500, 4000, 6500, 8000], 0],
  ['exactly as late as allowed', [3500, 7000], 0],
  ['a little later than allowed', [3501, 5501], 1],
  ['always late', [3600, 7200, 10_800], 3],
  ['early', [100, 200, 300], 0],
  ['first one late', [4000, 6000], 1],
])('a heartbeat that was promised every 2 s %s', (_name, beatsMs, late) => {
  const watched = new Watched({ periodMs: 2000 });
  for (const ms of beatsMs) watched.beat(ms);
  expect(watched.counts).toEqual({ beats: beatsMs.length, late, missing: 0 });
});

it('a heartbeat that was promised every 2 s is missing after three periods and a bit, and counted once', () => {
  const watched = new Watched({ periodMs: 2000 });
  expect(watched.sweep(6500).counts.missing).toBe(0);
  expect(watched.sweep(6501, 7000, 20_000, 60_000).counts.missing).toBe(1);
});

it('a heartbeat that was promised every 2 s is missing again when it stops again', () => {
  const watched = new Watched({ periodMs: 2000 }).sweep(10_000).beat(11_000).sweep(12_000, 17_500).beat(17_600);
  // The second one came 6.6 s after the first: nobody looked in time, and it was missing all the same.
  expect(watched.counts).toEqual({ beats: 2, late: 0, missing: 2 });
  expect(watched.sweep(24_100).counts.missing).toBe(2);
  expect(watched.sweep(24_101).counts.missing).toBe(3);
});

it('a heartbeat that was promised every 2 s is missing for as long as it takes until the next one, or until the end', () => {
  const came = new Watched({ periodMs: 2000 }).sweep(10_000).beat(11_000).beat(13_000);
  const unnoticed = new Watched({ periodMs: 2000 }).beat(2000).beat(9000);
  const never = new Watched({ periodMs: 2000 }).beat(2000).bytes(11_900).sweep(12_000);
  for (const watched of [came, unnoticed, never]) {
    watched.judge.close(watched.client, OPENED_MS + 14_000, watched.summary);
    expect(watched.counts.missing).toBe(1);
  }
  const longest = [came, unnoticed, never].map(({ summary }) => summary.times.withoutHeartbeat.percentile(100));
  for (const [at, ms] of [11_000, 7000, 12_000].entries()) expect(longest[at]).toBeCloseTo(ms, -2);
});

it('a heartbeat that was promised every 2 s is missing also while other bytes flow', () => {
  const watched = new Watched({ periodMs: 2000 });
  for (let ms = 0; ms <= 7000; ms += 100) watched.bytes(ms).sweep(ms);
  expect(watched.counts.missing).toBe(1);
});

it('a heartbeat that was promised every 2 s is not held to its period while our own process stood still', () => {
  const stopped = { periodMs: 2000, ownStopMs: 3000 };
  expect(new Watched(stopped).beat(6500).counts.late).toBe(0);
  expect(new Watched(stopped).beat(6501).counts.late).toBe(1);
  expect(new Watched(stopped).sweep(9500).counts.missing).toBe(0);
  expect(new Watched(stopped).sweep(9501).counts.missing).toBe(1);
});

it('a heartbeat that was promised every 2 s gives an interval from the second one on', () => {
  const watched = new Watched({ periodMs: 2000 }).beat(100);
  expect(watched.summary.times.heartbeatInterval.count).toBe(0);
  watched.beat(2100).beat(4200);
  expect(watched.summary.times.heartbeatInterval.count).toBe(2);
  expect(Math.abs(watched.summary.times.heartbeatInterval.percentile(100) - 2100)).toBeLessThan(3);
});

it('where no heartbeat was promised only silence is judged, and any byte breaks it', () => {
  const watched = new Watched({ withinMs: 20_000 });
  for (let ms = 0; ms <= 200_000; ms += 15_000) watched.sweep(ms).bytes(ms);
  expect(watched.counts).toEqual({ beats: 0, late: 0, missing: 0 });
  expect(watched.sweep(195_000 + 20_500).counts.missing).toBe(0);
  expect(watched.sweep(195_000 + 20_501, 230_000).counts.missing).toBe(1);
});

it('where no heartbeat was promised a beat is never late', () => {
  expect(new Watched({ withinMs: 20_000 }).beat(1000).beat(500_000).counts).toEqual({
    beats: 2,
    late: 0,
    missing: 0,
  });
});

it('where no heartbeat was promised our own stop is added', () => {
  expect(new Watched({ withinMs: 20_000, ownStopMs: 2000 }).sweep(22_500).counts.missing).toBe(0);
  expect(new Watched({ withinMs: 20_000, ownStopMs: 2000 }).sweep(22_501).counts.missing).toBe(1);
});

it('where no heartbeat was promised nothing is judged when no silence is forbidden either', () => {
  expect(new Watched({}).sweep(1e7).beat(1e7 + 1).counts).toEqual({ beats: 1, late: 0, missing: 0 });
});

it('where no heartbeat was promised the period counts from when the server names it, and its first word holds', () => {
  const watched = new Watched({ withinMs: 20_000 });
  expect(watched.judge.promisedPeriodMs).toBeNull();
  watched.judge.promise(1000);
  watched.judge.promise(60_000);
  expect(watched.judge.promisedPeriodMs).toBe(1000);
  expect(watched.sweep(3501).counts.missing).toBe(1);
});

it('where no heartbeat was promised a server that then promises a beat every 30 s is not blamed for 30 s of silence', () => {
  const watched = new Watched({ withinMs: 20_000 });
  watched.judge.promise(30_000);
  for (const ms of [30_000, 60_000, 90_000]) watched.sweep(ms - 1).beat(ms);
  expect(watched.counts).toEqual({ beats: 3, late: 0, missing: 0 });
});

it('what the plan promised stands against what the server says later', () => {
  const watched = new Watched({ periodMs: 2000 });
  watched.judge.promise(60_000);
  expect(watched.judge.promisedPeriodMs).toBe(2000);
  expect(watched.sweep(6501).counts.missing).toBe(1);
});

it.each([
  ['that stop with an event', [1000, 2000, 3000], 3500, 12_000, { heartbeatsStopped: 1, stoppedByEvent: 1 }],
  ['that stop by themselves', [1000, 2000, 3000], null, 12_000, { heartbeatsStopped: 1, stoppedByEvent: 0 }],
  ['that were not due for long', [1000, 2000, 3000], 3500, 8000, { heartbeatsStopped: 0 }],
  ['that had no rhythm', [1000, 1200, 4000], 4500, 20_000, { heartbeatsStopped: 0 }],
  ['of which only two came', [1000, 2000], 2500, 20_000, { heartbeatsStopped: 0 }],
  ['behind a greeting that is none of them', [0, 700, 1700, 2700], 3500, 12_000, { heartbeatsStopped: 1 }],
  ['while events flow', [1000, 2000, 3000], 11_500, 12_000, { heartbeatsStopped: 0 }],
] as const)('heartbeats that nobody promised %s', (_name, beatsMs, eventMs, endMs, counts) => {
  const watched = new Watched({ withinMs: 55_000 });
  for (const atMs of beatsMs) watched.beat(atMs);
  if (eventMs !== null) watched.bytes(eventMs);
  watched.judge.close(watched.client, OPENED_MS + endMs, watched.summary);
  expect(watched.summary.counts).toMatchObject(counts);
});

it('heartbeats that were promised are judged by the promise, and not by their rhythm', () => {
  const watched = new Watched({ periodMs: 2000 }).beat(1000).beat(2000).beat(3000);
  watched.judge.close(watched.client, OPENED_MS + 12_000, watched.summary);
  expect(watched.summary.counts.heartbeatsStopped).toBe(0);
});
