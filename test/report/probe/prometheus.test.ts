import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { CHECK_IDS, type ProbeResult } from '../../../src/probe/result.ts';
import { probePrometheus, probeTextfile } from '../../../src/report/probe/prometheus.ts';
import { type Page, readExposition } from '../../support/exposition-reader.ts';
import { anyText, hostileResult, runs } from '../../support/hostile-result.ts';
import { PROBE_RESULT } from '../../support/probe-result.ts';

async function pageOf(result: ProbeResult): Promise<Page> {
  return readExposition(await probePrometheus(result));
}

async function series(result: ProbeResult): Promise<string[]> {
  return (await pageOf(result)).samples.map(({ name, labels }) => JSON.stringify([name, labels]));
}

const page = await pageOf(PROBE_RESULT);

it('a probe as Prometheus metrics has what blackbox_exporter has, under its names', () => {
  expect(page.value('probe_success')).toBe(1);
  expect(page.value('probe_duration_seconds')).toBe(20.0042);
  expect(page.value('probe_dns_lookup_time_seconds')).toBe(0.0041);
  expect(page.value('probe_http_status_code')).toBe(200);
  expect(page.value('probe_http_version')).toBe(1.1);
  expect(page.value('probe_http_redirects')).toBe(0);
  expect(page.value('probe_http_ssl')).toBe(1);
  expect(page.value('probe_ssl_earliest_cert_expiry')).toBe(Date.UTC(2026, 10, 12) / 1000);
});

it.each([
  ['ok', 1],
  ['warning', 1],
  ['critical', 0],
  ['unknown', 0],
] as const)('a probe as Prometheus metrics calls the status %s a success of %d', async (status, success) => {
  const { value } = await pageOf({ ...PROBE_RESULT, status });
  expect(value('probe_success')).toBe(success);
  expect(
    ['ok', 'warning', 'critical', 'unknown'].filter((name) => value('probe_sse_status', { status: name }) === 1),
  ).toEqual([status]);
});

it('a probe as Prometheus metrics has each check that has an answer, and no other', () => {
  const shown = page.samples
    .filter(({ name }) => name === 'probe_sse_check_status')
    .map(({ labels }) => labels['check']);
  expect(shown).toEqual(CHECK_IDS.filter((id) => id !== 'cors' && id !== 'heartbeat'));
  expect(['tls', 'resume', 'status'].map((check) => page.value('probe_sse_check_status', { check }))).toEqual([
    1, 2, 0,
  ]);
});

it('a probe as Prometheus metrics has the phases and the stream in seconds', () => {
  expect(page.value('probe_sse_phase_seconds', { phase: 'first_event' })).toBe(1.0326);
  expect(page.value('probe_sse_phase_seconds', { phase: 'first_token' })).toBeUndefined();
  expect(page.value('probe_sse_max_silence_seconds')).toBe(12.0034);
  expect(page.value('probe_sse_retry_seconds')).toBe(2);
  expect(page.value('probe_sse_heartbeat_seconds')).toBeUndefined();
  expect(page.value('probe_sse_events')).toBe(8);
  expect(page.value('probe_sse_intermediary_survives', { name: 'Fastly', kind: 'idle' })).toBe(0);
  expect(page.value('probe_sse_threshold_ok', { expression: 'firstEvent<500ms', level: 'warn' })).toBe(0);
});

it('a probe as Prometheus metrics counts nothing of a stream that nobody saw', async () => {
  const { value } = await pageOf({ ...PROBE_RESULT, status: 'critical', protocol: null });
  expect(value('probe_success')).toBe(0);
  expect(value('probe_sse_events')).toBeUndefined();
  expect(value('probe_http_version')).toBeUndefined();
});

it('a probe as Prometheus metrics has the figures of a profile, in seconds, and nothing that a server may have named', async () => {
  const profile = {
    name: 'openai',
    answer: 'complete',
    error: null,
    tokens: 42,
    tokensPerSecond: 12.5,
    longestGapMs: 250,
    interTokenMs: { count: 41, p50: 20, p99: 80.5 },
    tools: { 'a"b': 1, probe_success: 0 },
    'x y': 1,
    ['__proto__']: 1,
  };
  const { value, samples } = await pageOf({ ...PROBE_RESULT, profile });
  expect(value('probe_openai_tokens')).toBe(42);
  expect(value('probe_openai_tokens_per_second')).toBe(12.5);
  expect(value('probe_openai_longest_gap_seconds')).toBe(0.25);
  expect(['count', 'p50', 'p99'].map((stat) => value('probe_openai_inter_token_seconds', { stat }))).toEqual([
    41, 0.02, 0.0805,
  ]);
  expect(samples.filter(({ name }) => name.startsWith('probe_openai_')).length).toBe(6);
});

it('a probe as Prometheus metrics stands a threshold that was asked for twice', async () => {
  const twice: ProbeResult = {
    ...PROBE_RESULT,
    thresholds: [...PROBE_RESULT.thresholds, ...PROBE_RESULT.thresholds],
  };
  expect((await pageOf(twice)).samples.length).toBe(page.samples.length);
});

it('a probe as Prometheus metrics names the target in a file that stands beside those of other targets', async () => {
  const both = await Promise.all(
    [PROBE_RESULT, { ...PROBE_RESULT, url: 'https://other.example/' }].map(
      async (result) => readExposition(await probeTextfile(result)).samples,
    ),
  );
  expect(new Set(both.flat().map(({ name, labels }) => JSON.stringify([name, labels]))).size).toBe(
    2 * page.samples.length,
  );
});

it('a probe as Prometheus metrics has the same series whatever a server says', async () => {
  const plain = await series(hostileResult('x'));
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      expect(await series(hostileResult(text))).toEqual(plain);
    }),
    runs,
  );
});
