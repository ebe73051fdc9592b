/** The units that measured values are held to: how each is called, written, read and shown. */
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
  parseByteRate,
  parseCount,
  parseDuration,
  parsePercent,
  parseRate,
  parseSize,
} from './units.ts';

interface Unit {
  /** What a value of it is, in a sentence and in lists. */
  readonly says: string;
  /** What is to be written behind the number. */
  readonly endings: string;
  readonly example: string;
  /** @throws {UnitError} */
  parse(text: string): number;
  format(value: number): string;
}

export const METRIC_UNITS = {
  ms: {
    says: 'a duration',
    endings: 'ms, s, m or h',
    example: '250ms',
    parse: parseDuration,
    format: formatDuration,
  },
  bytes: {
    says: 'a size',
    endings: 'B, KiB, MiB, KB or MB',
    example: '10MB',
    parse: parseSize,
    format: formatBytes,
  },
  bytesPerMinute: {
    says: 'a growth in bytes per minute',
    endings: 'B/min, KiB/min or MB/min',
    example: '1MB/min',
    // Rounded, since the way through bytes a second would make a million of it plus a little.
    parse: (text: string) => Number((parseByteRate(text) * 60).toFixed(3)),
    format: (value: number) => `${formatBytes(value)}/m`,
  },
  ratio: {
    says: 'a percentage',
    endings: '%',
    example: '5%',
    parse: parsePercent,
    format: formatPercent,
  },
  perSecond: {
    says: 'a rate',
    endings: '/s, /min or /h',
    example: '100/s',
    parse: parseRate,
    format: formatRate,
  },
  bytesPerSecond: {
    says: 'a rate in bytes per second',
    endings: 'B/s, KiB/s or MB/s',
    example: '1MB/s',
    parse: parseByteRate,
    format: (value: number) => `${formatBytes(value)}/s`,
  },
  count: {
    says: 'a count',
    endings: '',
    example: '10',
    parse: parseCount,
    format: formatCount,
  },
} as const satisfies Record<string, Unit>;

export type MetricUnit = keyof typeof METRIC_UNITS;
