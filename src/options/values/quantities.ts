/**
 * Values that are numbers: quantities with their units, and whole numbers.
 * Bounds are given as a user writes them, and refuse what nobody means: 10^9 clients, a ramp of 400 days.
 */
import { exactByteRate, exactDuration, exactRate, exactSize } from '../../core/exact-units.ts';
import { quote } from '../../core/printable.ts';
import {
  parseByteRate,
  parseCount,
  parseDuration,
  parseRate,
  parseSize,
  UNIT_PATTERNS,
  UnitError,
} from '../../core/units.ts';
import { type Kind, scalar, ValueError, within } from './value-kind.ts';

interface Unit {
  placeholder: string;
  parse: (text: string) => number;
  show: (value: number) => string;
  pattern: string;
}

function quantity({ placeholder, parse, show, pattern }: Unit, range: readonly [string, string]): Kind<number> {
  const least = parse(range[0]);
  const most = parse(range[1]);
  return scalar({
    placeholder,
    range,
    schema: { type: 'string', pattern },
    show,
    parse: (text) => within(text, parse(text), { least, most, range }),
  });
}

/** `250ms`, `15s`, `1h30m` → milliseconds. */
export function duration(least: string, most: string): Kind<number> {
  return quantity(
    { placeholder: 'duration', parse: parseDuration, show: exactDuration, pattern: UNIT_PATTERNS.duration },
    [least, most],
  );
}

/** `128B`, `64KiB` → bytes. */
export function size(least: string, most: string): Kind<number> {
  return quantity({ placeholder: 'size', parse: parseSize, show: exactSize, pattern: UNIT_PATTERNS.size }, [
    least,
    most,
  ]);
}

/** `10/s`, `90/min` → times a second. */
export function rate(least: string, most: string): Kind<number> {
  return quantity({ placeholder: 'rate', parse: parseRate, show: exactRate, pattern: UNIT_PATTERNS.rate }, [
    least,
    most,
  ]);
}

/** `256B/s` → bytes a second. */
export function byteRate(least: string, most: string): Kind<number> {
  return quantity(
    { placeholder: 'bytes/time', parse: parseByteRate, show: exactByteRate, pattern: UNIT_PATTERNS.byteRate },
    [least, most],
  );
}

/** A whole number in plain digits; both bounds belong to the range. */
export function int(least: number, most: number): Kind<number> {
  const range = [String(least), String(most)] as const;
  return scalar({
    placeholder: 'number',
    bare: true,
    range,
    schema: { type: 'integer', minimum: least, maximum: most },
    parse(text) {
      if (/^0\d+$/.test(text))
        throw new ValueError(`${quote(text)} has a leading zero; octal numbers are not supported`);
      if (/^-\d+$/.test(text)) throw new ValueError(`${quote(text)} is negative; the least is ${least}`);
      if (!/^\d+$/.test(text))
        throw new ValueError(
          `${quote(text)} is not a whole number in plain digits (for example ${most >= 1000 ? 1000 : most})`,
        );
      return within(text, Number(text), { least, most, range });
    },
  });
}

/** A whole number of which there may be thousands, so that `10k` and `1.5M` are understood too. */
export function count(least: number, most: number): Kind<number> {
  const digits = int(least, most);
  const range = [String(least), String(most)] as const;
  const { shortCount } = UNIT_PATTERNS;
  return scalar({
    placeholder: 'number',
    bare: true,
    range,
    schema: { anyOf: [digits.schema, { type: 'string', pattern: shortCount }] },
    parse: (text) => (/[kM]$/i.test(text) ? within(text, shortened(text), { least, most, range }) : digits.read(text)),
  });
}

/** @throws {ValueError} for what is not whole, such as `1.0005k` */
function shortened(text: string): number {
  try {
    return parseCount(text);
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    throw new ValueError(`${error.message}; write it like 1500, 10k or 1.5M`);
  }
}

const MAX_PROCESSES = 64;

/** A number of load processes; null for `auto`, where the run decides. */
export const processes: Kind<number | null> = scalar({
  placeholder: 'count',
  schema: { anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 1, maximum: MAX_PROCESSES }] },
  show: (count) => (count === null ? 'auto' : String(count)),
  parse(given) {
    if (given === 'auto') return null;
    if (!/^\d{1,4}$/.test(given)) throw new ValueError('is neither a whole number nor "auto"');
    return within(given, Number(given), { least: 1, most: MAX_PROCESSES, range: ['1', String(MAX_PROCESSES)] });
  },
});
