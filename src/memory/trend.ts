/**
 * Does memory grow? Pure: samples in, a judgement out.
 *
 * What is judged is the lower envelope (trend-envelope.ts) after the warm-up. It grows when the whole interval
 * of its Theil–Sen slope (trend-slope.ts) and the difference of its block medians, last third less first third,
 * are above a limit, and when it looks like a leak and not like something else that rises: it never falls back
 * far (a garbage collector between two floors does), it does not come in one piece (a step), it stands out from
 * the jitter, and its second half rises like the whole (a cache that fills comes to rest). It is sound when the
 * interval excludes the slowest leak that is to be found, over the whole or over the second half. All else is
 * inconclusive, never a pass: too short, too noisy, or something that rises and is no straight leak.
 *
 * What it cannot know: a collector's cycle longer than a third of the load, and a cache that is still filling
 * when the load ends, look like leaks. The rates of error are in test/memory/trend.test.ts and docs/findings.md.
 */
import { drawdownBytes, lowerEnvelope, median, type SizeSample } from './trend-envelope.ts';
import { type Slope, theilSen, type TrendLine, trendLine } from './trend-slope.ts';

export type { SizeSample } from './trend-envelope.ts';
export type { TrendLine } from './trend-slope.ts';

/** Bytes a minute, with the bounds of its interval (99 %) and with what was allowed. */
interface GrowthFigures<Figure, Line> {
  bytesPerMinute: Figure;
  low: Figure;
  high: Figure;
  limitBytesPerMinute: Figure;
  /** Where the slope was measured. */
  line: Line;
}

/** The figures are null where there was too little to compute any. */
export type Growth =
  | (GrowthFigures<number, TrendLine> & { verdict: 'pass' | 'fail' | 'inconclusive' })
  | (GrowthFigures<null, null> & { verdict: 'inconclusive' | 'not-measured' });

export interface GrowthOptions {
  /** When the load was complete; samples before it say nothing about growth. */
  loadFromMs: number;
  /** Whether what rises may be garbage that its runtime will collect some day. Default false. */
  mayBeGarbage?: boolean;
}

/** Caches, pools and compiled code fill at first, also under a load that stands still. */
const WARM_UP_SHARE = 0.2;
const MAX_WARM_UP_MS = 300_000;
/** Shortest time to judge: in less, a trend cannot be told from a start that is still settling. */
const MIN_JUDGED_MS = 40_000;

/** The narrowest interval decides between these: few and long windows for slow collectors, many for fast ones. */
const WINDOW_COUNTS = [60, 30, 20, 15, 12, 10] as const;
const MIN_SAMPLES_PER_WINDOW = 4;
const MIN_WINDOWS = 10;

/**
 * What is promised to be found: this share of the memory in use a minute, and in long runs this share over all.
 * Processes are a few per cent larger or smaller at any time, so the share a minute shrinks with the run.
 */
const LEAK_SHARE_PER_MINUTE = 0.01;
const LEAK_SHARE_PER_RUN = 0.1;
/** Least leak to be found in small processes: runtimes, pages and arenas move by less. */
const LEAK_AT_LEAST_BYTES = 384 * 1024;
/** Above this share of it a rise is too much already; an interval has to fit between the two. */
const LIMIT_PER_LEAK = 0.7;

const MINUTE_MS = 60_000;

/**
 * How much garbage a sound runtime may let lie: so much is no proof of a leak where nobody can ask for a
 * collection. Measured on Node 20: sound servers rose by 20 to 60 MB in an even line for a minute and more until
 * the first large collection (65 to 250 % a minute). After ten minutes there were several.
 */
const GARBAGE = {
  soon: { bytes: 96 * 1024 * 1024, share: 0.5 },
  late: { bytes: 48 * 1024 * 1024, share: 0.2 },
  lateFromMs: 10 * MINUTE_MS,
} as const;
/**
 * A Go heap doubles between two collections, which are two minutes apart at most: one of 161 MiB rose by 3 MiB/s to
 * 288 MiB. So in so short a time no rise is proof that comes to no more than what was there at first.
 */
