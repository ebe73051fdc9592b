/**
 * Durations, sizes and rates as a user would write them, so that what is read again is the same number to the last bit:
 * `30s`, `1.5s`, `64KiB`, `90/m`. For people, who want few digits, there is core/units.ts.
 */
import { parseByteRate, parseDuration, parseRate, parseSize } from './units.ts';

type Parse = (text: string) => number;

const DURATIONS = ['d', 'h', 'm', 's', 'ms', 'us'];
const SIZES = ['GiB', 'MiB', 'KiB', 'B'];
const TIMES = ['/s', '/m', '/h'];
const BYTE_RATES = TIMES.flatMap((time) => SIZES.map((size) => `${size}${time}`));
/** What units.ts reads. */
const MOST_DECIMALS = 9;
/** More are not read at a glance. */
const FEW_DECIMALS = 1;

export function exactDuration(ms: number): string {
  return exact(ms, parseDuration, DURATIONS);
}

export function exactSize(bytes: number): string {
  return exact(bytes, parseSize, SIZES, 0);
}

export function exactRate(perSecond: number): string {
  return exact(perSecond, parseRate, TIMES);
}

export function exactByteRate(bytesPerSecond: number): string {
  return exact(bytesPerSecond, parseByteRate, BYTE_RATES);
}

/** The first unit, of those from the one to be preferred, in which the value is short; else any that gives it exactly. */
function exact(value: number, parse: Parse, units: readonly string[], decimals: number = FEW_DECIMALS): string {
  const smallest = units.at(-1) as string;
  if (value === 0) return `0${units.includes('s') ? 's' : (units.find((unit) => !/[GMK]iB/.test(unit)) ?? smallest)}`;
  const written = (unit: string, most: number): string => `${plain(value / parse(`1${unit}`), most)}${unit}`;
  const isExact = (text: string): boolean => parse(text) === value;
  const short = units.filter((unit) => value >= parse(`1${unit}`)).map((unit) => written(unit, decimals));
  return (
    short.find(isExact) ??
    units.map((unit) => written(unit, MOST_DECIMALS)).find(isExact) ??
    written(smallest, MOST_DECIMALS)
  );
}

/** Without an exponent and without zeros behind the last digit. */
function plain(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
