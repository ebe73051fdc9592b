/**
 * The page of findings is what the rows say.
 *
 * `UPDATE_README=1 npx vitest run test/findings/findings-page.test.ts` writes the table between its marks.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FINDING_IDS, FINDINGS, type FindingId } from '../../src/findings/finding-rows.ts';
import { faults } from '../../src/server/faults/registry.ts';

const page = new URL('../../docs/findings.md', import.meta.url);
const TABLE = /<!-- findings -->[^]*<!-- \/findings -->/;
const COLUMNS = [
  'Finding',
  'Severity',
  'What it means',
  'How it is measured',
  'What it does not see',
  'Not reported beside',
  'Fault',
  'What to do',
];

const listed = (names: readonly string[]): string =>
  names.length === 0 ? '–' : names.map((name) => `\`${name}\``).join(', ');

function cells(id: FindingId): string[] {
  const { severity, blamesTime, means, measured, notSeen, explainedBy = [], faults: shownBy, advice } = FINDINGS[id];
  const name = `\`${id}\`${blamesTime === true ? ' ⏱' : ''}`;
  return [name, severity, means, measured, notSeen, listed(explainedBy), listed(shownBy), advice];
}

function line(row: readonly string[]): string {
  return `| ${row.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
}

it('the page of findings has the table that the rows make', () => {
  const lines = [line(COLUMNS), `|${'---|'.repeat(COLUMNS.length)}`, ...FINDING_IDS.map((id) => line(cells(id)))];
  const wanted = `<!-- findings -->\n${lines.join('\n')}\n<!-- /findings -->`;
  if (process.env['UPDATE_README'] === '1')
    writeFileSync(
      page,
      readFileSync(page, 'utf8').replace(TABLE, () => wanted),
    );
  expect(TABLE.exec(readFileSync(page, 'utf8'))?.[0]).toBe(wanted);
});

it.each(FINDING_IDS)('the page of findings has sentences for %s, in every cell', (id) => {
  const { means, measured, notSeen, advice } = FINDINGS[id];
  for (const text of [means, measured, notSeen, advice]) expect(text).toMatch(/^[^a-z][^]*\.$/);
});

it('the page of findings names only faults that can be served', () => {
  const named = FINDING_IDS.flatMap((id) => FINDINGS[id].faults);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !faults.has(name))).toEqual([]);
});
