import { type OptionRow, shownDefault, shownRepeats, type OptionTable, usageOf } from '../../src/options/option.ts';

/** An option table as docs/options.md shows it: one row for each option, in the order and words of `--help`. */
export function optionMarkdown(table: OptionTable): string {
  const rows = Object.values(table).map(
    (row) => `| ${code(usageOf(row))} | ${shown(row)} | ${cell(row.help)}${repeats(row)} |`,
  );
  return ['| option | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function shown(row: OptionRow): string {
  const text = shownDefault(row);
  if (text === '') return '';
  return row.unset === undefined ? code(text) : cell(text);
}

function repeats(row: OptionRow): string {
  const text = shownRepeats(row);
  return text === '' ? '' : ` (${text})`;
}

function code(text: string): string {
  return `\`${cell(text)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}
