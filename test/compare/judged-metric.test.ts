import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MetricJudgement } from '../../src/compare/judged-metric.ts';
import { METRIC_DIRECTIONS } from '../../src/verdict/metric-directions.ts';
import { METRICS } from '../../src/verdict/metrics.ts';
import { compared, keptReport, later, type ReportChange, times } from '../support/kept-report.ts';

const MIB = 1024 ** 2;

function judgementOf(metric: string, base: ReportChange, next: ReportChange): MetricJudgement | undefined {
  const { metrics } = compared(keptReport(base, 1), keptReport(next, 2));
  return metrics.find((judged) => judged.metric === metric)?.judgement;
}

const sound: ReportChange = () => {};
const memory =
  (bytes: number): ReportChange =>
  ({ server, series }) => {
    server.rssBytes = { baseline: 55 * MIB, peak: 63 * MIB + bytes, end: 61 * MIB + bytes, settled: 56 * MIB + bytes };
    for (const point of series) point.rssBytes = (point.rssBytes ?? 0) + bytes;
  };

it.each<[what: string, metric: string, base: ReportChange, next: ReportChange, judgement: MetricJudgement]>([
  ['20 ms later', 'latency.p50', sound, (report) => later(report, 20), 'worse'],
  ['20 ms later', 'latency.p99', sound, (report) => later(report, 20), 'worse'],
  ['30 ms later', 'latency.sent.p50', sound, (report) => later(report, 30), 'worse'],
  [
    '30 ms later, since it was sent so much later',
    'latency.sent.p50',
    sound,
    (report) => {
      later(report, 30);
      report.latencySentMs = times(6, 14, 60);
    },
    'same',
  ],
  ['20 ms earlier', 'latency.p50', (report) => later(report, 20), sound, 'better'],
  ['2 ms later, less than the load tool is late', 'latency.p50', sound, (report) => later(report, 2), 'same'],
  [
    'no later, with one second in which the machine stood still',
    'latency.p99',
    sound,
    (report) => {
      Object.assign(report.latencyMs, { p99: 900, p999: 990, max: 1000 });
      Object.assign(report.series[30] as object, { latencyP50Ms: 700, latencyP99Ms: 1000 });
    },
    'same',
  ],
  [
    '20 ms later, on a machine whose load tool is 50 ms late itself',
    'latency.p50',
    sound,
    (report) => {
      later(report, 20);
      report.generator.eventLoopDelayMs.p99 = 50;
    },
    'same',
  ],
  [
    'later and later, as behind a queue that grows',
    'latency.p50',
    sound,
    (report) => {
      for (const [at, point] of report.series.entries()) point.latencyP50Ms = 6 + at * 100;
      Object.assign(report.latencyMs, times(3000, 5000, 6000));
    },
    'worse',
  ],
  [
    'later in a run of 5 s, which is too short to tell',
    'latency.p50',
    sound,
    (report) => {
      later(report, 20);
      report.series.splice(10);
    },
    'not-judged',
  ],
  ['0.3 ms and 0.5 ms', 'connect.p50', ({ connectMs }) => Object.assign(connectMs, { p50: 0.3 }), sound, 'same'],
  [
    'heads 20 ms later',
    'headers.p50',
    sound,
    (report) => {
      report.headersMs = times(21, 22, 25);
    },
    'worse',
  ],
  [
    'a tenth of the heads 20 ms later, as a single stop of the load tool makes them',
    'headers.p95',
    sound,
    (report) => {
      report.headersMs = { ...times(1.1, 21, 25), p95: 22 };
      report.generator.eventLoopDelayMs.max = 30;
    },
    'same',
  ],
  [
    'a tenth of the heads 60 ms later',
    'headers.p95',
    sound,
    (report) => {
      report.headersMs = { ...times(1.1, 61, 65), p95: 62 };
    },
    'worse',
  ],
  [
    'the median beyond the tolerance, and within what half of the clients had before',
    'headers.p50',
    sound,
    ({ headersMs }) => Object.assign(headersMs, { p50: 1.9 }),
    'same',
  ],
  [
    'times of ten clients',
    'headers.p50',
    sound,
    (report) => {
      report.headersMs = { ...times(21, 22, 25), count: 10 };
    },
    'not-judged',
  ],
  [
    'the longest time, one sample',
    'connect.max',
    sound,
    (report) => {
      report.connectMs.max = 5000;
    },
    'neutral',
  ],
  [
    'one event lost, none before',
    'events.lost',
    sound,
    ({ events }) => {
      events.lost = 1;
    },
    'worse',
  ],
  [
    'events lost while the load tool stood still',
    'events.lost',
    sound,
    ({ events }) => {
      Object.assign(events, { lost: 9, lostAfterStop: 9 });
    },
    'same',
  ],
  [
    'as many lost as chance makes of the same defect',
    'events.lost',
    ({ events }) => {
      events.lost = 100;
    },
    ({ events }) => {
      events.lost = 125;
    },
    'same',
  ],
  [
    'three times as many lost',
    'events.lost',
    ({ events }) => {
      events.lost = 100;
    },
    ({ events }) => {
      events.lost = 300;
    },
    'worse',
  ],
  [
    'no longer any lost',
    'events.lost',
    ({ events }) => {
      events.lost = 1;
    },
    sound,
    'better',
  ],
  [
    'twice as many refused in a run twice as long',
    'clients.refused',
    ({ clients }) => {
      clients.refused = 100;
    },
    (report) => {
      report.clients.refused = 200;
      report.durationMs *= 2;
    },
    'same',
  ],
  [
    'a third of the events fewer',
    'events.rate',
    ({ events }) => {
      events.ratePerSecond = 300;
    },
    (report) => {
      report.events.ratePerSecond = 200;
      for (const point of report.series) point.events -= 100;
    },
    'worse',
  ],
  [
    'half of the clients did not connect',
    'clients.connected',
    sound,
    ({ clients }) => {
      clients.connected = Math.floor(clients.connected / 2);
    },
    'worse',
  ],
  ['20 MiB more', 'server.rss.peak', memory(0), memory(20 * MIB), 'worse'],
  ['20 MiB less', 'server.rss.peak', memory(20 * MIB), memory(0), 'better'],
  ['20 MiB more kept', 'server.rss.retained', memory(0), memory(20 * MIB), 'worse'],
  ['4 MiB more, within the sawtooth', 'server.rss.peak', memory(0), memory(4 * MIB), 'same'],
  [
    'memory that was read in another way',
    'server.rss.peak',
    memory(0),
    (report) => {
      memory(20 * MIB)(report);
      report.server.memory = 'pss';
    },
    'not-judged',
  ],
  [
    'a trend above the interval of the old one',
    'server.rss.growth',
    ({ server }) => {
      server.growth = { bytesPerMinute: 0, low: -MIB, high: MIB, line: null, verdict: 'pass' };
    },
    ({ server }) => {
      server.growth = { bytesPerMinute: 9 * MIB, low: 7 * MIB, high: 11 * MIB, line: null, verdict: 'fail' };
    },
    'worse',
  ],
  [
    'a trend whose interval the old one touches',
    'server.rss.growth',
    ({ server }) => {
      server.growth = { bytesPerMinute: 0, low: -5 * MIB, high: 5 * MIB, line: null, verdict: 'pass' };
    },
    ({ server }) => {
      server.growth = { bytesPerMinute: 9 * MIB, low: 4 * MIB, high: 14 * MIB, line: null, verdict: 'inconclusive' };
    },
    'same',
  ],
  [
    'two thirds more of a core',
    'server.cpu',
    ({ server }) => {
      server.cpu = 0.3;
    },
    ({ server }) => {
      server.cpu = 0.5;
    },
    'worse',
  ],
  [
    'a little of a core where there was little',
    'server.cpu',
    ({ server }) => {
      server.cpu = 0.02;
    },
    ({ server }) => {
      server.cpu = 0.05;
    },
    'same',
  ],
  [
    'a figure that the base has not',
    'server.cpu',
    ({ server }) => {
      server.cpu = null;
    },
    sound,
    'not-judged',
  ],
  [
    'more of the load tool itself',
    'generator.cpu',
    sound,
    ({ generator }) => {
      generator.cpu = 1;
    },
    'neutral',
  ],
])('compare: %s makes %s what it is', (_what, metric, base, next, judgement) => {
  expect(judgementOf(metric, base, next)).toBe(judgement);
});

