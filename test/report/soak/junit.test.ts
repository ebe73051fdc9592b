import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { soakReport } from '../../../src/report/soak/json.ts';
import { soakJunit } from '../../../src/report/soak/junit.ts';
import type { RunRecord } from '../../../src/record/run-record.ts';
import { anyText, HOSTILE_TEXTS, runs } from '../../support/hostile-result.ts';
import { hostileReport } from '../../support/hostile-run.ts';
import { soakResult, soundRecord } from '../../support/run-record.ts';
import { type Element, readXml } from '../../support/xml-reader.ts';

type Flags = Record<string, string | string[]>;

/** Each test case by its name: what is inside, and its message. */
function casesOf(xml: string): Record<string, string> {
  const cases: [string, string][] = [];
  for (const { name, attributes, text } of readXml(xml)) {
    if (name === 'testcase') cases.push([attributes['name'] ?? '', 'passed']);
    const last = cases.at(-1);
    if (last !== undefined && ['failure', 'error', 'skipped', 'system-out'].includes(name))
      last[1] = `${name}: ${attributes['message'] ?? text.split('\n')[0]}`;
  }
  return Object.fromEntries(cases);
}

function judged(cases: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(cases).filter(([, inside]) => !inside.startsWith('skipped: not judged')));
}

function xmlOf(change: (record: RunRecord) => void = () => {}, flags: Flags = {}): string {
  return soakJunit(soakReport(soakResult(soundRecord(change), flags)));
}

function named(xml: string, name: string): Element[] {
  return readXml(xml).filter((element) => element.name === name);
}

function lost({ summary }: RunRecord): void {
  summary.counts.lost = 21;
}

it('a soak as JUnit XML that passes without thresholds has one case that says so, and a skipped one for each gap', () => {
  const cases = casesOf(xmlOf());
  expect(judged(cases)).toEqual({
    verdict:
      'system-out: pass: no defect found: 10 clients, nothing lost or duplicated, 1 stalled client evicted in time',
  });
  expect(cases['memory']).toMatch(/^skipped: not judged: 30s of load is too short/);
});

it('a soak as JUnit XML has a case for each threshold and each finding, with the figures in the message', () => {
  const xml = xmlOf(lost, { threshold: ['events.lost==0', 'latency.p99<250ms', 'reconnect.max<1s'] });
  expect(judged(casesOf(xml))).toEqual({
    'events.lost==0': 'failure: events.lost==0: measured 21',
    'latency.p99<250ms': 'system-out: latency.p99<250ms: measured 9.9ms',
    'reconnect.max<1s': 'error: reconnect.max<1s: not measured',
    'event-lost': 'failure: 21 events never arrived on streams that were open.',
  });
  const [, finding] = named(xml, 'failure');
  expect(finding?.text.split('\n')[1]).toMatch(/^Look for a queue/);
  expect(JSON.parse(finding?.text.split('\n')[2] ?? '')).toMatchObject({ lost: 21 });
});

it('a soak as JUnit XML that is inconclusive has errors and no failure', () => {
  const xml = xmlOf(
    ({ generator }) => {
      Object.assign(generator, { saturated: true, eventLoopDelayMs: { p50: 50, p99: 1200, max: 1900 } });
    },
    { threshold: ['latency.p99<1ms'] },
  );
  expect(named(xml, 'failure')).toEqual([]);
  expect(Object.keys(judged(casesOf(xml)))).toEqual(['latency.p99<1ms', 'generator-saturated']);
  expect(casesOf(xml)['generator-saturated']).toMatch(/^error: /);
});

it('a soak as JUnit XML that fails blames nobody for a threshold that our own slowness may have broken', () => {
  const report = soakReport(soakResult(soundRecord(lost), { threshold: ['latency.p99<1ms', 'events.lost==0'] }));
  const doubt: Finding = {
    id: 'generator-saturated',
    severity: 'inconclusive',
    title: 'too slow',
    evidence: { thresholds: ['latency.p99<1ms'] },
    hint: 'Run it again.',
  };
  const cases = casesOf(soakJunit({ ...report, findings: [...report.findings, doubt] }));
  expect(cases['latency.p99<1ms']).toMatch(/^error: /);
  expect(cases['events.lost==0']).toMatch(/^failure: /);
});

it('a soak as JUnit XML that was interrupted passes nothing', () => {
  const xml = xmlOf(
    (record) => {
      record.interrupted = true;
    },
    { threshold: ['latency.p99<250ms', 'reconnect.max<1s', 'latency.p50<1ms'] },
  );
  expect(judged(casesOf(xml))).toEqual({
    'latency.p99<250ms': 'skipped: latency.p99<250ms: measured 9.9ms until the run was interrupted',
    'reconnect.max<1s': 'skipped: reconnect.max<1s: not measured until the run was interrupted',
    'latency.p50<1ms': 'failure: latency.p50<1ms: measured 5ms',
  });
  const nothing = xmlOf((record) => {
    record.interrupted = true;
  });
  expect(judged(casesOf(nothing))).toEqual({
    verdict: 'error: interrupted: no verdict; no finding until then',
  });
});

it('a soak as JUnit XML shows a warning as a case that passes and says something', () => {
  const report = soakReport(soakResult(soundRecord()));
  const warning: Finding = {
    id: 'late-headers',
    severity: 'warn',
    title: 'late',
    evidence: { headersMs: 9 },
    hint: 'Flush them.',
  };
  const xml = soakJunit({ ...report, findings: [...report.findings, warning] });
  expect(judged(casesOf(xml))['late-headers']).toBe('system-out: warning: late');
  expect(named(xml, 'system-out').at(-1)?.text).toBe('warning: late\nFlush them.\n{"headersMs":9}');
  expect(named(xml, 'failure')).toEqual([]);
});

it('a soak as JUnit XML counts what it shows, on both levels', () => {
  const xml = xmlOf(() => {}, { threshold: ['latency.p99<1ms', 'reconnect.max<1s'] });
  for (const name of ['testsuites', 'testsuite'])
    expect(named(xml, name)[0]?.attributes).toMatchObject({
      tests: String(named(xml, 'testcase').length),
      failures: '1',
      errors: '1',
      skipped: String(named(xml, 'skipped').length),
      time: '36.000',
    });
});

it('a soak as JUnit XML has the same names for every run of the built-in server, whose port changes', () => {
  expect(named(xmlOf(), 'testsuite')[0]?.attributes['name']).toBe('built-in server');
});

it('a soak as JUnit XML is well-formed and of the same shape whatever a server says', () => {
  const plain = readXml(soakJunit(hostileReport('x'))).map(({ name }) => name);
  const same = (text: string): void => {
    expect(readXml(soakJunit(hostileReport(text))).map(({ name }) => name)).toEqual(plain);
  };
  for (const text of HOSTILE_TEXTS) same(text);
  fc.assert(fc.property(anyText, same), { ...runs, numRuns: 100 });
});
