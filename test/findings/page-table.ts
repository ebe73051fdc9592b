/** A table of a page of docs/, between two marks, that is made from rows: `UPDATE_README=1` writes it. */
import { readFileSync, writeFileSync } from 'node:fs';

export interface PageTable {
  /** In docs/. */
  page: string;
  /** The name of its marks. */
  mark: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

/** What stands on the page, and what should. */
export function tableOnPage({ page, mark, columns, rows }: PageTable): { found: string | undefined; wanted: string } {
  const file = new URL(`../../docs/${page}`, import.meta.url);
  const table = new RegExp(`<!-- ${mark} -->[^]*<!-- /${mark} -->`);
  const lines = [line(columns), `|${'---|'.repeat(columns.length)}`, ...rows.map(line)];
  const wanted = `<!-- ${mark} -->\n${lines.join('\n')}\n<!-- /${mark} -->`;
  if (process.env['UPDATE_README'] === '1')
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(table, () => wanted),
    );
  return { found: table.exec(readFileSync(file, 'utf8'))?.[0], wanted };
}

function line(row: readonly string[]): string {
  return `| ${row.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
}