it('a report is the same as itself in every metric', () => {
  const report = keptReport();
  const { metrics, verdict, isSameRun } = compared(report, report);
  expect(metrics.filter(({ judgement }) => judgement === 'worse' || judgement === 'better')).toEqual([]);
  expect([verdict, isSameRun]).toEqual(['pass', true]);
});

it('two runs that differ only by chance are never worse', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(10_000), (one, other) => {
      const { metrics } = compared(keptReport(sound, one), keptReport(sound, other));
      expect(metrics.filter(({ judgement }) => judgement === 'worse')).toEqual([]);
    }),
    { numRuns: 15 },
  );
});

it('what comes later still is never the same again', () => {
  const milliseconds = fc.double({ min: 0, max: 200, noNaN: true });
  fc.assert(
    fc.property(milliseconds, milliseconds, fc.nat(1000), (some, more, seed) => {
      const base = keptReport(sound, 1);
      const worse = (byMs: number): boolean => {
        const { metrics } = compared(
          base,
          keptReport((report) => later(report, byMs), seed),
        );
        return metrics.some(({ metric, judgement }) => metric === 'latency.p50' && judgement === 'worse');
      };
      expect(worse(Math.min(some, more)) && !worse(Math.max(some, more))).toBe(false);
    }),
    { numRuns: 15 },
  );
});

it('every metric has a direction, and every longest time none', () => {
  expect([...METRIC_DIRECTIONS.keys()]).toEqual([...METRICS.keys()]);
  const longest = [...METRIC_DIRECTIONS].filter(([metric]) => metric.endsWith('.max'));
  expect(longest.filter(([, direction]) => direction !== 'neutral')).toEqual([]);
});

it.each([
  [[], 'worse'],
  [[{ metric: null, ratio: 10 }], 'same'],
  [[{ metric: 'latency.p50', ratio: 10 }], 'same'],
  [[{ metric: 'latency', ratio: 10 }], 'same'],
  [[{ metric: 'connect', ratio: 10 }], 'worse'],
  [
    [
      { metric: 'latency', ratio: 10 },
      { metric: 'latency.p50', ratio: 0.1 },
    ],
    'worse',
  ],
] as const)('with the tolerances %j latency 20 ms later is %s', (tolerances, judgement) => {
  const { metrics } = compared(
    keptReport(),
    keptReport((report) => later(report, 20), 2),
    { tolerances },
  );
  expect(metrics.find(({ metric }) => metric === 'latency.p50')?.judgement).toBe(judgement);
});
