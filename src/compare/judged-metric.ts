/**
 * One metric of two runs: better, worse, or the same.
 *
 * A difference counts when even the end of its interval that lies nearest to nothing is larger than what is tolerated: the
 * tolerance that was asked for, and the least difference that anybody would act on. Times must differ by more than the load
 * tool's own delay explains as well (`ownDelay`): a machine that was busier in one of the runs is seen there. So the
 * judgement errs towards "same", also where many metrics are looked at at once; and a larger difference never makes a
 * worse metric the same.
 */
import { METRIC_DIRECTIONS, type Direction } from '../verdict/metric-directions.ts';
import { METRICS, type MetricUnit } from '../verdict/metrics.ts';
import type { KeptRun } from './kept-run.ts';
import { byBoth, byCounts, byNeighbours, bySawtooth, bySeconds, byTrends, type Noise, type Pair } from './noise.ts';
import type { Interval, Shift } from './shift.ts';
import { type Tolerances, toleranceOf } from './tolerances.ts';

/** `neutral`: there is no better or worse. `not-judged`: there would be, and nobody can tell. */
export type MetricJudgement = 'better' | 'worse' | 'same' | 'neutral' | 'not-judged';

export interface JudgedMetric {
  metric: string;
  unit: MetricUnit;
  /** Which way is better. */
  direction: Direction;
  /** In `unit`; null where the run has no sample. */
  base: number | null;
  new: number | null;
  /** The difference by the base: 0.1 is a tenth more. Null where the base is 0 or there is no difference. */
  change: number | null;
  judgement: MetricJudgement;
  /** Where the difference between the runs lies, in `unit`; null where that is not known. */
  interval: Interval | null;
  /** A smaller difference is none, in `unit`; null where nothing was judged. */
  tolerated: number | null;
  /** Why it was not judged; null where it was. */
  why: string | null;
}

const IN_THE_MIDDLE = /\.(?:p50|mean)$/;
const MS_FLOOR = 1;
const MIB = 1024 ** 2;
/** Memory of a runtime that collects garbage. */
const MEMORY_FLOOR = 2 * MIB;
/** The floor is a share of one core, the tolerance a share of the value: other work on the machine makes the same work cost more. */
const CPU = { floor: 0.05, tolerance: 0.25 } as const;
/** What is told of events is counted one by one. */
const EXACT: ReadonlySet<string> = new Set([
  'events.lost',
  'events.duplicated',
  'events.reordered',
  'events.malformed',
  'eviction.missed',
  'server.clients.leaked',
]);

/** @param name of METRICS */
export function judgedMetric(name: string, base: KeptRun, next: KeptRun, tolerances: Tolerances): JudgedMetric {
  const unit = METRICS.get(name)?.unit ?? 'count';
  const direction = METRIC_DIRECTIONS.get(name) ?? 'neutral';
  const [baseValue, nextValue] = [figureOf(name, base), figureOf(name, next)];
  const seen = { metric: name, unit, direction, base: baseValue, new: nextValue };
  const open = { change: null, interval: null, tolerated: null };
  if (baseValue === null || nextValue === null)
    return { ...seen, ...open, judgement: 'not-judged', why: missing(baseValue, nextValue) };
  const change = baseValue === 0 ? null : nineDigits((nextValue - baseValue) / Math.abs(baseValue));
  if (direction === 'neutral') return { ...seen, ...open, change, judgement: 'neutral', why: null };
  const pair = { base, next, baseValue, nextValue };
  const noise = noiseOf(name, unit, pair);
  if ('unknown' in noise) return { ...seen, ...open, change, judgement: 'not-judged', why: noise.unknown };
  const interval = { low: nineDigits(noise.low), high: nineDigits(noise.high) };
  const expected = expectedOf(name, unit, pair);
  const tolerated = Math.max(toleranceOf(tolerances, name) * Math.abs(expected), floorOf(name, unit, pair));
  const least = unit === 'ms' ? Math.max(tolerated, ownDelay(name, pair, noise)) : tolerated;
  const judgement = judge(nextValue - expected, noise, { tolerated, least, direction });
  return { ...seen, change, judgement, interval, tolerated: nineDigits(tolerated), why: null };
}

