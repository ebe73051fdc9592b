/**
 * Latency by percentile, as HdrHistogram's own plots have it: the farther to the right, the rarer, each step ten times as
 * rare as the one before. It ends at the rarest of the samples, since nobody knows what lies beyond.
 */
import { TimeHistogram } from '../../../measure/histogram.ts';

export interface PercentileCurve {
  /** Shares of all samples, from 0 and below 1. */
  shares: number[];
  valuesMs: number[];
}

/** What people ask for by name: the curve has them exactly, and its table shows no others but the last. */
export const KNOWN_SHARES = [
  0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99995, 0.99999, 0.999999, 0.9999999, 0.99999999,
];

const POINTS_PER_DECADE = 24;
const MOST_DECADES = 9;

/** Null without samples, and where the report was changed so that nothing can be read. */
export function percentileCurve(hdr: string): PercentileCurve | null {
  const times = decoded(hdr);
  if (times === null || times.count === 0) return null;
  const decades = Math.min(Math.log10(times.count), MOST_DECADES);
  const steps = Math.max(Math.ceil(decades * POINTS_PER_DECADE), 1);
  const even = Array.from({ length: steps + 1 }, (_, step) => 1 - 10 ** -((step / steps) * decades));
  const rarest = even.at(-1) ?? 0;
  // Two that differ in nothing but the last digits are one.
  const shares = [...new Set([...even, ...KNOWN_SHARES.filter((share) => share < rarest)].map(shortened))].toSorted(
    (one, other) => one - other,
  );
  return { shares, valuesMs: times.percentilesAt(shares.map((share) => share * 100)) };
}

function shortened(share: number): number {
  return Number(share.toFixed(12));
}

function decoded(hdr: string): TimeHistogram | null {
  try {
    return hdr === '' ? null : TimeHistogram.decode(hdr);
  } catch {
    return null;
  }
}
