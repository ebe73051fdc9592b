/**
 * When clients arrive and when churning ones leave: pure functions of the time since the run began, so that
 * load is open-loop. A slow server does not slow the arrivals down; it only makes them late, and that is
 * measured.
 */

/** How many of `clients` should have started by `elapsedMs` of a ramp that lasts `rampMs`. */
export function arrivalsBy(elapsedMs: number, clients: number, rampMs: number): number {
  if (elapsedMs < 0) return 0;
  if (elapsedMs >= rampMs) return clients;
  // The first arrives at 0, the last one an interval before the end of the ramp.
  return Math.min(clients, Math.floor((elapsedMs * clients) / rampMs) + 1);
}

/** Every `count`-th client of the plan, from `index` on: what one of several processes takes. */
export interface Slice {
  index: number;
  count: number;
}

/** One process's part of `total` things that happen in turn. */
export function shareOf({ index, count }: Slice, total: number): number {
  return Math.floor((total + count - 1 - index) / count);
}

/** Healthy clients have the server for themselves so long after the ramp, at most this part of the load. */
const BEFORE_STALL_MS = 5000;
const BEFORE_STALL_SHARE = 1 / 8;
/** They come within this time: the server meets them one after the other, and all early enough to be judged. */
const STALL_RAMP_MS = 1000;

/**
 * How many of the clients that stall should have come by `elapsedMs`: after the ramp and a while without them, so that
 * what they do to the others can be told.
 */
export function stallersBy(elapsedMs: number, stallers: number, rampMs: number, durationMs: number): number {
  const beginMs = rampMs + Math.min(BEFORE_STALL_MS, durationMs * BEFORE_STALL_SHARE);
  return arrivalsBy(elapsedMs - beginMs, stallers, Math.min(rampMs, STALL_RAMP_MS));
}

/** How many clients should have left and been replaced by `elapsedMs`; churn begins when the ramp is over. */
export function departuresBy(elapsedMs: number, rampMs: number, churnPerSecond: number): number {
  return elapsedMs <= rampMs ? 0 : Math.floor(((elapsedMs - rampMs) * churnPerSecond) / 1000);
}

/**
 * Splits `clients` by weight, exactly: the largest remainders get what rounding leaves over, and every kind
 * with a weight gets at least one client while there are enough for all.
 */
export function apportion<Kind extends string>(
  clients: number,
  weights: Readonly<Record<Kind, number>>,
): Record<Kind, number> {
  const kinds = (Object.keys(weights) as Kind[]).filter((kind) => weights[kind] > 0);
  const total = kinds.reduce((sum, kind) => sum + weights[kind], 0);
  const shares = kinds.map((kind) => ({ kind, exact: (clients * weights[kind]) / total }));
  const counts = Object.fromEntries(Object.keys(weights).map((kind) => [kind, 0])) as Record<Kind, number>;
  for (const { kind, exact } of shares) counts[kind] = Math.floor(exact);
  let left = clients - kinds.reduce((sum, kind) => sum + counts[kind], 0);
  for (const { kind } of shares.toSorted((a, b) => (b.exact % 1) - (a.exact % 1))) {
    if (left === 0) break;
    counts[kind] += 1;
    left -= 1;
  }
  if (clients >= kinds.length) {
    for (const kind of kinds) {
      if (counts[kind] > 0) continue;
      const richest = kinds.reduce((most, other) => (counts[other] > counts[most] ? other : most));
      counts[richest] -= 1;
      counts[kind] += 1;
    }
  }
  return counts;
}
