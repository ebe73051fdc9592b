/** The comments that the options of `soak()` and `probe()` must have, read from the option tables. */
import type { OptionRow } from '../../src/options/option.ts';
import type { DocComment } from './doc-comments.ts';

const KINDS: Readonly<Record<string, string>> = {
  duration: 'A duration',
  size: 'A size',
  rate: 'A rate',
  'bytes/time': 'A rate',
  number: 'A whole number',
};
const WIDTH = 120;

export function optionDoc(row: OptionRow): DocComment {
  const { flag, help, kind } = row;
  // A help text that begins with one of the words that are its values gets its noun first.
  const words = (kind.schema['enum'] ?? []) as readonly string[];
  const said = words.some((word) => help.startsWith(`${word} `)) ? `${flag}: ${help}` : help;
  const sentences = [`${said.charAt(0).toUpperCase()}${said.slice(1)}.`];
  if (kind.range !== null)
    sentences.push(`${KINDS[kind.placeholder ?? ''] ?? 'A value'} from \`${kind.range[0]}\` to \`${kind.range[1]}\`.`);
  if (kind.repeats) sentences.push('One value, or a list of them.');
  return { name: flag, text: ofAProgram(sentences.join(' ')), default: ofAProgram(defaultOf(row)) };
}

function defaultOf({ kind, unset, default: value, defaultAtMost }: OptionRow): string {
  if (unset !== undefined || value === null) return unset ?? 'none';
  if (typeof value !== 'string') return `\`${JSON.stringify(value)}\``;
  const literal = kind.bare ? `\`${value}\`` : `\`'${value}'\``;
  return defaultAtMost === undefined ? literal : `${literal}, or the duration where that is shorter`;
}

/** The words of the command line in those of a program: flags are keys, and what is printed there is in the report. */
function ofAProgram(text: string): string {
  return text
    .replaceAll(/--([a-z]+(?:-[a-z]+)*)[= ]([^\s;,]+)(?=[;,.])/g, (_, flag: string, value: string) =>
      flag.includes('-') ? `\`'${flag}': '${value}'\`` : `\`${flag}: '${value}'\``,
    )
    .replaceAll(/(?<![`'\w])--([a-z]+(?:-[a-z]+)*)/g, '`$1`')
    .replace(', printed', '; it is in the report');
}

/** The source with these comments above their members. */
export function withOptionDocs(source: string, docs: readonly DocComment[]): string {
  return docs.reduce((text, doc) => {
    const name = doc.name.replaceAll('.', String.raw`\.`);
    const member = new RegExp(String.raw`(?: {2}/\*\*(?:(?!\*/)[^])*\*/\n)?( {2}(?:'${name}'|${name})\?:)`);
    return text.replace(member, (_, line: string) => `${commentOf(doc)}${line}`);
  }, source);
}

function commentOf({ text, default: value }: DocComment): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length + '   *'.length > WIDTH) lines.push(` ${word}`);
    else lines[lines.length - 1] = line;
  }
  return ['  /**', ...lines.map((line) => `   *${line}`), `   * @defaultValue ${value}`, '   */\n'].join('\n');
}
