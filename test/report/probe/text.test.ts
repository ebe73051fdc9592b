import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import type { ProbeResult } from '../../../src/probe/result.ts';
import { probeJson } from '../../../src/report/probe/json.ts';
import { PLAIN } from '../../../src/report/paint.ts';
import { probeChanges, probeText, type ProbeView } from '../../../src/report/probe/text.ts';
import { PROBE_RESULT } from '../../support/probe-result.ts';

const HOSTILE = '\u001b[2J\u001b]0;pwn\u0007\r\u009b31m\u202e\u200b\0';
const view = (over: Partial<ProbeView> = {}): ProbeView => ({
  paint: PLAIN,
  columns: null,
  quiet: false,
  ignore: [],
  ...over,
});
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(new URL('../../../schemas/probe-report.schema.json', import.meta.url), 'utf8')) as object,
);

function hostile(): ProbeResult {
  return {
    ...PROBE_RESULT,
    url: `http://x/${HOSTILE}`,
    stream: { ...PROBE_RESULT.stream, eventTypes: { [HOSTILE]: 1 }, lastEventId: HOSTILE },
    checks: PROBE_RESULT.checks.map((check) => ({
      ...check,
      title: check.title + HOSTILE,
      hint: check.hint + HOSTILE,
    })),
  };
}

it('a probe as text says the verdict and why in its first line', () => {
  expect(probeText(PROBE_RESULT, view()).split('\n')[0]).toBe(
    'WARNING  https://events.example.com/stream?token=REDACTED  resume: after coming back with Last-Event-ID 3 events were lost',
  );
});

it('a probe as text shows each check that does not pass with what to do, and the others in a line', () => {
  const text = probeText(PROBE_RESULT, view());
  expect(text).toContain(
    '✗ resume  after coming back with Last-Event-ID 3 events were lost\n    → Keep the last events',
  );
  expect(text).toContain('! tls  the certificate expires in 9 days');
  expect(text).toMatch(/✓ reachable redirects status content-type/);
  expect(text).toContain('– cors: no other origin was asked about');
});

it('a probe as text shows where the time went and when what arrived', () => {
  const text = probeText(PROBE_RESULT, view());
  for (const phase of ['dns', 'connect', 'tls', 'headers', 'first byte', 'first event'])
    expect(text).toMatch(new RegExp(`${phase} .*━`));
  expect(text).toMatch(/arrivals +▮/);
});

it('a probe as text says what would cut the stream, idle and absolute apart', () => {
  const text = probeText(PROBE_RESULT, view());
  expect(text).toContain('cut when idle by Fastly 10s; a heartbeat every 4s survives all');
  expect(text).toContain('cut at an age, heartbeats or not, by Envoy route 15s');
  expect(text).toContain('collected by default by nginx');
});

it('a probe as text is one line when it is to be quiet', () => {
  expect(probeText(PROBE_RESULT, view({ quiet: true })).split('\n').length).toBe(2);
});

it('a probe as text does nothing to a terminal, whatever the server says', () => {
  // oxlint-disable-next-line no-control-regex
  expect(probeText(hostile(), view())).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u200b]/);
});

it('a probe as text names only what is different from the time before', () => {
  expect(probeChanges(PROBE_RESULT, PROBE_RESULT, view())).toBe('');
  const sound: ProbeResult = {
    ...PROBE_RESULT,
    status: 'ok',
    checks: PROBE_RESULT.checks.map((check) => ({ ...check, status: 'pass' })),
  };
  const changes = probeChanges(PROBE_RESULT, sound, view());
  expect(changes).toMatch(/^09:14:07 OK /);
  expect(changes).toContain('✓ resume: fail → pass');
  expect(changes).not.toContain('reachable');
});

it.each([
  ['the example', PROBE_RESULT],
  ['hostile text', hostile()],
])('a probe as JSON is as its schema says, for %s', (_name, result) => {
  validate(JSON.parse(probeJson(result)));
  expect(validate.errors?.filter(({ instancePath }) => instancePath !== '/url') ?? []).toEqual([]);
});

it('a probe as JSON is one line that a terminal can bear', () => {
  const text = probeJson(hostile());
  // oxlint-disable-next-line no-control-regex
  expect(text.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
  expect(JSON.parse(text)).toMatchObject({
    schema: 'sse-probe/probe@1',
    status: 'warning',
    exitCode: 1,
    stream: { lastEventId: HOSTILE },
  });
});
