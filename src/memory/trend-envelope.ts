/**
 * The lower envelope of a memory curve: the lowest sample of each of some windows of equal length.
 *
 * A garbage collector draws a sawtooth, and what a process really holds shows only at the bottom of each tooth.
 * A straight line through all samples takes the phase of the teeth for a trend: it failed a healthy process in
 * 33 and in 85 of 361 windows (questdb/c-questdb-client#181). The lowest of a window moves with the floor.
 */

/** One sample of a size. */
export interface SizeSample {
  tMs: number;
  bytes: number;
}

/**
 * @param samples in order of time
 * @returns one point for each window that has a sample, at the middle of the window
 */
export function lowerEnvelope(samples: readonly SizeSample[], windows: number): SizeSample[] {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return [];
  const windowMs = (last.tMs - first.tMs) / windows;
  const floors = Array.from<number>({ length: windows }).fill(Number.POSITIVE_INFINITY);
  for (const { tMs, bytes } of samples) {
    // The last sample ends the last window instead of beginning another.
    const at = windowMs > 0 ? Math.min(Math.floor((tMs - first.tMs) / windowMs), windows - 1) : 0;
    if (bytes < (floors[at] as number)) floors[at] = bytes;
  }
  return floors.flatMap((bytes, at) =>
    Number.isFinite(bytes) ? [{ tMs: first.tMs + (at + 0.5) * windowMs, bytes }] : [],
  );
}

/** How far the curve falls below what it had reached before, at most. */
export function drawdownBytes(points: readonly SizeSample[]): number {
  let highest = Number.NEGATIVE_INFINITY;
  let deepest = 0;
  for (const { bytes } of points) {
    highest = Math.max(highest, bytes);
    deepest = Math.max(deepest, highest - bytes);
  }
  return deepest;
}

/** The middle value; of two, the one between. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] as number;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
