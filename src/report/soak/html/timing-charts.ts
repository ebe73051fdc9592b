/** The charts of times: latency over time and by percentile, heartbeats, and the load tool's own delay. */
import { counted, formatDuration } from '../../../core/units.ts';
import type { SoakReport } from '../soak-report.ts';
import type { Chart } from './chart-model.ts';
import { shortened, type TimeChart } from './time-chart.ts';
import { notMeasured } from './not-measured.ts';
import { percentileCurve } from './percentile-curve.ts';

/** A bound that lies farther above the values than that would press them flat: it is said and not drawn. */
const SEEN_BESIDE = 4;

export function timingCharts(report: SoakReport): (TimeChart | Chart)[] {
  return [latency(report), byPercentile(report), heartbeats(report), ownDelay(report)];
}

function latency(report: SoakReport): TimeChart {
  return {
    id: 'latency',
    title: 'Latency',
    about: 'From when an event was due until a healthy client had it: percentiles of each second.',
    unit: 'ms',
    lines: [
      { label: 'p50', read: (point) => point.latencyP50Ms },
      { label: 'p90', read: (point) => point.latencyP90Ms },
      { label: 'p99', read: (point) => point.latencyP99Ms },
      { label: 'longest', read: (point) => point.latencyMaxMs },
    ],
    instead: report.series.every(({ latencyP50Ms }) => latencyP50Ms === null)
      ? notMeasured(report, 'latency', 'no event carries the time at which it was due')
      : null,
  };
}

function byPercentile(report: SoakReport): Chart {
  const { count, censored, hdr } = report.latencyMs;
  const curve = percentileCurve(hdr);
  const open = censored > 0 ? ` ${counted(censored, 'sample')} of them stand for events that never came.` : '';
  return {
    id: 'latency-by-percentile',
    title: 'Latency by percentile',
    about:
      curve === null
        ? 'How rare each latency is.'
        : `All ${counted(count, 'sample')} of the run; each step to the right is ten times as rare.${open}`,
    unit: 'ms',
    lines:
      curve === null ? [] : [{ label: 'latency', style: 0, values: curve.valuesMs.map((value) => shortened(value)) }],
    band: null,
    axis: 'percentile',
    shares: curve?.shares ?? [],
    isStepped: false,
    isJoined: false,
    instead: curve === null ? notMeasured(report, 'latency', 'no event carries the time at which it was due') : null,
  };
}

function heartbeats({ heartbeat: { expectedMs, withinMs, count }, series }: SoakReport): TimeChart {
  const held =
    expectedMs === null
      ? withinMs === null
        ? null
        : (['allowed', withinMs] as const)
      : (['promised', expectedMs] as const);
  const longest = series.reduce((most, { heartbeatMaxMs }) => Math.max(most, heartbeatMaxMs ?? 0), 0);
  const came = count === 0 ? 'no heartbeat came' : 'no heartbeat came behind another on the same stream';
  return {
    id: 'heartbeats',
    title: 'Heartbeat intervals',
    about: `Between two heartbeats of one stream.${held === null ? '' : ` The server ${held[0] === 'promised' ? 'promises one' : 'is held to one'} every ${formatDuration(held[1])}.`}`,
    unit: 'ms',
    isJoined: true,
    lines: [
      { label: 'mean', read: (point) => point.heartbeatMeanMs },
      { label: 'longest', read: (point) => point.heartbeatMaxMs },
      ...(held === null || held[1] > SEEN_BESIDE * longest ? [] : [{ label: held[0], read: () => held[1] }]),
    ],
    instead: series.every(({ heartbeatMaxMs }) => heartbeatMaxMs === null) ? `Not measured: ${came}.` : null,
  };
}

function ownDelay({ generator: { saturated } }: SoakReport): TimeChart {
  return {
    id: 'own-delay',
    title: 'Delay of the generator itself',
    about: `How late its event loop came round, at most, in each second. ${saturated ? 'It was too slow or too limited to blame the server for what depends on time.' : 'What the clients measure can be too long by so much.'}`,
    unit: 'ms',
    lines: [{ label: 'event loop delay', read: (point) => point.loadDelayMs }],
    instead: null,
  };
}
