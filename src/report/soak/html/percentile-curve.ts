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

const POINTS_PER_DECADE = 24;
const MOST_DECADES = 9;

/** Null without samples, and where the report was changed so that nothing can be read. */
export function percentileCurve(hdr: string): PercentileCurve | null {
  const times = decoded(hdr);
  if (times === null || times.count === 0) return null;
  const decades = Math.min(Math.log10(times.count), MOST_DECADES);
  const steps = Math.max(Math.ceil(decades * POINTS_PER_DECADE), 1);
  const shares = Array.from({ length: steps + 1 }, (_, step) =>
    Number((1 - 10 ** -((step / steps) * decades)).toFixed(12)),
  );
  return { shares, valuesMs: shares.map((share) => times.percentile(share * 100)) };
}

function decoded(hdr: string): TimeHistogram | null {
  try {
    return hdr === '' ? null : TimeHistogram.decode(hdr);
  } catch {
    return null;
  }
}
