import { expect, it } from 'vitest';
import type { RunRecord } from '../../../src/record/run-record.ts';
import { TimeHistogram } from '../../../src/measure/histogram.ts';
import { soakReport } from '../../../src/report/soak/json.ts';
import { emptyRecord, load, soakResult, second, soundRecord } from '../../support/run-record.ts';

const MB = 1_000_000;

type Figures = Record<string, unknown>;

/** As it stands in the file. */
function reportOf(
  record: RunRecord,
  flags: Record<string, string | string[]> = {},
): Record<string, Figures> & { series: Figures[] } {
  return JSON.parse(JSON.stringify(soakReport(soakResult(record, flags)))) as ReturnType<typeof reportOf>;
}

const NO_TIMES = { count: 0, mean: null, p50: null, p90: null, p95: null, p99: null, p999: null, max: null };

it('the JSON report says who ran what, and what came of it', () => {
  expect(reportOf(soundRecord(), { clients: '10' })).toMatchObject({
    schema: 'sse-probe/soak@1',
    version: '0.1.0',
    verdict: 'pass',
    exitCode: 0,
    interrupted: false,
    startedAt: '2026-11-22T00:00:00.000Z',
    durationMs: 36_000,
    seed: 42,
    target: { url: 'http://127.0.0.1:8787/events', embedded: true, processes: 1, protocol: 'http/1.1', proxy: null },
    plan: { clients: 10, rampMs: 5000, mix: { healthy: 94 } },
    environment: { node: '20.20.0', platform: 'linux', cpus: 2, fdLimit: 1024 },
    thresholds: [],
    findings: [],
  });
});

it('the JSON report has the figures of a sound run', () => {
  const report = reportOf(soundRecord());
  expect(report['clients']).toEqual({
    planned: 10,
    connected: 10,
    peak: 10,
    dropped: 0,
    refused: 0,
    reconnects: 0,
    rotated: 0,
    completed: null,
    unfinished: null,
    churned: 0,
    churnedEarly: 0,
    retryClamped: 0,
    idsUnsendable: 0,
    byKind: Object.fromEntries(
      [
        ['healthy', 8],
        ['slow', 1],
        ['stalled', 1],
      ].map(([kind, count]) => [kind, { planned: count, connected: count, dropped: 0, refused: 0, reconnects: 0 }]),
    ),
    dropsByCause: {},
    refusalsByCause: {},
    ends: { open: 9, reset: 1 },
  });
  expect(report['events']).toEqual({
    received: 309,
    sequence: 'pointer',
    lost: 0,
    duplicated: 0,
    reordered: 0,
    resumeLost: 0,
    resumeDuplicated: 0,
    announcedLost: 0,
    idsSkipped: 0,
    lostAfterStop: 0,
    malformed: 0,
    ratePerSecond: 9,
  });
  expect(report['bytes']).toEqual({ received: 42_000, ratePerSecond: 1200 });
  expect(report['eviction']).toMatchObject({
    expected: 1,
    evicted: 1,
    missed: 0,
    notMeasured: 0,
    withinMs: 13_500,
    swallowedBytes: 131_072,
  });
  expect(report['heartbeat']).toMatchObject({ count: 120, late: 0, missing: 0, expectedMs: 2000, withinMs: null });
  expect(report['server']).toEqual({
    source: 'embedded',
    memory: 'rss',
    process: null,
    unread: null,
    restarts: 0,
    restartsMs: [],
    down: null,
    rssBytes: { baseline: 60 * MB, peak: 62 * MB, end: 62 * MB, settled: 61 * MB },
    heapUsedBytes: { baseline: 10 * MB, end: 10 * MB, settled: 10 * MB },
    growth: { bytesPerMinute: null, low: null, high: null, line: null, verdict: 'inconclusive' },
    cpu: 0.1,
    queuedBytesAtEnd: 0,
    evicted: 1,
    clientsBefore: 0,
    clientsAfter: 0,
  });
  expect(report['generator']).toMatchObject({
    processes: 1,
    cpuSeconds: 3,
    rssBytes: 90 * MB,
    eventLoopDelayMs: { p50: 0.2, p99: 4, max: 20 },
    saturated: false,
  });
  expect(report.series).toHaveLength(35);
  expect(report.series[34]).toEqual(second(35_000));
});

