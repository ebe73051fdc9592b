/**
 * Observations → result: every check judged, the thresholds held, and what it all amounts to.
 */
import { redactedTexts, redactUrl } from '../core/redact.ts';
import type { ProbePlan } from '../options/probe-options.ts';
import { checksOf, type ChecksAsked } from './checks-of.ts';
import type { Listening } from './listening.ts';
import { judgeRules, type ThresholdRule } from './metrics.ts';
import type { Observations } from './observations.ts';
import type { CheckResult } from '../findings/check-result.ts';
import { redacted } from '../findings/redacted.ts';
import type { ProbeResult, ProbeThreshold, StreamFigures, Timings } from './result.ts';
import { rhythmOf } from './rhythm.ts';
import { recommendedHeartbeatMs, survival } from './survival.ts';

const SHOWN_TYPES = 20;

export interface Judging extends ChecksAsked {
  rules: readonly ThresholdRule[];
  startedAt: string;
  firstTokenMs: number | null | undefined;
  profile: Readonly<Record<string, unknown>> | undefined;
  /** The secrets of the request, which its server may have repeated. */
  secrets: readonly string[];
}

export function resultOf(seen: Observations, judging: Judging): ProbeResult {
  const { main, plan, url, endedBy, endMs } = seen;
  const timingsMs: Timings = {
    ...timingsOf(seen),
    ...(judging.firstTokenMs === undefined ? {} : { firstToken: judging.firstTokenMs }),
  };
  const checks = checksOf(seen, judging).map((result) => weighed(result, plan));
  const thresholds = judgeRules(judging.rules, seen, timingsMs);
  return {
    status: statusOf(checks, thresholds, plan, hasAnswer(seen, judging)),
    url: redactUrl(url.href),
    startedAt: judging.startedAt,
    durationMs: endMs,
    endedBy,
    timingsMs,
    protocol: protocolOf(main),
    stream: redactedTexts(figuresOf(main), judging.secrets),
    fields: main?.log.search.fields ?? { sequence: null, time: null },
    arrivals: main?.log.arrivals ?? [],
    checks: checks.map((check) => redacted(check, judging.secrets)),
    intermediaries: main?.isStream === true ? survival(seen, main) : [],
    thresholds,
    recommendedHeartbeatMs: recommendedHeartbeatMs(),
    ...(judging.profile === undefined ? {} : { profile: redactedTexts(judging.profile, judging.secrets) }),
  };
}

/** `--fail-on` takes a warning, and advice, for a failure. What could not be judged stays so. */
function weighed(result: CheckResult, { failOn }: ProbePlan): CheckResult {
  const isAdvice = result.status === 'pass' && result.hint !== '';
  return failOn.includes(result.id) && (result.status === 'warn' || isAdvice) ? { ...result, status: 'fail' } : result;
}

function statusOf(
  checks: readonly CheckResult[],
  thresholds: readonly ProbeThreshold[],
  { ignore }: ProbePlan,
  isAnswered: boolean,
): ProbeResult['status'] {
  const counting = checks.filter(({ id }) => !ignore.includes(id));
  const broken = thresholds.filter(({ status }) => status !== 'pass');
  if (counting.some(({ status }) => status === 'fail') || broken.some(({ level }) => level === 'crit'))
    return 'critical';
  if (counting.some(({ status }) => status === 'warn') || broken.length > 0) return 'warning';
  return isAnswered ? 'ok' : 'warning';
}

/** What was waited for came, or the answer of a profile came to its end, or something was heard. Else nothing is OK. */
function hasAnswer({ plan, untilCame, main }: Observations, { replaced }: Judging): boolean {
  if (plan.until !== null) return untilCame;
  const completion = replaced.find(({ id }) => id === 'completion');
  return completion === undefined ? (main?.log.bytes ?? 0) > 0 : completion.status === 'pass';
}

function timingsOf({ contact, main }: Observations): Timings {
  const askedMs = main?.askedMs ?? null;
  const since = (atMs: number | null | undefined): number | null =>
    askedMs === null || atMs === null || atMs === undefined ? null : atMs - askedMs;
  return {
    dns: contact.dnsMs,
    connect: contact.connectMs ?? (askedMs === null || main === null ? null : askedMs - main.startedMs),
    tls: contact.tlsMs,
    headers: since(main?.headMs),
    firstByte: since(main?.log.firstByteMs),
    firstEvent: since(main?.log.firstEventMs),
  };
}

function protocolOf(main: Listening | null): string | null {
  if (main === null || main.head === null) return null;
  return main.head.httpVersion === '2' ? 'h2' : `http/${main.head.httpVersion}`;
}

function figuresOf(main: Listening | null): StreamFigures {
  if (main === null)
    return {
      events: 0,
      comments: 0,
      bytes: 0,
      maxSilenceMs: 0,
      heartbeatMs: null,
      eventTypes: {},
      lastEventId: '',
      retryMs: null,
    };
  const { log } = main;
  const types = [...log.eventTypes].toSorted(([, a], [, b]) => b - a);
  const shown = types.slice(0, SHOWN_TYPES);
  const rest = types.slice(SHOWN_TYPES).reduce((sum, [, count]) => sum + count, 0);
  return {
    events: log.events,
    comments: log.comments,
    bytes: log.bytes,
    maxSilenceMs: log.maxSilenceMs,
    heartbeatMs: log.promisedMs ?? rhythmOf(log, main.headMs ?? 0).periodMs,
    eventTypes: Object.fromEntries(
      rest === 0 ? shown : [...shown.filter(([type]) => type !== '…'), ['…', rest + (log.eventTypes.get('…') ?? 0)]],
    ),
    lastEventId: log.lastEventId,
    retryMs: log.retryMs,
  };
}
