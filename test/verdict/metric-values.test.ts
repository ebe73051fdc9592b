import { expect, it } from 'vitest';
import type { RunRecord } from '../../src/record/run-record.ts';
import { countUp } from '../../src/measure/figures.ts';
import { Summary } from '../../src/record/summary.ts';
import { metricValue } from '../../src/verdict/metric-values.ts';
import { judgedRun } from '../../src/verdict/judged-run.ts';
import { METRICS } from '../../src/verdict/metrics.ts';
import { emptyRecord, load, sample, soundRecord } from '../support/run-record.ts';

const MB = 1_000_000;

/** As a language model does: no feed has such figures. */
function answered(record: RunRecord): void {
  const { summary } = record;
  record.until = { kind: 'text', text: '[DONE]' };
  summary.counts.answers = 1;
  summary.counts.sessions = 1;
  for (const name of ['firstToken', 'interToken', 'answer', 'initialize', 'completion'] as const)
    summary.times[name].record(50);
}

it('the values of metrics exist under every name that a threshold may have, in a run that shows them all', () => {
  const record = soundRecord((sound) => {
    load(sound, 60_000, () => 62 * MB);
    sound.summary.times.reconnect.record(2000);
    answered(sound);
  });
  const missing = [...METRICS.keys()].filter((name) => metricValue(judgedRun(record), name) === null);
  expect(missing).toEqual([]);
});

it('the values of metrics are null for all that nobody has measured, and never zero', () => {
  const counted = [...METRICS.keys()].filter((name) => metricValue(judgedRun(emptyRecord()), name) !== null);
  expect(counted.toSorted()).toEqual([
    'bytes.rate',
    'bytes.received',
    'clients.connected',
    'clients.refused',
    'events.rate',
    'events.received',
    'generator.cpu',
    'generator.lag.p99',
  ]);
});

it.each<[string, number, (record: RunRecord) => void]>([
  ['events.lost', 5, ({ summary }) => Object.assign(summary.counts, { lost: 2, resumeLost: 3 })],
  ['events.duplicated', 7, ({ summary }) => Object.assign(summary.counts, { duplicated: 3, resumeDuplicated: 4 })],
  ['events.reordered', 6, ({ summary }) => Object.assign(summary.counts, { reordered: 6 })],
  ['events.malformed', 6, ({ summary }) => Object.assign(summary.counts, { malformed: 6 })],
  [
    'clients.completed',
    7,
    (record) => {
      record.until = { kind: 'text', text: '[DONE]' };
      record.summary.counts.completed = 7;
    },
  ],
  ['events.received', 309, () => {}],
  ['events.rate', 9, () => {}],
  ['bytes.received', 42_000, () => {}],
  ['bytes.rate', 1200, () => {}],
  ['clients.connected', 10, () => {}],
  [
    'clients.dropped',
    3,
    ({ summary }) => {
      summary.kind('healthy').dropped = 2;
      summary.kind('slow').dropped = 1;
    },
  ],
  [
    'clients.dropRate',
    0.25,
    ({ summary }) => {
      summary.kind('healthy').dropped = 5;
      summary.kind('healthy').reconnects = 10;
    },
  ],
  [
    'clients.refused',
    4,
    ({ summary }) => {
      summary.kind('healthy').refused = 4;
    },
  ],
  [
    'clients.reconnects',
    4,
    ({ summary }) => {
      summary.kind('resuming').reconnects = 4;
    },
  ],
  ['answers.completed', 8, ({ summary }) => Object.assign(summary.counts, { answers: 8, answersFailed: 2 })],
  [
    'sessions.opened',
    7,
    ({ summary }) => Object.assign(summary.counts, { sessions: 7, sessionsRefused: 3, sessionsExpired: 1 }),
  ],
  ['sessions.refused', 3, ({ summary }) => Object.assign(summary.counts, { sessions: 7, sessionsRefused: 3 })],
  ['sessions.expired', 1, ({ summary }) => Object.assign(summary.counts, { sessions: 7, sessionsExpired: 1 })],
  ['initialize.mean', 2000, ({ summary }) => summary.times.initialize.record(2000)],
  ['answers.failed', 2, ({ summary }) => Object.assign(summary.counts, { answers: 8, answersFailed: 2 })],
  ['firstToken.max', 120, ({ summary }) => summary.times.firstToken.record(120)],
  ['interToken.p50', 20, ({ summary }) => summary.times.interToken.record(20)],
  ['answer.mean', 2000, ({ summary }) => summary.times.answer.record(2000)],
  ['eviction.time.max', 9000, () => {}],
  ['eviction.missed', 2, ({ summary }) => Object.assign(summary.counts, { evictionsMissed: 2 })],
  ['eviction.false', 0, () => {}],
  [
    'server.rss.peak',
    99 * MB,
    ({ server }) => {
      server.samples.push(sample(3000, 99 * MB));
    },
  ],
  ['server.rss.perClient', 0.2 * MB, () => {}],
  ['server.rss.retained', 1 * MB, () => {}],
  [
    'server.clients.leaked',
    4,
    ({ server }) => {
      server.settled = sample(45_000, 61 * MB, { clients: 4 });
    },
  ],
  ['server.cpu', 0.1, () => {}],
  ['generator.cpu', 0.1, () => {}],
  ['generator.lag.p99', 4, () => {}],
  ['heartbeat.p50', 2000, () => {}],
])('the values of metrics of %s is %s', (name, value, change) => {
  const actual = metricValue(judgedRun(soundRecord(change)), name);
  expect(Math.abs((actual ?? Number.NaN) - value) / (value === 0 ? 1 : value)).toBeLessThan(0.001);
});

it('the values of metrics of growth is the slope of the memory, in bytes a minute', () => {
  const record = soundRecord((sound) => load(sound, 120_000, (tMs) => 100 * MB + tMs * 5 * (MB / 60_000)));
  expect(metricValue(judgedRun(record), 'server.rss.growth')).toBeCloseTo(5 * MB, -3);
});

it('the values of metrics count as falsely evicted who read and was removed, and not who was removed too late', () => {
  const late = soundRecord(({ server, summary }) => {
    server.end = sample(35_000, 62 * MB, { evicted: 4 });
    Object.assign(summary.counts, { evictionsMissed: 3 });
  });
  expect(metricValue(judgedRun(late), 'eviction.false')).toBe(0);
  const wrong = soundRecord(({ server, summary }) => {
    server.end = sample(35_000, 62 * MB, { evicted: 4 });
    summary.kind('healthy').dropped = 3;
    countUp(summary.dropsByCause, 'reset', 3);
  });
  expect(metricValue(judgedRun(wrong), 'eviction.false')).toBe(3);
});

it.each(['clients.dropped', 'clients.dropRate', 'clients.reconnects'])(
  'the values of metrics of %s have no sample when there was no stream',
  (name) => {
    expect(
      metricValue(
        judgedRun(
          soundRecord((record) => {
            record.summary = new Summary();
          }),
        ),
        name,
      ),
    ).toBeNull();
  },
);

it('the values of metrics that can end a run early exist while it goes on, before anything is closed or looked at for the last time', () => {
  const running = soundRecord((record) => {
    load(record, 60_000, () => 62 * MB);
    record.summary.times.reconnect.record(2000);
    answered(record);
    record.summary.counts.evictionsExpected = 0;
    Object.assign(record.server, { end: null, settled: null });
  });
  const missing = [...METRICS]
    .filter(([name, { atEnd }]) => !atEnd && metricValue(judgedRun(running), name) === null)
    .map(([name]) => name);
  expect(missing).toEqual([]);
});
