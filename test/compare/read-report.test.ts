import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { readReport } from '../../src/compare/read-report.ts';
import { UsageError } from '../../src/core/errors.ts';
import type { SoakReport } from '../../src/report/soak/soak-report.ts';
import { keptReport } from '../support/kept-report.ts';

function complaintOf(text: string): string {
  try {
    readReport(text, 'run.json');
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return '';
}

it.each([
  ['', 'run.json: is empty'],
  [' \n', 'run.json: is empty'],
  ['{\n  "schema": sse\n}', 'run.json:2:13: "sse\\n}" is not JSON'],
  ['{"schema":', 'run.json:1:11: the JSON ends here before it is complete'],
  ['tMs,clients\r\n', 'run.json:1:1: "tMs,clients\\r\\n" is not JSON'],
  ['<!doctype html>', 'run.json:1:1: "<!doctype html>" is not JSON'],
  ['[]', 'run.json: is no report of a soak: it is no JSON object'],
  ['null', 'run.json: is no report of a soak: it is no JSON object'],
  ['{"a":1}', 'run.json: is no report of a soak: it has no "schema"'],
  ['{"schema":"sse-probe/probe@1"}', 'run.json: has the format "sse-probe/probe@1" and not "sse-probe/soak@1"'],
  [
    '{"schema":"sse-probe/soak@2"}',
    'run.json: has the format "sse-probe/soak@2"; this sse-probe reads "sse-probe/soak@1"',
  ],
  ['{"schema":"sse-probe/soak@1"}', 'run.json: target is missing, and not an object'],
])('a report that reads %j is refused: %s', (text, complaint) => {
  expect(complaintOf(text)).toBe(complaint);
});

it.each<[change: (report: SoakReport) => object, complaint: string]>([
  [({ latencyMs }) => Object.assign(latencyMs, { p99: '12' }), 'latencyMs.p99 is "12", and not a finite number'],
  [({ latencyMs }) => Object.assign(latencyMs, { count: null }), 'latencyMs.count is null, and not a finite number'],
  [(report) => Object.assign(report, { series: {} }), 'series is an object, and not a list'],
  [({ series }) => Object.assign(series, { 3: [] }), 'series[3] is a list, and not an object'],
  [
    ({ series }) => Object.assign(series[40] as object, { rssBytes: true }),
    'series[40].rssBytes is true, and not a finite number',
  ],
  [
    (report) => Object.assign(report, { verdict: '\u001b[2J' }),
    'verdict is "\\u001b[2J", and not one of pass, fail, inconclusive, interrupted',
  ],
  [(report) => Object.assign(report, { plan: 'none' }), 'plan is "none", and not an object'],
  [({ target }) => Object.assign(target, { embedded: 'yes' }), 'target.embedded is "yes", and not true or false'],
  [
    (report) => Object.assign(report, { findings: Array.from({ length: 10_001 }, () => ({})) }),
    'findings has 10001 entries; at most 10000 are read',
  ],
])('a report that is not as the format says is refused in one sentence: %s', (change, complaint) => {
  const report = keptReport();
  change(report);
  expect(complaintOf(JSON.stringify(report))).toBe(`run.json: ${complaint}`);
});

it('a report that is nested without an end is refused', () => {
  expect(complaintOf('['.repeat(1_000_000))).toBe('run.json: is nested more than 100 levels deep');
});

it('a number that no number holds is refused', () => {
  const text = JSON.stringify(keptReport()).replace('"durationMs":65000', '"durationMs":1e999');
  expect(complaintOf(text)).toBe('run.json: durationMs is Infinity, and not a finite number');
});

it('members that no version has, and those that an earlier one has not, are no mistake', () => {
  const report = keptReport();
  Object.assign(report, { added: 1 });
  delete (report.server as Partial<SoakReport['server']>).cpu;
  expect(complaintOf(`\ufeff${JSON.stringify(report)}`)).toBe('');
});

it('a report in which anything was exchanged is read or refused in a sentence, and never crashes', () => {
  const whole = keptReport((report) => report.series.splice(12));
  const leaves = paths(whole);
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(-1, 0, 1e308, '__proto__', [], {}));
  fc.assert(
    fc.property(fc.constantFrom(...leaves), value, (path, given) => {
      const report = structuredClone(whole);
      let holder = report as unknown as Record<string, unknown>;
      for (const key of path.slice(0, -1)) holder = holder[key] as Record<string, unknown>;
      holder[path.at(-1) as string] = given;
      const complaint = complaintOf(JSON.stringify(report));
      expect(complaint === '' || complaint.startsWith('run.json: ')).toBe(true);
    }),
    { numRuns: 300 },
  );
});

function paths(value: object, before: readonly string[] = []): string[][] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => [
    [...before, key],
    ...(typeof inner === 'object' && inner !== null ? paths(inner, [...before, key]) : []),
  ]);
}
