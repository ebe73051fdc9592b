import { parseByteRate, parseDuration, parseRate, parseSize, quote, UNIT_PATTERNS } from '../../core/units.ts';
import { type Kind, scalar, ValueError, within } from './kind.ts';
import { closest } from '../../core/suggest.ts';

/**
 * The kinds that any command needs: quantities with their units, whole numbers, words, switches.
 * Bounds are given as a user writes them, and refuse what nobody means: 10^9 clients, a ramp of 400 days.
 */

type Parse = (text: string) => number;

function quantity(placeholder: string, parse: Parse, pattern: string, range: readonly [string, string]): Kind<number> {
  const least = parse(range[0]);
  const most = parse(range[1]);
  return scalar({
    placeholder,
    range,
    schema: { type: 'string', pattern },
    parse: (text) => within(text, parse(text), { least, most, range }),
  });
}

/** `250ms`, `15s`, `2m` → milliseconds. */
export function duration(least: string, most: string): Kind<number> {
  return quantity('duration', parseDuration, UNIT_PATTERNS.duration, [least, most]);
}

/** `128B`, `64KiB` → bytes. */
export function size(least: string, most: string): Kind<number> {
  return quantity('size', parseSize, UNIT_PATTERNS.size, [least, most]);
}

/** `10/s`, `90/m` → times a second. */
export function rate(least: string, most: string): Kind<number> {
  return quantity('rate', parseRate, UNIT_PATTERNS.rate, [least, most]);
}

/** `256B/s` → bytes a second. */
export function byteRate(least: string, most: string): Kind<number> {
  return quantity('bytes/time', parseByteRate, UNIT_PATTERNS.byteRate, [least, most]);
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
        throw new ValueError(`${quote(text)} has a leading zero; octal numbers are not meant here`);
      if (/^-\d+$/.test(text)) throw new ValueError(`${quote(text)} is negative; the least is ${least}`);
      if (!/^\d+$/.test(text))
        throw new ValueError(
          `${quote(text)} is not a whole number in plain digits (for example ${most >= 1000 ? 1000 : most})`,
        );
      return within(text, Number(text), { least, most, range });
    },
  });
}

/** One word of a fixed set. */
export function oneOf<const Word extends string>(placeholder: string, words: readonly Word[]): Kind<Word> {
  return scalar({
    placeholder,
    schema: { enum: words },
    parse(text) {
      const word = words.find((known) => known === text);
      if (word !== undefined) return word;
      const guess = closest(text, words);
      throw new ValueError(
        guess === null
          ? `${quote(text)} is none of ${words.join(', ')}`
          : `${quote(text)} is not known; did you mean ${quote(guess)}?`,
      );
    },
  });
}

export interface TextSpec {
  placeholder: string;
  pattern: RegExp;
  /** What it should be, to stand after "is not": `a path such as /events`. */
  what: string;
  maxLength: number;
}

/** A text that a pattern describes. */
export function text({ placeholder, pattern, what, maxLength }: TextSpec): Kind<string> {
  return scalar({
    placeholder,
    schema: { type: 'string', pattern: pattern.source, maxLength },
    parse(given) {
      if (given.length > maxLength) throw new ValueError(`is longer than ${maxLength} characters`);
      if (!pattern.test(given)) throw new ValueError(`${quote(given)} is not ${what}`);
      return given;
    },
  });
}

/** A flag without a value; `true` or `false` in YAML. */
export const toggle: Kind<boolean> = scalar({
  placeholder: null,
  bare: true,
  schema: { type: 'boolean' },
  parse(given) {
    if (given === 'true' || given === 'false') return given === 'true';
    throw new ValueError(`${quote(given)} is neither true nor false`);
  },
});

/** The name of a defect to serve with. The server knows which exist and refuses the others by name. */
export const faultName: Kind<string> = text({
  placeholder: 'name',
  pattern: /^[a-z][a-z-]*$/,
  what: 'the name of a fault (small letters and dashes)',
  maxLength: 40,
});

/** The NAME of an environment variable, so that the secret itself is in no shell history and no process list. */
export const variableName: Kind<string> = scalar({
  placeholder: 'variable',
  schema: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$', maxLength: 100 },
  parse(given) {
    if (/^[A-Za-z_]\w{0,99}$/.test(given)) return given;
    throw new ValueError('takes the name of an environment variable that holds the token, not the token');
  },
});
