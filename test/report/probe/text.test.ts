import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import type { CheckResult } from '../../../src/findings/check-result.ts';
import { contentTypeAdvice } from '../../../src/findings/language-advice.ts';
import { adviceOnCause, adviceOnStatus } from '../../../src/findings/refusal-advice.ts';
import { refusedAnswerSays } from '../../../src/findings/refused-answer.ts';
import type { ProbeResult } from '../../../src/probe/result.ts';
import { probeJson } from '../../../src/report/probe/json.ts';
import { columnsIn } from '../../../src/report/columns.ts';
import { PLAIN } from '../../../src/report/paint.ts';
import { probeChanges, probeText, type ProbeView } from '../../../src/report/probe/text.ts';
import { PROBE_RESULT } from '../../support/probe-result.ts';

const LONG_ANSWER = {
  sentence: 'The token that came with this request is not valid any more. Log in again. '.repeat(2).slice(0, 120),
  retryAfter: 'Mon, 30 Nov 2026 19:30:00 GMT',
  challenge: 'Bearer realm="events", error="invalid_token"',
  upgrade: '',
};
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

it('a probe as text says the verdict and why in its last line', () => {
  expect(probeText(PROBE_RESULT, view()).trimEnd().split('\n').at(-1)).toBe(
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
  expect(text).toContain('– skipped: cors – no origin was sent');
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
  expect(text).toContain('cut at a maximum age, with or without heartbeats, by Envoy route 15s');
  expect(text).toContain('buffered by default by nginx');
});

it('a probe as text names what was skipped for one reason in one line', () => {
  const ids = ['charset', 'cors', 'cached'];
  const checks = PROBE_RESULT.checks.map((check) =>
    ids.includes(check.id)
      ? { ...check, status: 'skip' as const, title: 'nothing was asked for there', hint: '' }
      : check,
  );
  const text = probeText({ ...PROBE_RESULT, checks }, view());
  expect(text).toContain('  – skipped: charset, cors, cached – nothing was asked for there\n');
  expect(text.match(/^ {2}– /gm)).toHaveLength(2);
});

it.each([80, 40, 120])('a probe as text is broken between words at %d columns', (columns) => {
  const lines = probeText(PROBE_RESULT, view({ columns })).split('\n');
  for (const line of lines) expect(columnsIn(line), line).toBeLessThanOrEqual(columns === 40 ? 52 : columns);
  expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain('after coming back with Last-Event-ID 3 events were lost');
});

it.each<ProbeResult['endedBy']>(['answered', 'until', 'duration', 'deadline', 'stream', 'bytes', 'interrupted'])(
  'a probe as text says why it ended without the word %s of the JSON',
  (endedBy) => {
    const text = probeText({ ...PROBE_RESULT, endedBy }, view());
    expect(text).toMatch(/ended after 20s: \S+/);
    expect(text).not.toContain(`(${endedBy})`);
  },
);

const refused = (id: CheckResult['id'], title: string, hint: string): ProbeResult => ({
  ...PROBE_RESULT,
  status: 'critical',
  intermediaries: [],
  arrivals: [],
  thresholds: [],
  checks: PROBE_RESULT.checks.map((check) =>
    check.id === id
      ? { ...check, status: 'fail', title, hint }
      : { ...check, status: 'skip', title: 'no event stream', hint: '' },
  ),
});

it('a probe as text of an answer that is no stream says what answered, line by line, what to do, and the verdict', () => {
  const says = refusedAnswerSays({ sentence: 'who are you?', retryAfter: '30', challenge: 'Bearer', upgrade: '' });
  const result = refused('status', `the status was 401 Unauthorized${says}`, adviceOnStatus(401));
  expect(probeText(result, view()).split('\n')).toEqual([
    '  ✗ status  the status was 401 Unauthorized',
    '    “who are you?”',
    '    Retry-After: 30',
    '    WWW-Authenticate: Bearer',
    `    → ${adviceOnStatus(401)}`,
    '',
    'CRITICAL  https://events.example.com/stream?token=REDACTED  status: the status was 401 Unauthorized',
    '',
  ]);
});

it.each<[string, CheckResult['id'], string, string]>([
  ['401', 'status', `the status was 401${refusedAnswerSays(LONG_ANSWER)}`, adviceOnStatus(401)],
  ['404', 'status', 'the status was 404 Not Found', adviceOnStatus(404)],
  ['503', 'status', `the status was 503${refusedAnswerSays(LONG_ANSWER)}`, adviceOnStatus(503)],
  ['a page', 'content-type', `text/html${refusedAnswerSays(LONG_ANSWER)}.`, contentTypeAdvice()],
  ['nobody', 'reachable', 'the connection was refused: ECONNREFUSED', adviceOnCause('refused')],
  ['something endless', 'status', 'word '.repeat(200), 'do this and that '.repeat(100)],
])('a probe as text takes ten lines of 80 columns at most where %s answers', (_what, id, title, hint) => {
  const lines = probeText(refused(id, title, hint), view({ columns: 80 }))
    .trimEnd()
    .split('\n');
  expect(lines.length).toBeLessThanOrEqual(10);
  for (const line of lines) expect(columnsIn(line)).toBeLessThanOrEqual(82);
  expect(lines.some((line) => line.startsWith('CRITICAL  '))).toBe(true);
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