const DOUBLING = { untilMs: 2.5 * MINUTE_MS, share: 1.02 } as const;
/** Least rise, as a multiple of the envelope's largest fall. */
const MIN_RISE_PER_DRAWDOWN = 3;
/** The rise, in steps from one sample to the next (their median): what the eye takes for the line's thickness. */
const MIN_RISE_PER_JITTER = 6;
/** Largest share of the whole rise that a single step may have. */
const MAX_SHARE_OF_ONE_STEP = 0.4;
/** Least slope of the second half, as a share of the slope of the whole. */
const MIN_LATER_SHARE = 0.6;
/** The rise from the middle to the last third, of the rise from the first to the last; half of it in a line. */
const MIN_LATER_RISE_SHARE = 0.35;

const NOTHING = { bytesPerMinute: null, low: null, high: null, limitBytesPerMinute: null, line: null } as const;

/** @param samples in order of time, about evenly spaced; gaps are allowed */
export function growthOf(samples: readonly SizeSample[], { loadFromMs, mayBeGarbage = false }: GrowthOptions): Growth {
  const endMs = samples.at(-1)?.tMs;
  if (endMs === undefined) return { ...NOTHING, verdict: 'not-measured' };
  const warmMs = warmUpMs(endMs - loadFromMs);
  if (warmMs === null) return { ...NOTHING, verdict: 'inconclusive' };
  const judged = samples.filter(({ tMs }) => tMs >= loadFromMs + warmMs);
  const envelope = steadiestEnvelope(judged);
  if (envelope === null) return { ...NOTHING, verdict: 'inconclusive' };
  return judge(envelope, judged, mayBeGarbage);
}

/** When the warm-up of a load of this length is over; null when what is left is too short to judge. */
export function warmUpMs(loadMs: number): number | null {
  const ms = Math.min(loadMs * WARM_UP_SHARE, MAX_WARM_UP_MS);
  return loadMs - ms >= MIN_JUDGED_MS ? ms : null;
}

interface Envelope {
  points: SizeSample[];
  trend: Slope;
}

function steadiestEnvelope(samples: readonly SizeSample[]): Envelope | null {
  let steadiest: Envelope | null = null;
  for (const windows of WINDOW_COUNTS) {
    if (samples.length < windows * MIN_SAMPLES_PER_WINDOW) continue;
    const points = lowerEnvelope(samples, windows);
    if (points.length < MIN_WINDOWS) continue;
    const trend = theilSen(points);
    if (steadiest === null || trend.high - trend.low < steadiest.trend.high - steadiest.trend.low) {
      steadiest = { points, trend };
    }
  }
  return steadiest;
}

function judge({ points, trend }: Envelope, judged: readonly SizeSample[], mayBeGarbage: boolean): Growth {
  const blocks = blockMedians(points);
  const judgedMs = (judged.at(-1) as SizeSample).tMs - (judged[0] as SizeSample).tMs;
  const leak = leakBytesPerMs(blocks.firstBytes, judgedMs);
  const leakLimit = leak * LIMIT_PER_LEAK;
  const limit = mayBeGarbage ? Math.max(leakLimit, garbageBytesPerMs(blocks.firstBytes, judgedMs)) : leakLimit;
  const laterPoints = points.slice(points.length >> 1);
  const later = theilSen(laterPoints);
  const wholeRiseBytes = (points.at(-1) as SizeSample).bytes - (points[0] as SizeSample).bytes;
  const mayBeDoubling =
    mayBeGarbage && judgedMs < DOUBLING.untilMs && wholeRiseBytes < DOUBLING.share * (points[0] as SizeSample).bytes;
  const report = (
    { slope, low, high }: Slope,
    verdict: 'pass' | 'fail' | 'inconclusive',
    fitted: readonly SizeSample[] = points,
  ): Growth => ({
    bytesPerMinute: slope * MINUTE_MS,
    low: low * MINUTE_MS,
    high: high * MINUTE_MS,
    limitBytesPerMinute: limit * MINUTE_MS,
    line: trendLine(fitted, slope),
    verdict,
  });
  const risesBy = (bytesPerMs: number): boolean => trend.low > bytesPerMs && blocks.slope > bytesPerMs;
  const keepsRising =
    blocks.riseBytes > MIN_RISE_PER_DRAWDOWN * drawdownBytes(points) &&
    blocks.riseBytes > MIN_RISE_PER_JITTER * jitterBytes(judged) &&
    largestStepBytes(points) < MAX_SHARE_OF_ONE_STEP * wholeRiseBytes &&
    later.slope > MIN_LATER_SHARE * trend.slope &&
    blocks.laterRiseBytes > MIN_LATER_RISE_SHARE * blocks.riseBytes;
  if (keepsRising && risesBy(leakLimit))
    return report(trend, risesBy(limit) && !mayBeDoubling ? 'fail' : 'inconclusive');
  if (trend.high < leak) return report(trend, 'pass');
  // It grew, and it stopped: what a cache, a pool or a heap does.
  if (later.high < leak) return report(later, 'pass', laterPoints);
  return report(trend, 'inconclusive');
}

