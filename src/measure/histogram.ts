/**
 * A histogram of times: HDR (Gil Tene), 3 significant digits, values in milliseconds kept as whole
 * microseconds up to an hour. One for each measure and process, never one for each client; merged, never
 * averaged: percentiles of two processes cannot be combined, their histograms can.
 */
import {
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
  Int32Histogram,
} from 'hdr-histogram-js';

const MAX_US = 3_600_000_000;
const SIGNIFICANT_DIGITS = 3;

/** Milliseconds; all zero when `count` is 0. */
export interface Percentiles {
  count: number;
  mean: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  p999: number;
  max: number;
}

export class TimeHistogram {
  private readonly histogram: Histogram;

  constructor(histogram: Histogram = new ShiftedHistogram()) {
    this.histogram = histogram;
  }

  static decode(base64: string): TimeHistogram {
    return new TimeHistogram(decodeFromCompressedBase64(base64, 32, false));
  }

  get count(): number {
    return this.histogram.totalCount;
  }

  /**
   * A negative time is a clock's error, not a measurement: it counts as zero here and as skew elsewhere.
   * @throws {RangeError} for NaN, which HdrHistogram would count and then not find again
   */
  record(ms: number): void {
    const us = Math.round(ms * 1000);
    if (Number.isNaN(us)) throw new RangeError('a time that is not a number cannot be recorded');
    this.histogram.recordValue(us <= 0 ? 0 : us > MAX_US ? MAX_US : us);
  }

  /** The value at or below which `percentile` (0–100) of all samples lie, in ms. */
  percentile(percentile: number): number {
    return this.count === 0 ? 0 : this.histogram.getValueAtPercentile(percentile) / 1000;
  }

  /** The same as `percentile` of each, in one pass over the counts. */
  percentilesAt(percentiles: readonly number[]): number[] {
    return valuesAt(this.recorded(), percentiles);
  }

  percentiles(): Percentiles {
    const recorded = this.recorded();
    // The longest in the same three digits as the others: an exact one would lie below them, and not survive `encode`.
    const [p50 = 0, p90 = 0, p95 = 0, p99 = 0, p999 = 0, max = 0] = valuesAt(recorded, [50, 90, 95, 99, 99.9, 100]);
    return { count: this.count, mean: meanOf(recorded), p50, p90, p95, p99, p999, max };
  }

  /**
   * Every value that has samples, ascending. The library's own mean and percentiles each go over all 23,000 counts, with
   * logarithms for those that are zero too: a report that asks for dozens of them spent most of its time there.
   */
  private recorded(): Recorded[] {
    const own = this.histogram instanceof ShiftedHistogram ? this.histogram : this.copy().histogram;
    if (!(own instanceof ShiftedHistogram)) throw new Error('a copy is made here');
    const recorded: Recorded[] = [];
    let samples = 0;
    for (let at = 0; samples < own.totalCount && at < own.countsArrayLength; at++) {
      const count = own.getCountAtIndex(at);
      if (count === 0) continue;
      samples += count;
      const lowestUs = own.valueFromIndex(at);
      recorded.push({
        samples,
        count,
        lowestMs: lowestUs / 1000,
        middleMs: own.medianEquivalentValue(lowestUs) / 1000,
        highestMs: own.highestEquivalentValue(lowestUs) / 1000,
      });
    }
    return recorded;
  }

  /** How many samples lie in each range that ends at one of these ascending bounds, in ms; those above the last do not count. */
  countsUpTo(boundsMs: readonly number[]): number[] {
    const counts = boundsMs.map(() => 0);
    const { histogram: own } = this.copy();
    if (!(own instanceof ShiftedHistogram)) throw new Error('a copy is made here');
    let range = 0;
    for (let at = 0; at < own.countsArrayLength; at++) {
      const count = own.getCountAtIndex(at);
      if (count === 0) continue;
      const ms = own.valueFromIndex(at) / 1000;
      while (range < boundsMs.length && ms > (boundsMs[range] ?? 0)) range += 1;
      if (range === boundsMs.length) break;
      counts[range] = (counts[range] ?? 0) + count;
    }
    return counts;
  }

  add(other: TimeHistogram): void {
    this.histogram.add(other.histogram);
  }

  /** Adds the samples of `other`, each less by so much, and at least zero. */
  addLess(other: TimeHistogram, ms: number): void {
    const { histogram } = other;
    if (!(histogram instanceof ShiftedHistogram)) throw new Error('only what was recorded here can be shifted');
    const us = Math.round(ms * 1000);
    for (let at = 0; at < histogram.countsArrayLength; at++) {
      const count = histogram.getCountAtIndex(at);
      if (count > 0) this.histogram.recordValueWithCount(Math.max(histogram.valueFromIndex(at) - us, 0), count);
    }
  }

  /** The same samples, in a histogram of their own. */
  copy(): TimeHistogram {
    const copy = new TimeHistogram();
    copy.add(this);
    return copy;
  }

  /** What was recorded since `earlier`, a copy of this one. */
  since(earlier: TimeHistogram): TimeHistogram {
    const since = this.copy();
    since.histogram.subtract(earlier.histogram);
    return since;
  }

  reset(): void {
    this.histogram.reset();
  }

  /** HdrHistogram's compressed V2 encoding, base64: what other HDR tools read. */
  encode(): string {
    return encodeIntoCompressedBase64(this.histogram);
  }
}

/** Samples that differ in nothing that three digits show. */
interface Recorded {
  /** With all that are less. */
  samples: number;
  count: number;
  lowestMs: number;
  middleMs: number;
  highestMs: number;
}

function meanOf(recorded: readonly Recorded[]): number {
  const all = recorded.at(-1)?.samples ?? 0;
  return all === 0 ? 0 : recorded.reduce((sum, { count, middleMs }) => sum + count * middleMs, 0) / all;
}

function valuesAt(recorded: readonly Recorded[], percentiles: readonly number[]): number[] {
  const all = recorded.at(-1)?.samples ?? 0;
  return percentiles.map((percentile) => {
    const exact = (Math.min(percentile, 100) / 100) * all;
    // What the division adds in its last digit is no sample more.
    const wanted = Math.max(Math.ceil(exact - exact * Number.EPSILON), 1);
    const found = recorded.find(({ samples }) => samples >= wanted);
    return (percentile === 0 ? found?.lowestMs : found?.highestMs) ?? 0;
  });
}

/**
 * The library finds a count's place with floating-point `log2` and `pow`, which was 7 % of all that 18,000 clients
 * cost. For 32 bits the shifts of the Java original give the same place at a tenth of that.
 */
class ShiftedHistogram extends Int32Histogram {
  constructor() {
    super(1, MAX_US, SIGNIFICANT_DIGITS);
  }

  override countsArrayIndex(value: number): number {
    // Three digits are 2^11 places in the first bucket, and 2^10 in each that is twice as wide.
    const bucket = Math.max(21 - Math.clz32(value), 0);
    return bucket * 1024 + (value >>> bucket);
  }
}
