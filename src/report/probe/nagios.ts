/**
 * A probe as a monitoring plugin says it (Nagios, Icinga, Checkmk, Naemon): one line on stdout, a bar, figures.
 *
 * The text before the bar keeps to 80 columns of ASCII-safe characters: pagers show no more, and notification
 * commands put it into a shell. A figure that was not measured is left out rather than given as `U`, which the
 * guidelines allow and Icinga's writers refuse.
 */
import { METRIC_UNITS, type MetricUnit } from '../../core/metric-units.ts';
import { printable } from '../../core/printable.ts';
import { counted, formatDuration } from '../../core/units.ts';
import type { CheckId, ProbeResult, ProbeThreshold } from '../../probe/result.ts';
import { troubles } from './troubles.ts';

const MAX_LINE = 79;
const CUT = '...';
const CUT_PAIR = /[\ud800-\udbff]$/;
/** A bar begins the figures; the rest is what Nagios itself takes out (illegal_macro_output_chars), and a backslash. */
const UNSAFE = /[|`~$&'"<>\\]/g;

const PHASES = [
  ['dns', 'dns'],
  ['connect', 'connect'],
  ['tls', 'tls'],
  ['headers', 'headers'],
  ['first_byte', 'firstByte'],
  ['first_event', 'firstEvent'],
  ['first_token', 'firstToken'],
] as const;

/** Seconds, percent and bytes are all that the guidelines know of. */
const UNITS: Readonly<Record<MetricUnit, string>> = {
  ms: 's',
  bytes: 'B',
  bytesPerMinute: '',
  bytesPerSecond: '',
  ratio: '%',
  perSecond: '',
  count: '',
};

const COMPARISON = /^([\w.-]+)([<>=!]=?)(.+)$/;
const RANGES: Readonly<Record<string, string>> = {
  '<': 'N',
  '<=': 'N',
  '>': 'N:',
  '>=': 'N:',
  '==': 'N:N',
  '!=': '@N:N',
};

/** @param ignore checks that do not count */
export function probeNagios(result: ProbeResult, ignore: readonly CheckId[] = []): string {
  return `${headline(result, ignore)} | ${figures(result).join(' ')}\n`;
}

/** What stdout says when nothing could be probed: wrong usage, a bug. Nagios does not look at stderr. */
export function nagiosUnknown(message: string): string {
  return `${line('unknown', message)}\n`;
}

function line(status: ProbeResult['status'], text: string, tail = ''): string {
  const start = `SSE ${status.toUpperCase()}: `;
  const room = MAX_LINE - start.length - tail.length;
  const safe = printable(text, 2 * MAX_LINE)
    .replaceAll('\t', ' ')
    .replace(UNSAFE, '_');
  return `${start}${safe.length <= room ? safe : `${safe.slice(0, room - CUT.length).replace(CUT_PAIR, '')}${CUT}`}${tail}`;
}

function headline(result: ProbeResult, ignore: readonly CheckId[]): string {
  const [worst, ...others] = troubles(result, ignore);
  if (worst === undefined) return line(result.status, healthy(result));
  // A threshold is shown by its name: its limit stands among the figures.
  return line(
    result.status,
    `${worst.id.replace(COMPARISON, '$1')}: ${worst.title}`,
    others.length === 0 ? '' : ` (and ${others.length} more)`,
  );
}

function healthy({ stream, timingsMs }: ProbeResult): string {
  const { firstEvent } = timingsMs;
  const first = firstEvent === null ? '' : `, first after ${formatDuration(firstEvent)}`;
  return `${counted(stream.events, 'event')}${first}, longest silence ${formatDuration(stream.maxSilenceMs)}`;
}

/** `label=value[UOM];[warn];[crit];[min]`, in an order that never changes; what only a threshold asks for is last. */
function figures({ durationMs, timingsMs, stream, thresholds, protocol }: ProbeResult): string[] {
  // Zero events of a stream that nobody saw would be a figure that was never measured.
  const seen = <Value>(value: Value): Value | null => (protocol === null ? null : value);
  const values = new Map<string, { label: string; unit: MetricUnit; value: number | null | undefined }>([
    ['duration', { label: 'time', unit: 'ms', value: durationMs }],
    ...PHASES.map(([label, metric]) => [metric, { label, unit: 'ms', value: timingsMs[metric] }] as const),
    ['silence.max', { label: 'max_silence', unit: 'ms', value: seen(stream.maxSilenceMs) }],
    ['heartbeat.period', { label: 'heartbeat', unit: 'ms', value: stream.heartbeatMs }],
    ['events.received', { label: 'events', unit: 'count', value: seen(stream.events) }],
    ['bytes', { label: 'bytes', unit: 'bytes', value: seen(stream.bytes) }],
  ]);
  for (const { expression, unit, actual } of thresholds) {
    const metric = COMPARISON.exec(expression)?.[1] ?? '';
    if (!values.has(metric)) values.set(metric, { label: metric.replaceAll('.', '_'), unit, value: actual });
  }
  return [...values].flatMap(([metric, { label, unit, value }]) => {
    if (value === null || value === undefined) return [];
    const ranges = (['warn', 'crit'] as const).map((level) => range(thresholds, metric, level)).join(';');
    return [`${label}=${shown(value, unit)}${UNITS[unit]};${ranges};${value < 0 ? '' : '0'}`];
  });
}

/** A threshold says what must hold, a plugin's range where it is well: `10` from 0 to 10, `10:` from there on. */
function range(thresholds: readonly ProbeThreshold[], metric: string, level: ProbeThreshold['level']): string {
  for (const threshold of thresholds) {
    const [, name, operator = '', limitText = ''] = COMPARISON.exec(threshold.expression) ?? [];
    if (name !== metric || threshold.level !== level) continue;
    const limit = shown(METRIC_UNITS[threshold.unit].parse(limitText), threshold.unit);
    return (RANGES[operator] ?? '').replaceAll('N', limit);
  }
  return '';
}

/** The value in the base unit of its metric. */
function shown(value: number, unit: MetricUnit): string {
  const scaled = unit === 'ms' ? value / 1000 : unit === 'ratio' ? value * 100 : value;
  return String(Number(scaled.toFixed(6)));
}
