import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { OPTION_TABLES, type OptionTable } from '../../src/options/schema.ts';
import { optionMarkdown } from './option-markdown.ts';

const readmeFile = fileURLToPath(new URL('../../README.md', import.meta.url));
const readme = existsSync(readmeFile) ? readFileSync(readmeFile, 'utf8') : '';

function section(name: string, text: string): string {
  return `<!-- options:${name} -->\n${text}\n<!-- /options:${name} -->`;
}

function sectionPattern(name: string): RegExp {
  return new RegExp(String.raw`<!-- options:${name} -->[^]*?<!-- /options:${name} -->`);
}

// UPDATE_README=1 npx vitest run test/options/readme.test.ts writes the tables between their marks.

for (const [name, table] of Object.entries<OptionTable>(OPTION_TABLES)) {
  const pattern = sectionPattern(name);
  it.runIf(pattern.test(readme))(`the option tables in the README are what ${name} takes`, () => {
    const wanted = section(name, optionMarkdown(table));
    if (process.env['UPDATE_README'] === '1') {
      writeFileSync(
        readmeFile,
        readFileSync(readmeFile, 'utf8').replace(pattern, () => wanted),
      );
    }
    expect(pattern.exec(readFileSync(readmeFile, 'utf8'))?.[0]).toBe(wanted);
  });

  it(`the option tables in the README have one row for each option of ${name}, each with three cells`, () => {
    const lines = optionMarkdown(table).split('\n');
    expect(lines.length).toBe(2 + Object.keys(table).length);
    for (const line of lines) expect(line.replaceAll(String.raw`\|`, '').split('|').length).toBe(5);
  });
}
