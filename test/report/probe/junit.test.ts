import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { CHECK_IDS, type ProbeResult } from '../../../src/probe/result.ts';
import { probeJunit } from '../../../src/report/probe/junit.ts';
import { anyText, hostileResult, HOSTILE_TEXTS, runs } from '../../support/hostile-result.ts';
import { PROBE_RESULT } from '../../support/probe-result.ts';
import { type Element, readXml } from '../../support/xml-reader.ts';

function named(elements: readonly Element[], name: string): Element[] {
  return elements.filter((element) => element.name === name);
}

it('a probe as JUnit XML has one case for each check and each threshold', () => {
  const elements = readXml(probeJunit(PROBE_RESULT));
  expect(named(elements, 'testcase').map(({ attributes }) => attributes['name'])).toEqual([
    ...CHECK_IDS,
    'warn firstEvent<500ms',
  ]);
});

it('a probe as JUnit XML counts what it shows, on both levels', () => {
  const elements = readXml(probeJunit(PROBE_RESULT));
  for (const name of ['testsuites', 'testsuite']) {
    const [suite] = named(elements, name);
    expect(suite?.attributes).toMatchObject({
      tests: String(named(elements, 'testcase').length),
      failures: String(named(elements, 'failure').length),
      errors: String(named(elements, 'error').length),
      skipped: String(named(elements, 'skipped').length),
      time: '20.004',
    });
  }
  expect(named(elements, 'failure').length).toBe(1);
  expect(named(elements, 'skipped').length).toBe(2);
});

it('a probe as JUnit XML says of a failed check what is wrong, what to do, and the figures', () => {
  const [failure] = named(readXml(probeJunit(PROBE_RESULT)), 'failure');
  expect(failure?.attributes).toEqual({
    message: 'after coming back with Last-Event-ID 3 events were lost',
    type: 'resume',
  });
  expect(failure?.text.split('\n')).toEqual([
    'after coming back with Last-Event-ID 3 events were lost',
    'Keep the last events and send those after Last-Event-ID first.',
    '{"lastEventId":"4112","lost":3,"firstId":"4116"}',
  ]);
});

it('a probe as JUnit XML shows warnings as passed cases that say something', () => {
  const warnings = named(readXml(probeJunit(PROBE_RESULT)), 'system-out').map(({ text }) => text);
  expect(warnings.length).toBe(PROBE_RESULT.checks.filter(({ status }) => status === 'warn').length + 1);
  for (const text of warnings) expect(text).toMatch(/^warning: /);
});

it('a probe as JUnit XML skips what does not count, and says what it was', () => {
  const elements = readXml(probeJunit(PROBE_RESULT, ['resume', 'cors']));
  expect(named(elements, 'failure')).toEqual([]);
  expect(named(elements, 'skipped').map(({ attributes }) => attributes['message'])).toEqual([
    'no origin was sent',
    'ignored (fail): after coming back with Last-Event-ID 3 events were lost',
    'no heartbeat was seen within 20s',
  ]);
});

it('a probe as JUnit XML makes a broken critical threshold a failure, and one without a measurement an error', () => {
  const thresholds: ProbeResult['thresholds'] = [
    { expression: 'firstEvent<500ms', level: 'crit', actual: 1032.6, unit: 'ms', status: 'fail' },
    { expression: 'heartbeat<15s', level: 'crit', actual: null, unit: 'ms', status: 'no-data' },
  ];
  const elements = readXml(probeJunit({ ...PROBE_RESULT, checks: [], thresholds }));
  expect(named(elements, 'failure')[0]?.attributes['message']).toBe('firstEvent<500ms: measured 1s');
  expect(named(elements, 'error')[0]?.attributes['message']).toBe('heartbeat<15s: not measured');
});

it('a probe as JUnit XML has the time without a fraction, as its readers want it', () => {
  expect(named(readXml(probeJunit(PROBE_RESULT)), 'testsuite')[0]?.attributes['timestamp']).toBe('2026-11-03T09:14:07');
});

it.each(HOSTILE_TEXTS.map((text) => text.slice(0, 60)))(
  'a probe as JUnit XML is well-formed with %j from a server',
  (text) => {
    const plain = readXml(probeJunit(hostileResult('x'))).map(({ name }) => name);
    expect(readXml(probeJunit(hostileResult(text))).map(({ name }) => name)).toEqual(plain);
  },
);

it('a probe as JUnit XML is well-formed and of the same shape whatever a server says', () => {
  const plain = readXml(probeJunit(hostileResult('x'))).map(({ name }) => name);
  fc.assert(
    fc.property(
      anyText.filter((text) => text !== ''),
      (text) => {
        expect(readXml(probeJunit(hostileResult(text))).map(({ name }) => name)).toEqual(plain);
      },
    ),
    runs,
  );
});
