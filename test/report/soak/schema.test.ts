import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import type { RunRecord } from '../../../src/record/run-record.ts';
import { countUp } from '../../../src/measure/figures.ts';
import { soakReport } from '../../../src/report/soak/json.ts';
import { FINDING_IDS } from '../../../src/findings/finding-rows.ts';
import { METRIC_UNITS } from '../../../src/verdict/metrics.ts';
import { FOUND, emptyRecord, load, sample, second, soakResult, soundRecord } from '../../support/run-record.ts';
import { emptyServerRecord, NO_ORIGIN } from '../../../src/memory/server-memory.ts';

const MB = 1_000_000;
type Json = { [key: string]: Json } & Json[];

const schemaFile = new URL('../../../schemas/soak-report.schema.json', import.meta.url);
const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as Json;
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false }).compile(
  schema,
);

function reportOf(record: RunRecord, flags: Record<string, string | string[]> = {}): Json {
  return JSON.parse(JSON.stringify(soakReport(soakResult(record, flags)))) as Json;
}

function errors(report: unknown): string[] {
  validate(report);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const THRESHOLDS = {
  threshold: [
    'latency.p99<1ms',
    'events.lost==0',
    'server.rss.growth<1MB/min',
    'reconnect.p99<1s',
    'clients.dropRate<5%',
    'events.rate>1/s',
    'server.rss.peak<1GB',
  ],
};

const runs: [name: string, record: RunRecord, flags?: Record<string, string | string[]>][] = [
  ['a sound run', soundRecord()],
  ['thresholds of every unit', soundRecord(), THRESHOLDS],
  [
    'a whole plan',
    soundRecord(),
    {
      clients: '10',
      ramp: '1s',
      churn: '1/s',
      header: ['A: b'],
      report: ['json=x.json'],
      ignore: ['event-lost'],
      fault: ['naive'],
      seed: '1',
    },
  ],
  ['an empty run', emptyRecord()],
  [
    'an interrupted run',
    soundRecord((record) => {
      record.interrupted = true;
    }),
  ],
  [
    'a run interrupted before anybody came',
    emptyRecord((record) => {
      record.interrupted = true;
    }),
  ],
  [
    'a refused run',
    emptyRecord(({ summary }) => {
      summary.kind('healthy').refused = 1;
      summary.refusalsByCause.set('http-status: status 503', 1);
    }),
  ],
  [
    'a server that was found by its port',
    soundRecord(({ server }) => {
      Object.assign(server, {
        source: 'pid',
        clientCount: null,
        memory: 'pss',
        process: { ...FOUND, isProxy: true },
      });
    }),
  ],
  [
    'a server on this machine that nobody can look into',
    soundRecord(({ server }) => {
      Object.assign(server, {
        source: 'none',
        clientCount: null,
        memory: null,
        unread: { why: 'it belongs to another user', flag: '--server-pid' },
      });
    }),
  ],
  [
    'a server that died',
    soundRecord(({ server }) => {
      Object.assign(server, { down: 'was ended by SIGKILL', end: null, settled: null });
    }),
  ],
  [
    'a remote target',
    soundRecord(({ server, series, target }) => {
      target.embedded = false;
      Object.assign(server, emptyServerRecord(NO_ORIGIN));
      for (const point of series) point.rssBytes = null;
    }),
  ],
  [
    'a leak',
    soundRecord((record) => {
      load(record, 90_000, (tMs) => 100 * MB + tMs * 500);
    }),
  ],
  [
    'memory that shrinks',
    soundRecord((record) => {
      load(record, 90_000, (tMs) => 100 * MB - tMs * 500);
    }),
  ],
  [
    'everything wrong',
    soundRecord((record) => {
      record.generator.saturated = true;
      record.generator.rssGrowthBytes = -4096;
      record.expectations.heartbeatMs = null;
      record.server.settled = sample(45_000, 400 * MB, { clients: 9, heapUsedBytes: 300 * MB });
      const { summary } = record;
      Object.assign(summary.counts, {
        lost: 1,
        duplicated: 1,
        reordered: 1,
        resumeLost: 1,
        resumeDuplicated: 1,
        heartbeatsLate: 1,
        heartbeatsMissing: 1,
        evictionsMissed: 1,
        evictionsUnknown: 1,
      });
      for (const kind of summary.byKind.values()) kind.dropped = 1;
      countUp(summary.dropsByCause, 'reset', 3);
      countUp(summary.refusalsByCause, 'content-type: text/html');
    }),
  ],
];

it.each(runs)('the published schema of the report admits what we write of %s', (_name, record, flags = {}) => {
  expect(errors(reportOf(record, flags))).toEqual([]);
});

// UPDATE_SCHEMA=1 npx vitest run test/report/soak/schema.test.ts enters a new finding into the published file.
it('the published schema of the report knows every finding and every unit', () => {
  const id = (schema['properties'] as unknown as Json)['findings']?.['items']?.['properties']?.['id'] as Json[string];
  if (process.env['UPDATE_SCHEMA'] === '1') {
    id['enum'] = [...FINDING_IDS] as unknown as Json[string];
    writeFileSync(schemaFile, `${JSON.stringify(schema, null, 2)}\n`);
  }
  expect(id['enum']).toEqual([...FINDING_IDS]);
  expect(schema['definitions']?.['threshold']?.['properties']?.['unit']?.['enum']).toEqual(Object.keys(METRIC_UNITS));
});

// The contract names these, and scripts depend on them.
it.each([
  'schema',
  'version',
  'verdict',
  'exitCode',
  'startedAt',
  'durationMs',
  'seed',
  'target',
  'target.url',
  'target.embedded',
  'target.protocol',
  'plan',
  'environment',
  'environment.node',
  'environment.cpus',
  'environment.fdLimit',
  'clients',
  'clients.planned',
  'clients.connected',
  'clients.peak',
  'clients.dropped',
  'clients.refused',
  'clients.reconnects',
  'clients.byKind',
  'clients.dropsByCause',
  'events',
  'events.received',
  'events.lost',
  'events.duplicated',
  'events.reordered',
  'events.malformed',
  'events.ratePerSecond',
  'bytes',
  'bytes.received',
  'bytes.ratePerSecond',
  'latencyMs',
  'latencyMs.count',
  'latencyMs.mean',
  'latencyMs.p50',
  'latencyMs.p90',
  'latencyMs.p95',
  'latencyMs.p99',
  'latencyMs.p999',
  'latencyMs.max',
  'latencyMs.censored',
  'latencyMs.hdr',
  'heartbeat',
  'heartbeat.count',
  'heartbeat.intervalMs',
  'eviction',
  'eviction.expected',
  'eviction.evicted',
  'eviction.missed',
  'eviction.timeMs',
  'server',
  'server.source',
  'server.process',
  'server.unread',
  'server.rssBytes',
  'server.rssBytes.baseline',
  'server.rssBytes.peak',
  'server.rssBytes.end',
  'server.rssBytes.settled',
  'server.growth',
  'server.growth.bytesPerMinute',
  'server.growth.low',
  'server.growth.high',
  'server.growth.verdict',
  'server.clientsAfter',
  'generator',
  'generator.processes',
  'generator.cpuSeconds',
  'generator.rssBytes',
  'generator.eventLoopDelayMs',
  'generator.saturated',
  'thresholds',
  'thresholds.0.expression',
  'thresholds.0.actual',
  'thresholds.0.unit',
  'thresholds.0.status',
  'findings',
  'findings.0.id',
  'findings.0.severity',
  'findings.0.title',
  'findings.0.evidence',
  'findings.0.hint',
  'series',
  'series.0.tMs',
  'series.0.clients',
  'series.0.events',
  'series.0.latencyP50Ms',
  'series.0.latencyP99Ms',
  'series.0.rssBytes',
  'series.0.drops',
  'series.0.evictions',
])('the published schema of the report refuses a report without %s', (path) => {
  const report = reportOf(
    soundRecord(({ summary }) => {
      summary.counts.lost = 1;
    }),
    THRESHOLDS,
  );
  const keys = path.split('.');
  const parent = keys.slice(0, -1).reduce<Json>((value, key) => value[key] as Json, report);
  expect(delete parent[keys.at(-1) as string]).toBe(true);
  expect(errors(report).join()).toContain(`must have required property '${keys.at(-1)}'`);
});

it.each<[string, (report: Json) => unknown]>([
  ['another schema', (report) => Object.assign(report, { schema: 'sse-probe/soak@2' })],
  ['a field that nobody knows', (report) => Object.assign(report, { extra: 1 })],
  ['an unknown kind of client', (report) => Object.assign(report['clients']?.['byKind'] as object, { lazy: {} })],
  ['a negative count', (report) => Object.assign(report['events'] as object, { received: -1 })],
  ['half an event', (report) => Object.assign(report['events'] as object, { lost: 0.5 })],
  ['null where something is always known', (report) => Object.assign(report['clients'] as object, { connected: null })],
  ['zero for a latency without samples', (report) => Object.assign(report['reconnectMs'] as object, { p99: 0 })],
  ['null for a latency with samples', (report) => Object.assign(report['latencyMs'] as object, { p99: null })],
  [
    'a growth that fails without figures',
    (report) => Object.assign(report['server']?.['growth'] as object, { verdict: 'fail' }),
  ],
  [
    'a growth without its verdict',
    (report) => Object.assign(report['server']?.['growth'] as object, { verdict: null }),
  ],
  ['an exit code that does not go with the verdict', (report) => Object.assign(report, { exitCode: 1 })],
  ['an interrupted run that says 0', (report) => Object.assign(report, { interrupted: true, verdict: 'interrupted' })],
  ['an interrupted run that passes', (report) => Object.assign(report, { interrupted: true, exitCode: 130 })],
  ['a time that is no ISO 8601', (report) => Object.assign(report, { startedAt: 'yesterday' })],
  ['a number as text', (report) => Object.assign(report, { durationMs: '36000' })],
  [
    'a threshold without data that holds',
    (report) =>
      report['thresholds']?.push({
        expression: 'a<1',
        actual: null,
        unit: 'count',
        status: 'pass',
      } as unknown as Json),
  ],
  [
    'a finding that nobody has heard of',
    (report) =>
      report['findings']?.push({
        id: 'bad-luck',
        severity: 'fail',
        title: 'x',
        evidence: {},
        hint: 'x',
      } as unknown as Json),
  ],
  [
    'a finding of a severity of its own',
    (report) =>
      report['findings']?.push({
        id: 'event-lost',
        severity: 'fatal',
        title: 'x',
        evidence: {},
        hint: 'x',
      } as unknown as Json),
  ],
])('the published schema of the report refuses %s', (_name, spoil) => {
  const report = reportOf(soundRecord());
  expect(errors(report)).toEqual([]);
  spoil(report);
  expect(errors(report)).not.toEqual([]);
});

function withCauses(dropsByCause: { reset: number }): Json {
  return reportOf({ ...soundRecord(), series: [second(1000, { drops: 1, dropsByCause })] });
}

it('the schema takes drops by cause in a point of the series, and no cause that did not occur', () => {
  expect(errors(withCauses({ reset: 1 }))).toEqual([]);
  expect(errors(withCauses({ reset: 0 }))).toEqual(['/series/0/dropsByCause/reset must be >= 1']);
});
