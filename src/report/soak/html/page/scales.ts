/** How a chart's axes are divided: in steps that people count in, with their units. */
import { type Chart, type ChartUnit, unitText } from '../chart-model.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** In seconds, up to a month. */
export const TIME_STEPS = [
  1,
  2,
  5,
  10,
  15,
  30,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
  48 * HOUR,
  96 * HOUR,
  168 * HOUR,
];

function decimals(from: number, to: number): number[] {
  const powers = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  return powers.flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
}

const BINARY = Array.from({ length: 44 }, (_, power) => 2 ** power);

export const VALUE_STEPS: Readonly<Record<ChartUnit, number[]>> = {
  count: decimals(0, 12),
  perSecond: decimals(-2, 12),
  ms: [...decimals(-3, 3), ...[10, 20, 30, 60, 120, 300, 600, 1800, 3600].map((seconds) => seconds * 1000)].toSorted(
    (one, other) => one - other,
  ),
  bytes: BINARY,
};

/** What a chart of nothing but zeros reaches up to. */
const LEAST_TOP: Readonly<Record<ChartUnit, number>> = { count: 1, perSecond: 1, ms: 1, bytes: 1024 ** 2 };

/** From zero, so that heights can be compared, with room above. */
export function valueRange({ unit }: Chart, max: number): [number, number] {
  return [0, Math.max(max * 1.08, LEAST_TOP[unit])];
}

export function valueText(unit: ChartUnit, value: number): string {
  return value === 0 ? '0' : unitText(unit, value);
}

/** Where a share stands: each step is ten times as rare. */
export function rarity(share: number): number {
  return -Math.log10(1 - share);
}

/** `0 %`, `90 %`, `99.9 %` */
export function rarityText(at: number): string {
  const nines = Math.round(at);
  if (Math.abs(at - nines) > 1e-6) return '';
  return nines === 0 ? '0 %' : nines <= 2 ? `${nines === 1 ? 90 : 99} %` : `99.${'9'.repeat(nines - 2)} %`;
}
