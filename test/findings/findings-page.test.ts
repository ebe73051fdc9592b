/**
 * The page of findings is what the rows say.
 *
 * `UPDATE_README=1 npx vitest run test/findings/findings-page.test.ts` writes the table between its marks.
 */
import { expect, it } from 'vitest';
import { FINDING_IDS, FINDINGS, type FindingId } from '../../src/findings/finding-rows.ts';
import { faults } from '../../src/server/faults/registry.ts';
import { tableOnPage } from './page-table.ts';

const COLUMNS = [
  'Finding',
  'Severity',
  'What it means',
  'How it is measured',
  'What it does not see',
  'Not reported with',
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

it('the page of findings has the table that the rows make', () => {
  const { found, wanted } = tableOnPage({
    page: 'findings.md',
    mark: 'findings',
    columns: COLUMNS,
    rows: FINDING_IDS.map(cells),
  });
  expect(found).toBe(wanted);
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

it('the page of findings has something that finds each fault that can be served', () => {
  const found = new Set(FINDING_IDS.flatMap((id) => FINDINGS[id].faults));
  expect([...faults.keys()].filter((name) => !found.has(name))).toEqual([]);
});
