/**
 * A probe as Prometheus metrics: for the textfile collector, and what the exporter answers.
 *
 * Names that blackbox_exporter has, with its meaning, keep them, so that its dashboards and alerts go on working;
 * what only a stream has begins with `probe_sse_`. Labels come from our own fixed words alone: event types, ids and
 * messages are a server's, who could fill a Prometheus with series, so none is here.
 */
import { exposition, type Family, inSeconds, type Labels, type Sample } from '../exposition.ts';
import { nothingHeard } from './nothing-heard.ts';
import { ofTheProfile } from './prometheus-profile.ts';
import type { CheckId, ProbeResult } from '../../probe/result.ts';

const STATUSES = ['ok', 'warning', 'critical', 'unknown'] as const;
const CHECK_VALUES = { pass: 0, warn: 1, fail: 2, skip: null } as const;
/** `Date.parse` sees a date in almost anything. */
const ISO_DATE = /^\d{4}-\d\d-\d\dT/;
const VERSIONS = new Map([
  ['http/1.0', 1],
  ['http/1.1', 1.1],
  ['h2', 2],
]);
const PHASES = [
  ['dns', 'dns'],
  ['connect', 'connect'],
  ['tls', 'tls'],
  ['headers', 'headers'],
  ['firstByte', 'first_byte'],
  ['firstEvent', 'first_event'],
  ['firstToken', 'first_token'],
] as const;

/** Several files of one textfile collector are one page: the target must tell their series apart. */
export function probeTextfile(result: ProbeResult, ignore: readonly CheckId[] = []): Promise<string> {
  return probePrometheus(result, { ignore, labels: { target: result.url } });
}

export interface ExpositionOptions {
  /** Checks that do not count. */
  ignore?: readonly CheckId[];
  /** Labels that every series gets. */
  labels?: Labels;
}

export function probePrometheus(
  result: ProbeResult,
  { ignore = [], labels = {} }: ExpositionOptions = {},
): Promise<string> {
  return exposition(
    [...likeBlackbox(result, ignore), ...ofTheProbe(result), ...ofTheStream(result), ...ofTheProfile(result.profile)],
    labels,
  );
}

function likeBlackbox(result: ProbeResult, ignore: readonly CheckId[]): Family[] {
  const tls = evidenceOf(result, 'tls');
  const isTls = result.url.startsWith('https:');
  return [
    gauge(
      'probe_success',
      'Whether the stream works: 1 if no check failed and data arrived; warnings are allowed',
      isSuccess(result, ignore) ? 1 : 0,
    ),
    gauge('probe_duration_seconds', 'Duration of the probe', inSeconds(result.durationMs)),
    gauge('probe_dns_lookup_time_seconds', 'Time for the DNS lookup', inSeconds(result.timingsMs.dns)),
    gauge('probe_http_status_code', 'Status code of the response', numberOf(evidenceOf(result, 'status')['status'])),
    gauge('probe_http_version', 'HTTP version of the response', VERSIONS.get(result.protocol ?? '') ?? null),
    gauge('probe_http_redirects', 'Redirects that were followed', redirectsOf(result)),
    gauge('probe_http_ssl', 'Whether TLS was used', isTls ? 1 : 0),
    gauge('probe_ssl_earliest_cert_expiry', 'Expiry of the certificate, in Unix time', unixSeconds(tls['validTo'])),
  ];
}

function ofTheProbe({ status, timingsMs, checks }: ProbeResult): Family[] {
  return [
    family(
      'probe_sse_status',
      'Status of the probe: 1 for the current status, 0 for the others',
      STATUSES.map((name) => ({ labels: { status: name }, value: name === status ? 1 : 0 })),
    ),
    family(
      'probe_sse_check_status',
      'Result of each check: 0 pass, 1 warn, 2 fail; absent if it could not be judged',
      checks.map((check) => ({ labels: { check: check.id }, value: CHECK_VALUES[check.status] })),
    ),
    family(
      'probe_sse_phase_seconds',
      'dns, connect, tls: duration of the phase; the others count from the request',
      PHASES.map(([key, phase]) => ({ labels: { phase }, value: inSeconds(timingsMs[key]) })),
    ),
  ];
}

function ofTheStream({ stream, intermediaries, recommendedHeartbeatMs, thresholds, protocol }: ProbeResult): Family[] {
  // Zero events of a stream that nobody saw would be a figure that was never measured.
  const seen = protocol !== null;
  return [
    gauge('probe_sse_events', 'Events that arrived', seen ? stream.events : null),
    gauge('probe_sse_comments', 'Comments that arrived', seen ? stream.comments : null),
    gauge('probe_sse_bytes', 'Bytes of the body, decoded', seen ? stream.bytes : null),
    gauge('probe_sse_max_silence_seconds', 'Longest time without a byte', seen ? inSeconds(stream.maxSilenceMs) : null),
    gauge('probe_sse_heartbeat_seconds', 'Heartbeat interval, measured or announced', inSeconds(stream.heartbeatMs)),
    gauge('probe_sse_retry_seconds', 'Reconnection time sent by the server', inSeconds(stream.retryMs)),
    gauge(
      'probe_sse_recommended_heartbeat_seconds',
      'Longest heartbeat interval that survives every idle timeout in the table',
      inSeconds(recommendedHeartbeatMs),
    ),
    family(
      'probe_sse_intermediary_survives',
      'Whether the stream would survive this proxy or platform: 1 or 0',
      intermediaries.map(({ name, kind, survives }) => ({
        labels: { name, kind },
        value: survives === null ? null : Number(survives),
      })),
    ),
    family(
      'probe_sse_threshold_ok',
      'Whether the threshold held: 1 or 0; 0 without a measurement',
      thresholds.map(({ expression, level, status }) => ({
        labels: { expression, level },
        value: status === 'pass' ? 1 : 0,
      })),
    ),
  ];
}

function redirectsOf(result: ProbeResult): number | null {
  const isKnown = result.checks.some(({ id, status }) => id === 'redirects' && status !== 'skip');
  return isKnown ? (numberOf(evidenceOf(result, 'redirects')['redirects']) ?? 0) : null;
}

/** Warnings are for people to look at; what would page them is a failure. */
function isSuccess(result: ProbeResult, ignore: readonly CheckId[]): boolean {
  return (result.status === 'ok' || result.status === 'warning') && nothingHeard(result, ignore) === null;
}

function gauge(name: string, help: string, value: number | null): Family {
  return family(name, help, [{ value }]);
}

function family(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples };
}

function evidenceOf({ checks }: ProbeResult, id: CheckId): Readonly<Record<string, unknown>> {
  return checks.find((check) => check.id === id)?.evidence ?? {};
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function unixSeconds(date: unknown): number | null {
  return typeof date === 'string' && ISO_DATE.test(date) ? numberOf(Math.round(Date.parse(date) / 1000)) : null;
}
