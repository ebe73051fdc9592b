/**
 * The tables of docs/options.md are the option tables.
 *
 * `UPDATE_README=1 npx vitest run test/options/options-page.test.ts` writes them between their marks; a command that has
 * none yet gets its section at the end.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { OPTION_TABLES, type OptionTable } from '../../src/options/schema.ts';
import { optionMarkdown } from './option-markdown.ts';

const page = fileURLToPath(new URL('../../docs/options.md', import.meta.url));

for (const [name, table] of Object.entries<OptionTable>(OPTION_TABLES)) {
  it(`the table of ${name} in docs/options.md is what ${name} takes`, () => {
    const pattern = new RegExp(String.raw`<!-- options:${name} -->[^]*?<!-- /options:${name} -->`);
    const wanted = `<!-- options:${name} -->\n${optionMarkdown(table)}\n<!-- /options:${name} -->`;
    if (process.env['UPDATE_README'] === '1') {
      const text = readFileSync(page, 'utf8');
      const isThere = pattern.test(text);
      writeFileSync(page, isThere ? text.replace(pattern, () => wanted) : `${text}\n## \`${name}\`\n\n${wanted}\n`);
    }
    expect(pattern.exec(readFileSync(page, 'utf8'))?.[0]).toBe(wanted);
  });

  it(`the table of ${name} in docs/options.md has one row for each option, each with three cells`, () => {
    const lines = optionMarkdown(table).split('\n');
    expect(lines.length).toBe(2 + Object.keys(table).length);
    for (const line of lines) expect(line.replaceAll(String.raw`\|`, '').split('|').length).toBe(5);
  });
}