it('the JSON report has the latency with its whole histogram, which other tools can read', () => {
  const record = soundRecord(({ summary }) => {
    summary.times.latencyCensored.record(5);
  });
  const { hdr, ...figures } = reportOf(record)['latencyMs'] as Figures & { hdr: string };
  expect(figures).toEqual({
    count: 100,
    mean: expect.closeTo(5.05, 1),
    p50: expect.closeTo(5, 1),
    p90: expect.closeTo(9, 1),
    p95: expect.closeTo(9.5, 1),
    p99: expect.closeTo(9.9, 1),
    p999: expect.closeTo(10, 1),
    max: expect.closeTo(10, 1),
    censored: 1,
    skewed: 0,
    skewMs: null,
    invalid: 0,
    untimed: 0,
  });
  expect(TimeHistogram.decode(hdr).percentiles()).toEqual(record.summary.times.latency.percentiles());
});

it('the JSON report adds up what was lost and doubled on open streams and behind a Last-Event-ID', () => {
  const record = soundRecord(({ summary }) => {
    Object.assign(summary.counts, { lost: 1, resumeLost: 2, duplicated: 3, resumeDuplicated: 4, announcedLost: 5 });
  });
  expect(reportOf(record)['events']).toMatchObject({
    lost: 3,
    resumeLost: 2,
    duplicated: 7,
    resumeDuplicated: 4,
    announcedLost: 5,
  });
});

it('the JSON report has the growth of the memory where it could be told', () => {
  const record = soundRecord((sound) => load(sound, 120_000, (tMs) => 100 * MB + tMs * 5 * (MB / 60_000)));
  const growth = (reportOf(record)['server'] as { growth: Figures }).growth;
  expect(growth).toEqual({
    bytesPerMinute: expect.closeTo(5 * MB, -3),
    low: expect.closeTo(5 * MB, -3),
    high: expect.closeTo(5 * MB, -3),
    line: {
      fromMs: 33_000,
      toMs: 121_000,
      throughMs: 77_000,
      throughBytes: expect.closeTo(105.67 * MB, -4),
    },
    verdict: 'fail',
  });
  expect(reportOf(record)).toMatchObject({ verdict: 'fail', exitCode: 1 });
});

it('the JSON report has the streams that came to the end that the plan names, and the times to it', () => {
  const report = reportOf(
    soundRecord((record) => {
      record.until = { kind: 'event-name', name: 'done' };
      Object.assign(record.summary.counts, { completed: 2, unfinished: 1 });
      for (const ms of [1000, 3000]) record.summary.times.completion.record(ms);
    }),
  );
  expect(report['clients']).toMatchObject({ completed: 2, unfinished: 1 });
  expect(report['completionMs']).toMatchObject({
    count: 2,
    mean: expect.closeTo(2000, -1),
    max: expect.closeTo(3000, -1),
  });
});

