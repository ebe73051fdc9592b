/** The units that measured values are held to: how each is written, read and shown. */
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
  parseByteRate,
  parseDuration,
  parsePercent,
  parseRate,
  parseSize,
  UnitError,
} from './units.ts';

const SIZE_PER_TIME = /\/[smh]$/;

/** How values of a unit are written and read. `parse` throws a {@link UnitError}. */
export const METRIC_UNITS = {
  ms: { parse: parseDuration, format: formatDuration, example: '250ms' },
  bytes: { parse: parseSize, format: formatBytes, example: '10MB' },
  bytesPerMinute: {
    // A growth is a size a minute unless it says otherwise: `1MB` is `1MB/m`. Rounded, since the way through
    // bytes a second would make a million of it plus a little.
    parse: (text: string) =>
      SIZE_PER_TIME.test(text) ? Number((parseByteRate(text) * 60).toFixed(3)) : parseSize(text),
    format: (value: number) => `${formatBytes(value)}/m`,
    example: '1MB/m',
  },
  ratio: { parse: parsePercent, format: formatPercent, example: '5%' },
  perSecond: { parse: parseRate, format: formatRate, example: '100/s' },
  bytesPerSecond: {
    parse: parseByteRate,
    format: (value: number) => `${formatBytes(value)}/s`,
    example: '1MB/s',
  },
  count: { parse: parseCount, format: formatCount, example: '0' },
} as const satisfies Record<string, { parse(text: string): number; format(value: number): string; example: string }>;

export type MetricUnit = keyof typeof METRIC_UNITS;

function parseCount(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UnitError('is not a whole number; a count is written without a unit');
}
