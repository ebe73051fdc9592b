/** A flag of `serve` that a soak hands to the server that it starts. */
import { quote } from '../../core/printable.ts';
import { closest } from '../../core/suggest.ts';
import { UnitError } from '../../core/units.ts';
import type { OptionRow } from '../option.ts';
import { serveOptions } from '../serve-options.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';

/** `--flag=value` for the embedded server: checked here, since its complaint would come after the start. */
export const serverArg: Kind<string> = scalar({
  placeholder: '--flag=value',
  schema: { type: 'string', pattern: '^--[a-z-]+=' },
  parse(given) {
    const match = /^--([a-z-]+)=([^]*)$/.exec(given);
    if (match === null) throw new ValueError(`${quote(given)} is not --flag=value, such as --evict-after=5s`);
    const [, flag, value] = match as unknown as [string, string, string];
    const rows: readonly OptionRow[] = Object.values(serveOptions);
    const row = rows.find((candidate) => candidate.flag === flag);
    if (row === undefined) {
      const guess = closest(
        flag,
        rows.map((candidate) => candidate.flag),
      );
      throw new ValueError(
        `--${flag} is no flag of "sse-probe serve"${guess === null ? '' : `; did you mean --${guess}?`}`,
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