/** The slowest leak that is to be found. */
function leakBytesPerMs(inUseBytes: number, judgedMs: number): number {
  const share = Math.min(LEAK_SHARE_PER_MINUTE / MINUTE_MS, LEAK_SHARE_PER_RUN / judgedMs);
  const atLeast = (share / LEAK_SHARE_PER_MINUTE) * LEAK_AT_LEAST_BYTES;
  return Math.max(inUseBytes * share, atLeast);
}

/** Lengths of a load that a reader would choose. */
const LOADS_IN_MINUTES = [1, 2, 3, 5, 10, 15, 20, 30, 60, 120] as const;
/** An interval has a width, and a pace is not kept to the byte. */
const PACE_MARGIN = 1.25;

/**
 * How long a load has to last until what rises at this pace can be told from garbage, where nobody can ask for a
 * collection; null when even hours do not tell.
 *
 * @param bytes what is in use now
 */
export function loadMinutesToTell(bytesPerMinute: number, bytes: number): number | null {
  const enough = LOADS_IN_MINUTES.find((minutes) => {
    const warmMs = warmUpMs(minutes * MINUTE_MS);
    if (warmMs === null) return false;
    const judgedMs = minutes * MINUTE_MS - warmMs;
    const warmBytes = bytes + (bytesPerMinute * warmMs) / MINUTE_MS;
    const leastBytes = judgedMs < DOUBLING.untilMs ? DOUBLING.share * warmBytes : 0;
    const leastPerMs = Math.max(garbageBytesPerMs(warmBytes, judgedMs), leastBytes / judgedMs);
    return bytesPerMinute > PACE_MARGIN * leastPerMs * MINUTE_MS;
  });
  return enough ?? null;
}

/** The slope that garbage alone may cause in this time. */
function garbageBytesPerMs(inUseBytes: number, judgedMs: number): number {
  const { bytes, share } = judgedMs < GARBAGE.lateFromMs ? GARBAGE.soon : GARBAGE.late;
  return Math.max(bytes, inUseBytes * share) / judgedMs;
}

interface Blocks {
  firstBytes: number;
  riseBytes: number;
  laterRiseBytes: number;
  /** Bytes a millisecond. */
  slope: number;
}

function blockMedians(points: readonly SizeSample[]): Blocks {
  const third = Math.floor(points.length / 3);
  const first = points.slice(0, third);
  const last = points.slice(-third);
  const firstBytes = medianBytes(first);
  const lastBytes = medianBytes(last);
  const riseBytes = lastBytes - firstBytes;
  return {
    firstBytes,
    riseBytes,
    laterRiseBytes: lastBytes - medianBytes(points.slice(third, -third)),
    slope: riseBytes / ((last[0] as SizeSample).tMs - (first[0] as SizeSample).tMs),
  };
}

function medianBytes(points: readonly SizeSample[]): number {
  return median(points.map(({ bytes }) => bytes));
}

function largestStepBytes(points: readonly SizeSample[]): number {
  let largest = 0;
  for (let at = 1; at < points.length; at++) {
    largest = Math.max(largest, (points[at] as SizeSample).bytes - (points[at - 1] as SizeSample).bytes);
  }
  return largest;
}

function jitterBytes(samples: readonly SizeSample[]): number {
  return median(samples.slice(1).map(({ bytes }, at) => Math.abs(bytes - (samples[at] as SizeSample).bytes)));
}
