/**
 * Theil–Sen: the median of the slopes between all pairs of points, with its confidence interval.
 *
 * Up to 29 % of the points may lie anywhere without moving it, so that one spike or one step makes no trend.
 * The interval is Sen's (Journal of the American Statistical Association 63, 1968, 1379–1389): as many slopes
 * to each side of the median as Kendall's statistic has of them by chance. So it holds zero exactly when a
 * Mann–Kendall test finds no trend, and no such test is made beside it: alone it is "highly vulnerable to
 * creating false positives" (Machida et al., ISSREW 2013).
 */
import { median, type SizeSample } from './trend-envelope.ts';

/** 99 %, two-sided: a run is judged once, and nobody likes to be failed by one run in twenty. */
const NORMAL_QUANTILE = 2.576;

/** Bytes a millisecond. */
export interface Slope {
  slope: number;
  low: number;
  high: number;
}

/**
 * Quadratic in the number of points: for tens, not for thousands.
 *
 * @param points two at least, each at another time
 */
export function theilSen(points: readonly SizeSample[]): Slope {
  const slopes: number[] = [];
  for (const [later, b] of points.entries()) {
    for (let earlier = 0; earlier < later; earlier++) {
      const a = points[earlier] as SizeSample;
      slopes.push((b.bytes - a.bytes) / (b.tMs - a.tMs));
    }
  }
  slopes.sort((a, b) => a - b);
  const spread = NORMAL_QUANTILE * Math.sqrt(kendallVariance(points));
  const last = slopes.length - 1;
  const low = Math.max(0, Math.floor((slopes.length - spread) / 2) - 1);
  const high = Math.min(last, Math.ceil((slopes.length + spread) / 2));
  return {
    slope: ((slopes[last >> 1] as number) + (slopes[(last + 1) >> 1] as number)) / 2,
    low: slopes[low] as number,
    high: slopes[high] as number,
  };
}

/** Where a slope was measured: from when to when, and a point that the line goes through. */
export interface TrendLine {
  /** When it begins, in milliseconds since the load began. */
  fromMs: number;
  /** When it ends, in milliseconds since the load began. */
  toMs: number;
  /** The middle of that time. */
  throughMs: number;
  /** Where the line is then, in bytes: the median of where each point would have it. */
  throughBytes: number;
}

/** @param points one at least. @param slope in bytes a millisecond */
export function trendLine(points: readonly SizeSample[], slope: number): TrendLine {
  const fromMs = (points[0] as SizeSample).tMs;
  const toMs = (points.at(-1) as SizeSample).tMs;
  const throughMs = (fromMs + toMs) / 2;
  const throughBytes = median(points.map(({ tMs, bytes }) => bytes - slope * (tMs - throughMs)));
  return { fromMs, toMs, throughMs, throughBytes };
}

/** Variance of Kendall's S, reduced for ties: memory that stands still is all ties (Kendall 1975, 4.9). */
function kendallVariance(points: readonly SizeSample[]): number {
  const ties = new Map<number, number>();
  for (const { bytes } of points) ties.set(bytes, (ties.get(bytes) ?? 0) + 1);
  let variance = term(points.length);
  for (const tied of ties.values()) variance -= term(tied);
  return variance / 18;
}

function term(points: number): number {
  return points * (points - 1) * (2 * points + 5);
}