it('the JSON report has null and never zero for what nobody measured', () => {
  const report = reportOf(emptyRecord());
  expect(report['latencyMs']).toEqual({
    ...NO_TIMES,
    censored: 0,
    skewed: 0,
    skewMs: null,
    invalid: 0,
    untimed: 0,
    hdr: '',
  });
  for (const name of [
    'latencySentMs',
    'spreadMs',
    'connectMs',
    'headersMs',
    'firstEventMs',
    'completionMs',
    'reconnectMs',
    'silenceMs',
  ])
    expect(report[name]).toEqual(NO_TIMES);
  expect(report['heartbeat']?.['intervalMs']).toEqual(NO_TIMES);
  expect(report['eviction']).toMatchObject({ timeMs: NO_TIMES, swallowedBytes: null });
  expect(report['events']).toMatchObject({
    sequence: 'none',
    idsSkipped: null,
    lost: null,
    duplicated: null,
    reordered: null,
    resumeLost: null,
    resumeDuplicated: null,
  });
  expect(report['server']).toEqual({
    source: 'embedded',
    memory: 'rss',
    process: null,
    unread: null,
    restarts: 0,
    restartsMs: [],
    down: null,
    rssBytes: { baseline: null, peak: null, end: null, settled: null },
    heapUsedBytes: { baseline: null, end: null, settled: null },
    growth: { bytesPerMinute: null, low: null, high: null, line: null, verdict: 'not-measured' },
    cpu: null,
    queuedBytesAtEnd: null,
    evicted: null,
    clientsBefore: null,
    clientsAfter: null,
  });
});

it('the JSON report has no latency for a second in which nothing came', () => {
  const record = soundRecord(({ series }) => {
    Object.assign(series[3] as object, { events: 0, latencyP50Ms: 0, latencyP99Ms: 0, rssBytes: null });
  });
  expect(reportOf(record).series[3]).toMatchObject({
    events: 0,
    latencyP50Ms: null,
    latencyP99Ms: null,
    rssBytes: null,
  });
  expect(reportOf(record).series[4]).toMatchObject({ latencyP50Ms: 0.4, latencyP99Ms: 1.25 });
});

it('the JSON report gives times to the microsecond and no further', () => {
  const record = soundRecord((sound) => {
    sound.durationMs = 36_000.123456789;
    sound.generator.eventLoopDelayMs.p99 = 1.23456789;
    Object.assign(sound.series[0] as object, { tMs: 1000.00049 });
  });
  expect(reportOf(record)).toMatchObject({
    durationMs: 36_000.123,
    generator: { eventLoopDelayMs: { p99: 1.235 } },
    series: expect.arrayContaining([expect.objectContaining({ tMs: 1000 })]),
  });
});

it('the JSON report has no secret anywhere: not of the URL, the headers, the body or the words of a finding', () => {
  const url = 'http://user-5ECRET:pass-5ECRET@127.0.0.1:8787/events?access_token=5ECRET&topic=news&api_key=5ECRET';
  const record = soundRecord(({ target, summary }) => {
    target.url = url;
    summary.refusalsByCause.set('content-type: text/html', 1);
  });
  const report = reportOf(record, {
    url,
    method: 'POST',
    body: '{"password":"5ECRET"}',
    header: ['Authorization: Bearer 5ECRET', 'X-Plain: 5ECRET', 'Cookie: a=5ECRET'],
  });
  expect(JSON.stringify(report)).not.toContain('5ECRET');
  expect(report['target']?.['url']).toContain('topic=news');
  expect(report['plan']).toMatchObject({
    body: 'REDACTED',
    headers: [
      ['Authorization', 'REDACTED'],
      ['X-Plain', 'REDACTED'],
      ['Cookie', 'REDACTED'],
      ['Content-Type', 'application/json'],
    ],
  });
});

it('the JSON report leaves the record as it was', () => {
  const record = soundRecord();
  const before = JSON.stringify(record);
  reportOf(record);
  expect(JSON.stringify(record)).toBe(before);
});

it('a point of the series in the JSON report has drops by cause, and has no such member where no stream was dropped', () => {
  const series = [second(1000), second(2000, { drops: 3, dropsByCause: { reset: 1, 'eof-clean': 2 } })];
  const report = soakReport(soakResult({ ...soundRecord(), series }));
  expect(report.series[0]).not.toHaveProperty('dropsByCause');
  expect(report.series[1]).toMatchObject({ drops: 3, dropsByCause: { reset: 1, 'eof-clean': 2 } });
});
