/** A JSON report as it was written, held against its published schema. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { root } from './program.ts';

export interface SoakReport {
  verdict: string;
  exitCode: number;
  interrupted: boolean;
  durationMs: number;
  endedEarly: { expression: string; actual: number; tMs: number } | null;
  target: { url: string; protocol: string };
  clients: {
    planned: number;
    connected: number;
    peak: number;
    dropped: number;
    refused: number;
    reconnects: number;
    rotated: number;
    completed: number | null;
    unfinished: number | null;
    churned: number;
    churnedEarly: number;
    byKind: Record<string, Record<string, number>>;
    ends: Record<string, number>;
    dropsByCause: Record<string, number>;
  };
  events: Record<string, number>;
  bytes: { received: number; ratePerSecond: number };
  latencyMs: Record<string, number>;
  completionMs: Record<string, number>;
  spreadMs: Record<string, number>;
  heartbeat: { count: number; late: number; missing: number; intervalMs: Record<string, number> };
  eviction: {
    expected: number;
    evicted: number;
    missed: number;
    notMeasured: number;
    swallowedBytes: number;
    timeMs: Record<string, number>;
  };
  incidents: {
    count: number;
    recoveryMs: Record<string, number>;
    latencyMs: Record<string, number>;
    drops: number;
    refused: number;
    notRecovered: number;
    peakReconnectsPerSecond: number;
    stop: Record<string, unknown> | null;
  };
  server: {
    source: string;
    memory: string | null;
    process: {
      pid: number;
      name: string;
      processes: number;
      found: boolean;
      listensOn: string | null;
      proxy: boolean;
    } | null;
    unread: string | null;
    restarts: number;
    down: string | null;
    clientsBefore: number | null;
    clientsAfter: number | null;
    rssBytes: Record<string, number | null>;
    growth: { verdict: string; bytesPerMinute: number | null };
  };
  generator: {
    processes: number;
    saturated: boolean;
    rssGrowthBytes: number;
    workers:
      | { name: string; shards: number; clients: number; clockAheadMs: number | null; clockErrorMs: number | null }[]
      | null;
  };
  questions: { id: string; judgedBy: string | null; notJudged: string[]; closes: string[] }[];
  thresholds: { expression: string; actual: number | null; status: string }[];
  findings: { id: string; severity: string; title: string; evidence: Record<string, unknown>; hint: string }[];
  series: Record<string, number>[];
}

const schema = JSON.parse(readFileSync(join(root, 'schemas', 'soak-report.schema.json'), 'utf8')) as object;
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

/** @throws when the report is not what the schema says */
export function parseReport(text: string): SoakReport {
  const report: unknown = JSON.parse(text);
  if (!validate(report)) throw new Error(`the report breaks its schema: ${JSON.stringify(validate.errors, null, 1)}`);
  return report as SoakReport;
}

export function readReport(file: string): SoakReport {
  return parseReport(readFileSync(file, 'utf8'));
}

/** Ids of findings that fail the run, sorted. */
export function failures(report: SoakReport): string[] {
  return report.findings
    .filter(({ severity }) => severity === 'fail')
    .map(({ id }) => id)
    .toSorted();
}
