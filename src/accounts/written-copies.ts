/**
 * Whether events that say different things are copies of one another, written for each client or group in words of its
 * own: then they come at the same moments. Events that come so fast that they would meet by chance are held to be copies,
 * since nobody can tell.
 */

/** What comes so close together is one moment. */
const MOMENT_MS = 20;
/** Copies come within this time of each other, and within a part of the time between two moments. */
const MOST_APART_MS = 100;
const APART_SHARE = 0.25;
const LEAST_APART_MS = 5;
/** So many of the moments must be common. */
const COMMON_SHARE = 0.8;
const MOST_LOOKED_AT = 200;

/** @param times when each event of the one and of the other came, in their order */
export function areCopies(one: readonly number[], other: readonly number[]): boolean {
  const moments = [momentsOf(one), momentsOf(other)] as const;
  const [fewer, more] = moments[0].length < moments[1].length ? moments : ([moments[1], moments[0]] as const);
  if (fewer.length === 0 || fewer.length < COMMON_SHARE * more.length) return false;
  const apartMs = Math.min(MOST_APART_MS, APART_SHARE * Math.min(periodOf(fewer), periodOf(more)));
  if (apartMs < LEAST_APART_MS) return true;
  const common = more.filter((ms) => fewer.some((near) => Math.abs(near - ms) <= apartMs)).length;
  return common >= COMMON_SHARE * more.length;
}

/**
 * Each event came to one client.
 *
 * @param times when each event came, in their order
 * @param clients that there were
 */
export function areCopiesForEach(times: readonly number[], clients: number): boolean {
  const looked = times.slice(0, MOST_LOOKED_AT);
  const near = looked.map((ms) => times.filter((other) => Math.abs(other - ms) <= MOST_APART_MS).length);
  return 2 * near.filter((count) => 2 * count >= clients).length >= near.length;
}

function momentsOf(times: readonly number[]): number[] {
  const moments: number[] = [];
  for (const ms of times) if (ms - (moments.at(-1) ?? Number.NEGATIVE_INFINITY) > MOMENT_MS) moments.push(ms);
  return moments;
}

/** The median time from one to the next. */
function periodOf(moments: readonly number[]): number {
  const apart = moments.slice(1).map((ms, at) => ms - (moments[at] as number));
  return apart.toSorted((a, b) => a - b)[apart.length >> 1] ?? Number.POSITIVE_INFINITY;
}
