/**
 * Memory that rises under load and goes on at the same pace when all clients have left: found in half a minute, in which
 * a trend (trend.ts) cannot be judged yet. Pure.
 *
 * What clients cost, and what they leave behind as garbage, stops rising with the last of them. What goes on is made by
 * the server for itself: a leak, the garbage of a timer, or a history that fills. The garbage and the histories of sound
 * servers were measured: with nobody there Node 20 let 20 to 80 MB lie at 3 to 12 MB/s before it collected, Go doubles
 * what it holds. So the whole must be much more than that, in one even line: several times what was there, at a pace that
 * does not lessen. Memory that fills in half a minute to a limit of its own is found at rest in the settling phase.
 *
 * What it cannot know: a history of hundreds of megabytes that the server fills without clients, and that is not full
 * when the run ends, looks like a leak. It never says that memory is sound.
 */
import { drawdownBytes, lowerEnvelope, type SizeSample } from './trend-envelope.ts';
import { theilSen, trendLine } from './trend-slope.ts';
import type { Growth } from './trend.ts';

/** The even load behind the warm-up, and the time without clients: least length and least samples of each. */
const LOADED = { ms: 20_000, samples: 16, windows: 12 } as const;
const ALONE = { ms: 5000, samples: 16, windows: 8 } as const;
/** As that of a trend: caches and compiled code fill at first. */
const WARM_UP_SHARE = 0.2;
/** From the warm-up to the last sample: so many bytes, and so many times what was there. */
const LEAST_RISE = { bytes: 160 * 1024 * 1024, share: 1.5 } as const;
/** The pace without clients, of that under load. */
const LEAST_PACE = 0.7;
/** The deepest fall and the largest step, of the whole rise. */
const MAX_FALL_SHARE = 0.1;
const MAX_STEP_SHARE = 0.25;
const MINUTE_MS = 60_000;

export interface WithoutClients {
  /** When the load was complete. */
  loadFromMs: number;
}

/**
 * @param loaded samples under load, in order of time
 * @param alone samples when all clients had left
 * @returns its pace without clients, where it rises beyond doubt; null where it does not, or nobody can tell
 */
export function growthWithoutClients(
  loaded: readonly SizeSample[],
  alone: readonly SizeSample[],
  { loadFromMs }: WithoutClients,
): (Growth & { verdict: 'fail' }) | null {
  const endMs = loaded.at(-1)?.tMs ?? loadFromMs;
  const warm = loaded.filter(({ tMs }) => tMs >= loadFromMs + (endMs - loadFromMs) * WARM_UP_SHARE);
  if (!isLongEnough(warm, LOADED) || !isLongEnough(alone, ALONE)) return null;
  const floors = lowerEnvelope(warm, LOADED.windows);
  const floorsAlone = lowerEnvelope(alone, ALONE.windows);
  const whole = [...floors, ...floorsAlone];
  const fromBytes = (floors[0] as SizeSample).bytes;
  const riseBytes = (floorsAlone.at(-1) as SizeSample).bytes - fromBytes;
  const limitBytes = Math.max(LEAST_RISE.bytes, fromBytes * LEAST_RISE.share);
  const pace = theilSen(floors);
  const paceAlone = theilSen(floorsAlone);
  const risesOn =
    riseBytes > limitBytes &&
    pace.low > 0 &&
    paceAlone.low > 0 &&
    paceAlone.slope > LEAST_PACE * pace.slope &&
    drawdownBytes(whole) < MAX_FALL_SHARE * riseBytes &&
    largestStepBytes(whole) < MAX_STEP_SHARE * riseBytes;
  if (!risesOn) return null;
  const lengthMs = (floorsAlone.at(-1) as SizeSample).tMs - (floors[0] as SizeSample).tMs;
  return {
    bytesPerMinute: paceAlone.slope * MINUTE_MS,
    low: paceAlone.low * MINUTE_MS,
    high: paceAlone.high * MINUTE_MS,
    limitBytesPerMinute: (limitBytes * MINUTE_MS) / lengthMs,
    line: trendLine(floorsAlone, paceAlone.slope),
    verdict: 'fail',
  };
}

function isLongEnough(samples: readonly SizeSample[], least: { ms: number; samples: number }): boolean {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || samples.length < least.samples) return false;
  return last.tMs - first.tMs >= least.ms;
}

function largestStepBytes(points: readonly SizeSample[]): number {
  return Math.max(...points.slice(1).map(({ bytes }, at) => bytes - (points[at] as SizeSample).bytes));
}
