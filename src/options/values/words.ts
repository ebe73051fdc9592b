/** Values that are words and texts: one of a set, a text that a pattern describes, names, switches. */
import { quote } from '../../core/printable.ts';
import { redactUrl } from '../../core/redact.ts';
import { POINTER_PATTERN } from '../../core/json-pointer.ts';
import { closest } from '../../core/suggest.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';

/** More words than these are not written out in a message: `--list` prints them. */
const MOST_SHOWN = 12;

/** One word of a fixed set. @param placeholder what the word is; its plural is a name of `--list` where there are many */
export function oneOf<const Word extends string>(placeholder: string, words: readonly Word[]): Kind<Word> {
  return scalar({
    placeholder,
    commas: words.every((word) => !word.includes(',')),
    schema: { enum: words },
    parse(text) {
      const word = words.find((known) => known === text);
      if (word !== undefined) return word;
      const guess = closest(text, words);
      throw new ValueError(
        guess === null
          ? words.length > MOST_SHOWN
            ? `${quote(text)} is not a ${placeholder}; --list ${placeholder}s prints all of them`
            : `${quote(text)} is none of ${words.join(', ')}`
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
  /** No text that the pattern takes has a comma. */
  commas?: boolean;
}

/** A text that a pattern describes. */
export function text({ placeholder, pattern, what, maxLength, commas = false }: TextSpec): Kind<string> {
  return scalar({
    placeholder,
    commas,
    schema: { type: 'string', pattern: pattern.source, maxLength },
    parse(given) {
      if (given.length > maxLength) throw new ValueError(`is longer than ${maxLength} characters`);
      if (!pattern.test(given)) throw new ValueError(`${quote(redactUrl(given))} is not ${what}`);
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

/**
 * The NAME of an environment variable, so that the secret itself is in no shell history and no process list.
 * @param secret what the variable holds
 */
export function variableFor(secret: string): Kind<string> {
  return scalar({
    placeholder: 'variable',
    schema: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$', maxLength: 100 },
    parse(given) {
      if (/^[A-Za-z_]\w{0,99}$/.test(given)) return given;
      throw new ValueError(`takes the name of an environment variable that holds the ${secret}, not the ${secret}`);
    },
  });
}

export const variableName: Kind<string> = variableFor('token');

const MAX_TEXT = 65_536;

/** Any text at all, within a bound. */
export const anyText: Kind<string> = text({
  placeholder: 'text',
  pattern: /^[^]*$/,
  what: 'a text',
  maxLength: MAX_TEXT,
});

/** A JSON pointer (RFC 6901, 3) into an event's data; `auto` looks for the usual ones. */
export const jsonPointer: Kind<string> = text({
  placeholder: 'pointer',
  pattern: new RegExp(`^(?:auto|${POINTER_PATTERN})$`),
  what: 'a JSON pointer such as /seq, nor "auto"',
  maxLength: 256,
});
