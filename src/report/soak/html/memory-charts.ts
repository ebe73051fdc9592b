/** The server's memory with the trend that was fitted to it, and what waits in the server for its clients. */
import { METRIC_UNITS } from '../../../core/metric-units.ts';
import type { SeriesPoint } from '../../../record/series-point.ts';
import type { SoakReport } from '../soak-report.ts';
import type { Chart, ChartLine } from './chart-model.ts';
import type { TimeChart } from './time-chart.ts';
import { notMeasured } from './not-measured.ts';

const MINUTE_MS = 60_000;

export function memoryCharts(report: SoakReport): TimeChart[] {
  const isQueueKnown = report.series.some(({ queuedBytes }) => queuedBytes !== null);
  return [memory(report), ...(isQueueKnown ? [queued(report)] : [])];
}

function memory(report: SoakReport): TimeChart {
  const { server, series } = report;
  const isRead = series.some(({ rssBytes }) => rssBytes !== null);
  const isHeapRead = series.some(({ heapUsedBytes }) => heapUsedBytes !== null);
  const kind = server.memory === null || server.memory === 'metric' ? 'memory' : server.memory.toUpperCase();
  return {
    id: 'memory',
    title: 'Memory of the server',
    about: trendText(report),
    unit: 'bytes',
    lines: [
      { label: kind, read: (point) => point.rssBytes },
      ...(isHeapRead ? [{ label: 'heap in use', read: (point: SeriesPoint) => point.heapUsedBytes }] : []),
    ],
    ...(server.growth.line === null ? {} : { fitted: (timesMs) => fitted(server.growth, timesMs) }),
    instead: isRead
      ? null
      : (unreadText(report) ?? notMeasured(report, 'memory', 'nobody tells the memory of the server')),
  };
}

function unreadText({ server: { unread } }: SoakReport): string | null {
  return unread === null ? null : `Not measured: ${unread}.`;
}

function trendText({ server: { growth } }: SoakReport): string {
  const { bytesPerMinute, low, high, verdict } = growth;
  if (bytesPerMinute === null || low === null || high === null)
    return 'No trend was fitted: the load was too short, or too little was read.';
  const pace = METRIC_UNITS.bytesPerMinute.format;
  const figures = `${pace(bytesPerMinute)}, with 99 % certainty between ${pace(low)} and ${pace(high)}`;
  const says = {
    pass: 'It does not grow beyond what is allowed',
    fail: 'It grows',
    inconclusive: 'Whether it grows cannot be told',
    'not-measured': 'The trend was not judged',
  };
  return `${says[verdict]}: ${figures}. The line was fitted to the lowest values after the warm-up.`;
}

/** A straight line between its times, and the lines of the least and the greatest slope through the same point. */
function fitted(
  { line, bytesPerMinute, low, high }: SoakReport['server']['growth'],
  timesMs: readonly number[],
): Pick<Chart, 'band'> & { line: ChartLine } {
  const along = (perMinute: number | null): (number | null)[] =>
    timesMs.map((tMs) => {
      if (line === null || perMinute === null || tMs < line.fromMs || tMs > line.toMs) return null;
      return Math.round(line.throughBytes + (perMinute * (tMs - line.throughMs)) / MINUTE_MS);
    });
  const [one, other] = [along(low), along(high)];
  const pairs = one.map((value, at): [number | null, number | null] => [value, other[at] ?? null]);
  return {
    line: { label: 'trend', style: 3, values: along(bytesPerMinute) },
    band: {
      low: pairs.map(([a, b]) => (a === null || b === null ? null : Math.min(a, b))),
      high: pairs.map(([a, b]) => (a === null || b === null ? null : Math.max(a, b))),
    },
  };
}

function queued({ series }: SoakReport): TimeChart {
  return {
    id: 'queued',
    title: 'Waiting in the server',
    about: 'Bytes that the server holds for clients that have not taken them yet, all clients together.',
    unit: 'bytes',
    lines: [{ label: 'queued', read: (point) => point.queuedBytes }],
    instead: series.every(({ queuedBytes }) => (queuedBytes ?? 0) === 0) ? 'Nothing waited at any second.' : null,
  };
}
