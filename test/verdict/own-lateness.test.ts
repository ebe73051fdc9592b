import { expect, it } from 'vitest';
import type { RunRecord } from '../../src/record/run-record.ts';
import { parseThreshold } from '../../src/verdict/thresholds.ts';
import { judge, type Verdict } from '../../src/verdict/verdict.ts';
import { TimeHistogram } from '../../src/measure/histogram.ts';
import { soundRecord } from '../support/run-record.ts';

type Change = (record: RunRecord) => void;

/** The p99 of a loop that was late by 203 ms, and once by 240 ms. */
const A_LITTLE_LATE = { saturated: true, eventLoopDelayMs: { p50: 90, p99: 203, max: 240 } };
const late: Change = ({ generator }) => void Object.assign(generator, A_LITTLE_LATE);
const stood: Change = ({ generator }) =>
  void Object.assign(generator, { saturated: true, stops: 1, longestStop: { atMs: 7000, durationMs: 5000 } });
const busy: Change = ({ generator }) => void Object.assign(generator, { saturated: true, busyMs: 12_000 });

const limited: Change = ({ generator }) => void Object.assign(generator, { saturated: true, limited: 3 });
const slowServer: Change = ({ summary }) => {
  for (let n = 0; n < 1000; n++) summary.times.latency.record(5000);
};

/** Nobody promised a heartbeat, and nobody stalls. */
const unpromised: Change = ({ expectations, summary }) => {
  Object.assign(expectations, { heartbeatMs: null, heartbeatWithinMs: 55_000 });
  Object.assign(summary.counts, { evictionsSeen: 0, evictionsMissed: 0 });
};

function silence(ms: number): Change {
  return ({ summary }) => {
    summary.times.silence = new TimeHistogram();
    summary.times.silence.record(ms);
  };
}

function verdictOf(changes: readonly Change[], thresholds: readonly string[]): Verdict {
  const record = soundRecord((sound) => {
    for (const change of changes) change(sound);
  });
  return judge(record, { thresholds: thresholds.map(parseThreshold), failOn: [], ignore: [] });
}

it.each<[what: string, changes: Change[], thresholds: string[], says: string]>([
  [
    'what is judged is a heartbeat every 2 s, which came on time',
    [late],
    [],
    'delayed by up to 240ms (p99 203ms), which does not change the result: the shortest time limit of this run is 3.5s (a late heartbeat',
  ],
  [
    'only a silence of 55 s would be a fault',
    [late, unpromised],
    [],
    'the shortest time limit of this run is 55.5s (the longest silence',
  ],
  [
    'it was stopped for 5 s, and only a silence of 55 s would be a fault',
    [stood, unpromised],
    [],
    'the longest silence',
  ],
  [
    'it never rested for 12 s, and only a silence of 55 s would be a fault',
    [busy, unpromised],
    [],
    'the shortest time limit of this run is 55',
  ],
  [
    'a threshold holds by much more',
    [late],
    ['latency.p99<500ms'],
    'the shortest time limit of this run is 500ms (latency.p99<500ms)',
  ],
  ['a threshold is on what takes no time', [late], ['events.lost==0'], 'a late heartbeat'],
  [
    'nobody is held to anything that takes time',
    [late, unpromised, ({ expectations }) => void Object.assign(expectations, { heartbeatWithinMs: null })],
    [],
    'nothing in this run is judged by time',
  ],
])('a load process that was late is a line and no doubt where %s', (_what, changes, thresholds, says) => {
  const { verdict, exitCode, findings } = verdictOf(changes, thresholds);
  expect(findings.map(({ id, severity }) => [id, severity])).toEqual([['generator-saturated', 'info']]);
  expect([verdict, exitCode]).toEqual(['pass', 0]);
  expect(findings[0]?.title).toContain(`, which does not change the result:`);
  expect(findings[0]?.title).toContain(says);
  expect(findings[0]?.title).toMatch(/^The load process .*[^.]\.$/);
});

it.each<[what: string, changes: Change[], thresholds: string[], decided: string]>([
  ['a heartbeat every 2 s was to come while it stood still', [stood], [], 'a late heartbeat'],
  [
    'heartbeats were nearly late',
    [late, ({ summary }) => summary.times.heartbeatInterval.record(3300)],
    [],
    'a late heartbeat',
  ],
  ['a silence was nearly too long', [late, unpromised, silence(55_400)], [], 'the longest silence allowed'],
  [
    'a stalled client was nearly kept too long',
    [late, ({ summary }) => summary.times.evictionTime.record(13_400)],
    [],
    'the eviction of a stalled client',
  ],
  ['a threshold is finer than its lateness', [late, unpromised], ['latency.p99<250ms'], 'latency.p99<250ms'],
  ['a threshold holds by less', [late, unpromised, silence(9900)], ['silence.max<10s'], 'silence.max<10s'],
  [
    'events were lost right after it stood still',
    [stood, unpromised, ({ summary }) => void Object.assign(summary.counts, { lost: 3, lostAfterStop: 3 })],
    [],
    'events lost right after it',
  ],
  [
    'streams ended that a server ends for those who do not read',
    [
      late,
      unpromised,
      ({ summary }) => {
        summary.kind('healthy').dropped = 1;
        summary.dropsByCause.set('reset', 1);
      },
    ],
    [],
    'client-dropped',
  ],
])('a load process that was late puts a run in doubt where %s', (_what, changes, thresholds, decided) => {
  const { findings } = verdictOf(changes, thresholds);
  const [doubt] = findings.filter(({ id }) => id === 'generator-saturated');
  expect(doubt?.severity).toBe('inconclusive');
  expect(doubt?.evidence).toMatchObject({ mayHaveDecided: expect.arrayContaining([decided]) });
});

it('a load process that ran out of descriptors puts a run in doubt whatever it is held to', () => {
  expect(verdictOf([limited, unpromised], [])).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
});

it('a threshold that is broken by much more than the load process was late fails the run', () => {
  const { verdict, findings } = verdictOf([late, slowServer], ['latency.p99<1s']);
  expect(verdict).toBe('fail');
  expect(findings.find(({ id }) => id === 'generator-saturated')?.severity).toBe('info');
});
