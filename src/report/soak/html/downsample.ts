/**
 * Fewer points for a long run, so that a page stays small and opens at once. Each step of equal length keeps its lowest
 * and its highest value, in the order in which they came: a peak of one second is still seen in a day.
 */

type Values = readonly (number | null)[];

/** A part of a series, the end not included. */
interface Step {
  from: number;
  to: number;
}

export function stepsOf(length: number, most: number): Step[] {
  const count = Math.min(length, most);
  return Array.from({ length: count }, (_, at) => ({
    from: Math.floor((at * length) / count),
    to: Math.floor(((at + 1) * length) / count),
  }));
}

/** Two points for each of `most / 2` steps; all points where there are no more than `most`. */
export function fewerTimes(times: readonly number[], most: number): number[] {
  if (times.length <= most) return [...times];
  return stepsOf(times.length, Math.floor(most / 2)).flatMap(({ from, to }) => [
    times[from] as number,
    times[to - 1] as number,
  ]);
}

/** The values at these times. */
export function fewerValues(values: Values, most: number): (number | null)[] {
  if (values.length <= most) return [...values];
  return stepsOf(values.length, Math.floor(most / 2)).flatMap((step) => {
    const extremes = extremesOf(values, step);
    if (extremes === null) return [null, null];
    const { low, high } = extremes;
    return low.at <= high.at ? [low.value, high.value] : [high.value, low.value];
  });
}

interface Extremes {
  low: { at: number; value: number };
  high: { at: number; value: number };
}

/** Null where a step has no value at all. */
export function extremesOf(values: Values, { from, to }: Step): Extremes | null {
  let extremes: Extremes | null = null;
  for (let at = from; at < to; at++) {
    const value = values[at] ?? null;
    if (value === null) continue;
    extremes ??= { low: { at, value }, high: { at, value } };
    if (value < extremes.low.value) extremes.low = { at, value };
    if (value > extremes.high.value) extremes.high = { at, value };
  }
  return extremes;
}