/** More are noise of the floating point. */
function nineDigits(value: number): number {
  return Number(value.toPrecision(9));
}

function figureOf(name: string, { figures }: KeptRun): number | null {
  const figure = figures.get(name) ?? null;
  return figure === null ? null : nineDigits(figure);
}

/**
 * What the load tool's own delay may have made of a time. With seconds to look at, it is by how much the later run was
 * delayed more, and half of what both were delayed alike, since the noise of the seconds shows that. Where there are no
 * seconds, as of the connections that are all made in the ramp, all of it may be in the middle of the times, and further
 * out the longest of the delays.
 */
function ownDelay(name: string, { base, next, baseValue, nextValue }: Pair, { estimate }: Partial<Shift>): number {
  const [earlier, later] = nextValue > baseValue ? [base, next] : [next, base];
  const most = Math.max(base.ownDelayMs, next.ownDelayMs);
  if (estimate !== undefined) return Math.max(later.ownDelayMs - earlier.ownDelayMs, most / 2);
  return IN_THE_MIDDLE.test(name) ? most : Math.max(base.longestOwnDelayMs, next.longestOwnDelayMs);
}

interface Bounds {
  /** The end of the interval that is nearer to nothing must be larger than this. */
  tolerated: number;
  /** And the difference itself larger than this. */
  least: number;
  direction: Exclude<Direction, 'neutral'>;
}

function judge(
  difference: number,
  noise: Interval & { estimate?: number },
  bounds: Bounds,
): 'better' | 'worse' | 'same' {
  const { tolerated, least, direction } = bounds;
  const { low, high, estimate } = noise;
  const more = Math.min(difference, estimate ?? low) > least && low > tolerated;
  const less = Math.max(difference, estimate ?? high) < -least && high < -tolerated;
  if (!more && !less) return 'same';
  return more === (direction === 'lower') ? 'worse' : 'better';
}

function missing(base: number | null, next: number | null): string {
  if (base === null && next === null) return 'measured in neither run';
  return base === null ? 'not measured in BASE' : 'not measured in NEW';
}

function noiseOf(name: string, unit: MetricUnit, pair: Pair): Noise {
  const { base, next, baseValue, nextValue } = pair;
  if (name.startsWith('latency.')) {
    const seconds = bySeconds(pair, IN_THE_MIDDLE.test(name) ? 'latencyP50Ms' : 'latencyP99Ms');
    // From being sent is a part of from being due, and has no seconds of its own.
    return name.startsWith('latency.sent.') ? byBoth(seconds, byNeighbours(pair, name)) : seconds;
  }
  if (name === 'events.rate') return bySeconds(pair, 'events');
  if (name.startsWith('server.rss.') && base.memory !== next.memory)
    return { unknown: 'memory was read in another way' };
  if (name === 'server.rss.growth') return byTrends(pair);
  if (name === 'server.rss.perClient') return bySawtooth(pair, clientsOf(pair));
  if (unit === 'bytes') return bySawtooth(pair);
  if (unit === 'count' && name !== 'clients.connected')
    return byCounts(pair, expectedOf(name, unit, pair), EXACT.has(name));
  return unit === 'ms' ? byNeighbours(pair, name) : { low: nextValue - baseValue, high: nextValue - baseValue };
}

/** What the new run would have had if nothing had changed: a longer one counts more, and has no more clients. */
function expectedOf(name: string, unit: MetricUnit, { base, next, baseValue }: Pair): number {
  const counts = unit === 'count' && name !== 'clients.connected' && base.durationMs > 0;
  return counts ? baseValue * (next.durationMs / base.durationMs) : baseValue;
}

/** The least difference that is one, in the metric's unit. */
function floorOf(name: string, unit: MetricUnit, pair: Pair): number {
  if (unit === 'ms') return MS_FLOOR;
  if (name === 'server.rss.perClient') return MEMORY_FLOOR / clientsOf(pair);
  if (unit === 'bytes' || unit === 'bytesPerMinute') return MEMORY_FLOOR;
  if (name === 'server.cpu') return Math.max(CPU.floor, CPU.tolerance * pair.baseValue);
  return 0;
}

function clientsOf({ base, next }: Pair): number {
  return Math.max(1, Math.min(base.peakClients, next.peakClients));
}
