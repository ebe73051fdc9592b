/**
 * A probe as a monitoring plugin says it (Nagios, Icinga, Checkmk, Naemon): one line on stdout, a bar, figures.
 *
 * The text before the bar keeps to 80 columns of ASCII-safe characters: pagers show no more, and notification
 * commands put it into a shell. A figure that was not measured is left out rather than given as `U`, which the
 * guidelines allow and Icinga's writers refuse.
 */
import { METRIC_UNITS } from '../core/metric-units.ts';
import { printable } from '../core/printable.ts';
import { formatDuration } from '../core/units.ts';
import type { ProbeResult, ProbeThreshold } from '../probe/result.ts';
import { counted } from '../verdict/finding.ts';
import { troubles } from './probe-troubles.ts';

const MAX_LINE = 79;
const CUT = '...';
/** A bar begins the figures; the rest is what Nagios itself takes out (illegal_macro_output_chars), and a backslash. */
const UNSAFE = /[|`~$&'"<>\\]/g;

const PHASES = [
  ['dns', 'dns'], ['connect', 'connect'], ['tls', 'tls'], ['headers', 'headers'], ['first_byte', 'firstByte'],
  ['first_event', 'firstEvent'], ['first_token', 'firstToken'],
] as const;

const COMPARISON = /^([\w.-]+)([<>=!]=?)(.+)$/;
const RANGES: Readonly<Record<string, string>> = { '<': 'N', '<=': 'N', '>': 'N:', '>=': 'N:', '==': 'N:N', '!=': '@N:N' };

export function probeNagios(result: ProbeResult): string {
  const { durationMs, timingsMs, stream, thresholds } = result;
  const figures = [
    ...time('time', 'duration', durationMs, thresholds),
    ...PHASES.flatMap(([label, metric]) => time(label, metric, timingsMs[metric], thresholds)),
    ...time('max_silence', 'maxSilence', stream.maxSilenceMs, thresholds),
    ...time('heartbeat', 'heartbeat', stream.heartbeatMs, thresholds),
    amount('events', '', stream.events, thresholds),
    amount('bytes', 'B', stream.bytes, thresholds),
  ];
  return `${headline(result)} | ${figures.join(' ')}\n`;
}

/** What stdout says when nothing could be probed: wrong usage, a bug. Nagios does not look at stderr. */
export function nagiosUnknown(message: string): string {
  return `${line('unknown', message)}\n`;
}

function line(status: ProbeResult['status'], text: string, tail = ''): string {
  const start = `SSE ${status.toUpperCase()}: `;
  const room = MAX_LINE - start.length - tail.length;
  const safe = printable(text, 2 * MAX_LINE).replaceAll('\t', ' ').replace(UNSAFE, '_');
  return `${start}${safe.length <= room ? safe : `${safe.slice(0, room - CUT.length)}${CUT}`}${tail}`;
}

function headline(result: ProbeResult): string {
  const [worst, ...others] = troubles(result);
  if (worst === undefined) return line(result.status, healthy(result));
  // Of a threshold the name: its limit stands among the figures.
  return line(result.status, `${worst.id.replace(COMPARISON, '$1')}: ${worst.title}`, others.length === 0 ? '' : ` (and ${others.length} more)`);
}

function healthy({ stream, timingsMs }: ProbeResult): string {
  const { firstEvent } = timingsMs;
  const first = firstEvent === null ? '' : `, first after ${formatDuration(firstEvent)}`;
  return `${counted(stream.events, 'event')}${first}, longest silence ${formatDuration(stream.maxSilenceMs)}`;
}

/** `label=value[UOM];[warn];[crit];[min]` */
function time(label: string, metric: string, ms: number | null | undefined, thresholds: readonly ProbeThreshold[]): string[] {
  if (ms === null || ms === undefined) return [];
  return [`${label}=${seconds(ms)}s;${range(thresholds, metric, 'warn', seconds)};${range(thresholds, metric, 'crit', seconds)};0`];
}

function amount(label: string, unit: string, value: number, thresholds: readonly ProbeThreshold[]): string {
  return `${label}=${value}${unit};${range(thresholds, label, 'warn', String)};${range(thresholds, label, 'crit', String)};0`;
}

/** A threshold says what must hold, a plugin's range where it is well: `10` from 0 to 10, `10:` from there on. */
function range(thresholds: readonly ProbeThreshold[], metric: string, level: ProbeThreshold['level'], shown: (value: number) => string): string {
  for (const threshold of thresholds) {
    const [, name, operator = '', limitText = ''] = COMPARISON.exec(threshold.expression) ?? [];
    if (name !== metric || threshold.level !== level) continue;
    const limit = shown(METRIC_UNITS[threshold.unit].parse(limitText));
    return (RANGES[operator] ?? '').replaceAll('N', limit);
  }
  return '';
}

function seconds(ms: number): string {
  return String(Number((ms / 1000).toFixed(6)));
}
