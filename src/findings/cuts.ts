/**
 * What ends streams: an idle limit, which starts anew with each byte, or an absolute one, which counts from the request
 * whatever flows. Heartbeats cure the first and not the second, so the two must not be taken for each other.
 *
 * - A silence that was survived refutes an idle limit that is as long or shorter.
 * - A stream that grew older than the others refutes an absolute limit.
 * - Streams that were silent from their beginning to their cut prove neither: there, heartbeats come first.
 * - Streams of different ages that end at one moment met a restart, and not an age.
 */
import { INTERMEDIARIES } from './intermediaries.ts';
import type { Intermediary } from './intermediary.ts';
import { haveOnlyIdleLimits } from './limit-directives.ts';

/** More layers are not named in a sentence. */
const SHOWN_LAYERS = 3;
/** Shorter is no limit that anybody sets. */
export const LEAST_LIMIT_MS = 1000;
/** Streams that end within it end at one instant, as at a restart. */
export const ONE_INSTANT_MS = 250;
/** Two streams that ended at ages this close, or within a tenth, were not cut by chance. */
const SAME_AGE_MS = 250;
const SAME_AGE_SHARE = 0.1;
/** A stream is not ended on purpose before, and the jitter of a limit is at most half of it. */
const LEAST_PLANNED_MS = 5000;
export const LEAST_PLANNED_SHARE = 0.5;
/** What is measured of one silence, from the read before it to the read behind it, is true to this much, or to 2 %. */
const READ_APART_MS = 150;
const NEAR_SHARE = 0.02;

/**
 * A limit is seen a little after its time and hardly ever before: timers run late, and what stands in front passes an
 * end on with a delay (Envoy by a second on HTTP/1.1). HAProxy does not wind its timer up for each byte, so it cuts up
 * to a quarter of a second early. An age is counted from the head, a limit often from the request.
 */
const EARLY_MS = { idle: 300, absolute: 1000 } as const;
const LATE_MS = 1250;

/** Bytes that are further apart are no greeting. */
const LEAST_FLOW_MS = 500;

export type CutKind = 'idle' | 'absolute' | 'idle-or-absolute';

/** One limit that streams met, as far as it can be told. */
export interface Cut {
  readonly kind: CutKind;
  /** The silence before the end; null where it was not always the same. */
  readonly silenceMs: number | null;
  /** The age at the end; null where it was not always the same. */
  readonly ageMs: number | null;
  /** Where the ages lie further apart than one limit explains: the highest. */
  readonly ageUpToMs?: number;
  /** The ends came when the next event was due: the limit may be one that is noticed at a write. */
  readonly atWrites?: true;
}

/** The layers whose default limit of this kind is the one that was measured. */
function layersWithLimit(kind: 'idle' | 'absolute', measuredMs: number): Intermediary[] {
  const near = (knownMs: number): boolean =>
    measuredMs >= knownMs - Math.max(EARLY_MS[kind], knownMs * NEAR_SHARE) &&
    measuredMs <= knownMs + Math.max(LATE_MS, knownMs * NEAR_SHARE);
  return INTERMEDIARIES.filter((layer) => layer.kind === kind && [layer.limitMs, ...(layer.alsoMs ?? [])].some(near));
}

/** The layers of the table whose default a cut met; where its kind cannot be told, those of both. */
export function layersOfCut({ kind, silenceMs, ageMs }: Cut): Intermediary[] {
  return [
    ...(kind !== 'absolute' && silenceMs !== null ? layersWithLimit('idle', silenceMs) : []),
    ...(kind !== 'idle' && ageMs !== null ? layersWithLimit('absolute', ageMs) : []),
  ];
}

/**
 * The kind of a limit where the silence before the end and the age at the end were each the same for all, and neither
 * was survived by anybody.
 *
 * @param survivedMs the longest silence that was survived
 * @param named the layers that the answers name
 */
