/** A stream that was cut at one age, or after one silence: which layers do so by default, and what to do about it. */
import { INTERMEDIARIES } from './intermediaries.ts';
import type { Intermediary, LimitKind } from './intermediary.ts';

/** A measured limit is a known one when it is within a second of it, or within 2 %. */
const NEAR_MS = 1000;
const NEAR_SHARE = 0.02;

/** More layers are not named in a sentence. */
const SHOWN_LAYERS = 3;
/** Streams that end within it end at one instant, as at a restart. */
export const ONE_INSTANT_MS = 250;
/** Two streams that ended at ages this close, or within a tenth, were not cut by chance. */
const SAME_AGE_MS = 250;
const SAME_AGE_SHARE = 0.1;
/** A stream is not ended on purpose before, and the jitter of a limit is at most half of it. */
const LEAST_PLANNED_MS = 5000;
export const LEAST_PLANNED_SHARE = 0.5;

export const ADVICE_ON_ABSOLUTE_LIMIT =
  'Heartbeats do not help against it: raise or remove the limit for streams (Go: WriteTimeout 0 or SetWriteDeadline for each write), or end streams yourself a little earlier, with jitter.';

/** The layers whose default limit of this kind is the one that was measured. */
export function layersWithLimit(kind: LimitKind, measuredMs: number): Intermediary[] {
  const near = (knownMs: number): boolean => Math.abs(knownMs - measuredMs) <= Math.max(NEAR_MS, knownMs * NEAR_SHARE);
  return INTERMEDIARIES.filter((layer) => layer.kind === kind && [layer.limitMs, ...(layer.alsoMs ?? [])].some(near));
}

export function suspects(layers: readonly Intermediary[]): string {
  if (layers.length === 0)
    return 'No layer that is known for it stands in our table: look for a time-out of this length in the server and in all that stands in front of it.';
  return `By default it is cut so by ${layers.map(({ name, note }) => `${name} (${note})`).join(', ')}.`;
}

/**
 * How far apart the ends of many streams may be that one limit has cut: a second, or 2 %. For short lives a tenth: a
 * server that ends its streams itself with a jitter of 20 %, or after a number of events, would else be within it.
 */
export function limitToleranceMs(limitMs: number): number {
  return Math.max(Math.min(1000, limitMs * 0.1), limitMs * 0.02);
}

/** Whether two streams, opened at different times, were cut at one age. */
export function areOfOneAge(ageMs: number, otherMs: number): boolean {
  return Math.abs(otherMs - ageMs) <= Math.max(SAME_AGE_MS, ageMs * SAME_AGE_SHARE);
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
  if (names.length === 0) return 'no well-known layer cuts by default; a stricter one would';
  const shown = names.slice(0, SHOWN_LAYERS).join(', ');
  return `${shown}${names.length > SHOWN_LAYERS ? ' and others' : ''} cut by default`;
}
