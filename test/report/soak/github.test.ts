import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RunRecord } from '../../../src/record/run-record.ts';
import { soakAnnotations } from '../../../src/report/soak/github.ts';
import { soakReport } from '../../../src/report/soak/json.ts';
import type { SoakReport } from '../../../src/report/soak/soak-report.ts';
import { annotationShape, readAnnotations } from '../../support/annotations.ts';
import { anyText, HOSTILE_TEXTS, runs } from '../../support/hostile-result.ts';
import { hostileReport } from '../../support/hostile-run.ts';
import { soakResult, soundRecord } from '../../support/run-record.ts';

function reportOf(change: (record: RunRecord) => void, threshold: string[] = []): SoakReport {
  return soakReport(soakResult(soundRecord(change), { threshold }));
}

it('the annotations of a soak are one for each finding and each broken threshold, with what to do on a second line', () => {
  const report = reportOf(
    ({ summary }) => {
      summary.counts.lost = 21;
    },
    ['events.lost==0', 'latency.p99<250ms', 'reconnect.max<1s'],
  );
  const [finding, ...thresholds] = readAnnotations(soakAnnotations(report));
  expect(finding).toMatchObject({ level: 'error', properties: { title: 'sse-probe: event-lost' } });
  expect(finding?.message).toMatch(/^21 events never arrived [^\n]+\nLook for a queue/);
  expect(thresholds.map(({ level, message }) => `${level} ${message}`)).toEqual([
    'error events.lost==0: measured 21',
    'error reconnect.max<1s: not measured',
  ]);
});

it('the annotations of a soak that passes are none', () => {
  expect(soakAnnotations(reportOf(() => {}, ['latency.p99<250ms']))).toBe('');
});

it('the annotations of a soak are errors where it is inconclusive, and warnings where something is only amiss', () => {
  const report = reportOf(({ generator }) => {
    Object.assign(generator, { saturated: true, eventLoopDelayMs: { p50: 50, p99: 1200, max: 1900 } });
  });
  expect(readAnnotations(soakAnnotations(report)).map(({ level }) => level)).toEqual(['error']);
  const [doubt] = report.findings;
  if (doubt === undefined) throw new Error('this run has a finding');
  const warned = soakAnnotations({ ...report, findings: [{ ...doubt, severity: 'warn' }] });
  expect(readAnnotations(warned).map(({ level }) => level)).toEqual(['warning']);
});

it('the annotations of a soak are at most ten of a level, as many as GitHub shows, and the last says how many are missing', () => {
  const report = reportOf(() => {});
  const thresholds: SoakReport['thresholds'] = Array.from({ length: 25 }, (_, at) => ({
    expression: `latency.p99<${at}ms`,
    actual: 30,
    unit: 'ms',
    status: 'fail',
  }));
  const annotations = readAnnotations(soakAnnotations({ ...report, thresholds }));
  expect(annotations).toHaveLength(10);
  expect(annotations.at(-1)).toEqual({
    level: 'error',
    properties: { title: 'sse-probe: 16 more' },
    message: 'The step summary lists them all.',
  });
});

it('the annotations of a soak are as many whatever a server says, and have nothing but their title', () => {
  const plain = annotationShape(soakAnnotations(hostileReport('x')));
  const same = (text: string): void => {
    expect(annotationShape(soakAnnotations(hostileReport(text)))).toEqual(plain);
  };
  const commands = [
    '::error::a',
    '\n::set-output name=a::b',
    'a,file=b.ts::c',
    '%0A::add-mask::x',
    '##[error]x',
    '%25',
  ];
  for (const text of [...commands, ...HOSTILE_TEXTS]) same(text);
  fc.assert(fc.property(fc.oneof(anyText, fc.constantFrom(...commands)), same), { ...runs, numRuns: 100 });
});

it('the annotations of a soak say % , and : as they were', () => {
  const report = hostileReport('100%, a:b %0A');
  expect(readAnnotations(soakAnnotations(report))[0]?.message).toBe('100%, a:b %0A\n100%, a:b %0A');
});