export function kindOfEither(silenceMs: number, ageMs: number, survivedMs: number, named: readonly string[]): CutKind {
  if (haveOnlyIdleLimits(named)) return 'idle';
  const isKnownIdle = layersWithLimit('idle', silenceMs).some(({ isExample }) => isExample !== true);
  const isKnownAge = layersWithLimit('absolute', ageMs).length > 0;
  if (isKnownIdle !== isKnownAge && isKnownIdle) return 'idle';
  // A layer that is known for this age, and passes the end on late, explains all of such a silence.
  const isDelay = survivedMs >= LEAST_FLOW_MS && silenceMs - survivedMs <= LATE_MS;
  return isKnownAge && !isKnownIdle && isDelay ? 'absolute' : 'idle-or-absolute';
}

/** Whether a silence that a stream survived refutes an idle limit. */
export function refutesIdle(survivedMs: number, limitMs: number): boolean {
  return survivedMs >= leastRefutingMs(limitMs);
}

/** Whether streams ended when their next event was due: after the longest silence that was survived. */
export function endsAtWrites(silenceMs: number, longestSurvivedMs: number): boolean {
  return (
    silenceMs >= LEAST_LIMIT_MS && Math.abs(silenceMs - longestSurvivedMs) <= silenceMs - leastRefutingMs(silenceMs)
  );
}

/** What a silence that is still going on shows to be survived: one that is as long as a limit may be cut in a moment. */
export function survivedSoFarMs(silenceMs: number): number {
  return silenceMs - Math.max(ONE_INSTANT_MS, limitToleranceMs(silenceMs));
}

/** The shortest silence that refutes an idle limit when it is survived. */
export function leastRefutingMs(limitMs: number): number {
  return limitMs - Math.max(READ_APART_MS, limitMs * NEAR_SHARE);
}

/**
 * How far apart the ends of many streams may be that one limit has cut: a second, or 2 %. For short lives a tenth: a
 * server that ends its streams itself with a jitter of 20 %, or after a number of events, would else be within it.
 */
export function limitToleranceMs(limitMs: number): number {
  return Math.max(Math.min(1000, limitMs * 0.1), limitMs * NEAR_SHARE);
}

/** Whether two streams were cut after one silence. @param stopMs for which we stood still ourselves */
export function areOfOneSilence(silenceMs: number, otherMs: number, stopMs = 0): boolean {
  return Math.abs(otherMs - silenceMs) <= Math.max(SAME_AGE_MS, silenceMs * NEAR_SHARE) + stopMs;
}

/** Whether two streams, opened at different times, were cut at one age. @param stopMs for which we stood still ourselves */
export function areOfOneAge(ageMs: number, otherMs: number, stopMs = 0): boolean {
  return Math.abs(otherMs - ageMs) <= Math.max(SAME_AGE_MS, ageMs * SAME_AGE_SHARE) + stopMs;
}

/**
 * Whether two clean ends are those of a plan with jitter: ages between a limit and half of it, too far apart for a
 * deadline, and not so young that a server would plan it.
 */
export function areOfOnePlan(ageMs: number, otherMs: number): boolean {
  const [least, most] = ageMs < otherMs ? [ageMs, otherMs] : [otherMs, ageMs];
  const apart = most - least > Math.max(SAME_AGE_MS, most * NEAR_SHARE);
  return apart && least >= LEAST_PLANNED_MS && least >= most * LEAST_PLANNED_SHARE;
}

/** To stand after a silence and "which": what cuts it by default. */
export function cutBy(silenceMs: number): string {
  const names = INTERMEDIARIES.filter(({ kind, limitMs }) => kind === 'idle' && limitMs <= silenceMs).map(
    ({ name }) => name,
  );
  if (names.length === 0) return 'no well-known layer cuts by default, but a stricter one would';
  const shown = names.slice(0, SHOWN_LAYERS).join(', ');
  return `${shown}${names.length > SHOWN_LAYERS ? ' and others' : ''} cut by default`;
}
