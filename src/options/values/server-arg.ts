/** A flag of `serve` that a soak hands to the server that it starts. */
import { quote } from '../../core/printable.ts';
import { REDACTED, redactUrl } from '../../core/redact.ts';
import { closest } from '../../core/suggest.ts';
import { UnitError } from '../../core/units.ts';
import type { OptionRow } from '../option.ts';
import { serveOptions } from '../serve-options.ts';
import { redisUrl, secret } from './server-values.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';

const ROWS: readonly OptionRow[] = Object.values(serveOptions);
const ARGUMENT = /^--([a-z-]+)=([^]*)$/;

/** `--flag=value` for the embedded server: checked here, since its complaint would come after the start. */
export const serverArg: Kind<string> = scalar({
  placeholder: '--flag=value',
  schema: { type: 'string', pattern: '^--[a-z-]+=' },
  parse(given) {
    const match = ARGUMENT.exec(given);
    if (match === null) throw new ValueError(`${shownMistake(given)}is not --flag=value, such as --evict-after=5s`);
    const [, flag, value] = match as unknown as [string, string, string];
    const row = rowOf(flag);
    if (row === undefined) {
      const guess = closest(
        flag,
        ROWS.map((candidate) => candidate.flag),
      );
      throw new ValueError(
        `--${flag} is not a flag of "sse-probe serve"${guess === null ? '' : `; did you mean --${guess}?`}`,
      );
    }
    try {
      row.kind.read(row.kind.repeats ? [value] : value);
    } catch (error) {
      if (error instanceof ValueError || error instanceof UnitError)
        throw new ValueError(`--${flag}: ${error.message}`);
      throw error;
    }
    return given;
  },
});

/** The argument as reports show it: without the token or the password that some of the flags take. */
export function shownServerArg(argument: string): string {
  const [, flag = '', value = ''] = ARGUMENT.exec(argument) ?? [];
  const kind = rowOf(flag)?.kind;
  if (kind === redisUrl) return `--${flag}=${redactUrl(value)}`;
  return kind === secret ? `--${flag}=${REDACTED}` : argument;
}

function rowOf(flag: string): OptionRow | undefined {
  return ROWS.find((candidate) => candidate.flag === flag);
}

/** What stands there may be a token that was meant for a flag: only a flag of ours and a plain figure are repeated. */
function shownMistake(given: string): string {
  const flag = /^(?:--)?([a-z-]+)/.exec(given)?.[1] ?? '';
  if (rowOf(flag) !== undefined) return `--${flag} `;
  return /^\d{1,6}[a-zA-Z/]{0,3}$/.test(given) ? `${quote(given)} ` : '';
}
