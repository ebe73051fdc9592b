/** What `--warn` and `--crit` can hold a probe to, each with its unit; and what was measured. */
import { UsageError } from '../core/errors.ts';
import type { MetricUnit } from '../core/metric-units.ts';
import { type Condition, holds, parseCondition } from '../options/values/condition.ts';
import { rhythmOf } from './rhythm.ts';
import type { Observations } from './observations.ts';
import type { ProbeThreshold, Timings } from './result.ts';

export interface ProbeMetric {
  readonly unit: MetricUnit;
  readonly says: string;
}

export const PROBE_METRICS: ReadonlyMap<string, ProbeMetric> = new Map<string, ProbeMetric>([
  ['dns', { unit: 'ms', says: 'time for the DNS lookup' }],
  ['connect', { unit: 'ms', says: 'time for the TCP connection' }],
  ['tls', { unit: 'ms', says: 'time for the TLS handshake' }],
  ['tls.left', { unit: 'ms', says: 'time until the certificate expires' }],
  ['headers', { unit: 'ms', says: 'time from the request to the complete response headers' }],
  ['firstByte', { unit: 'ms', says: 'time from the request to the first byte of the body' }],
  ['firstEvent', { unit: 'ms', says: 'time from the request to the first event' }],
  ['firstToken', { unit: 'ms', says: 'time from the request to the first token (--profile openai)' }],
  ['silence.max', { unit: 'ms', says: 'longest time without a byte' }],
  ['heartbeat.period', { unit: 'ms', says: 'median time between two heartbeats' }],
  ['heartbeat.jitter', { unit: 'ms', says: 'longest minus shortest time between two heartbeats' }],
  ['events.received', { unit: 'count', says: 'events that arrived' }],
  ['events.rate', { unit: 'perSecond', says: 'events per second' }],
  ['redirects', { unit: 'count', says: 'redirects that were followed' }],
]);

export interface ThresholdRule extends Condition {
  readonly level: 'warn' | 'crit';
}

/** @throws {UsageError} the flag, what is wrong with its value and what would be right */
export function parseRules(texts: readonly string[], level: ThresholdRule['level']): ThresholdRule[] {
  try {
    return texts.map((text) => ({
      ...parseCondition(text, PROBE_METRICS, 'a threshold is METRIC OP VALUE, such as firstEvent<1s'),
      level,
    }));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`--${level}: ${error.message}`, { cause: error });
  }
}

/** Whatever was not measured is `no-data`, and counts like a broken threshold: what was asked for was not shown. */
export function judgeRules(rules: readonly ThresholdRule[], seen: Observations, timings: Timings): ProbeThreshold[] {
  const values = measured(seen, timings);
  return rules.map((rule) => {
    const { expression, level, unit, metric } = rule;
    const actual = values.get(metric) ?? null;
    if (actual === null) return { expression, level, actual: null, unit, status: 'no-data' };
    return { expression, level, actual, unit, status: holds(rule, actual) ? 'pass' : 'fail' };
  });
}

function measured(
  { main, contact: { handshake }, endMs, wallOffsetMs }: Observations,
  timings: Timings,
): ReadonlyMap<string, number | null> {
  const values = new Map<string, number | null>(Object.entries(timings));
  if (handshake !== null && !Number.isNaN(handshake.validToMs))
    values.set('tls.left', handshake.validToMs - wallOffsetMs - endMs);
  if (main === null) return values;
  values.set('redirects', main.redirects.length);
  if (!main.isStream || main.headMs === null) return values;
  const { periodMs, jitterMs } = rhythmOf(main.log, main.headMs);
  const openMs = (main.end?.atMs ?? endMs) - main.headMs;
  return values
    .set('silence.max', main.log.maxSilenceMs)
    .set('heartbeat.period', periodMs)
    .set('heartbeat.jitter', jitterMs)
    .set('events.received', main.log.events)
    .set('events.rate', openMs > 0 ? (main.log.events * 1000) / openMs : null);
}
