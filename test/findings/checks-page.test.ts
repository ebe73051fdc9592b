/**
 * The page of checks is what the rows say.
 *
 * `UPDATE_README=1 npx vitest run test/findings/checks-page.test.ts` writes the table between its marks.
 */
import { expect, it } from 'vitest';
import { CHECK_IDS, CHECKS_KNOWN, type CheckId } from '../../src/findings/check-rows.ts';
import { CHECKS } from '../../src/probe/checks/index.ts';
import { tableOnPage } from './page-table.ts';

const COLUMNS = [
  'Check',
  'What it checks',
  'How it is measured',
  'What it does not see',
  'When it is wrong',
  'Not judged with',
];

function cells(id: CheckId): string[] {
  const { means, measured, notSeen, errs, explainedBy } = CHECKS_KNOWN[id];
  return [`\`${id}\``, means, measured, notSeen, errs, explainedBy === undefined ? '–' : `\`${explainedBy.check}\``];
}

it('the page of checks has the table that the rows make', () => {
  const { found, wanted } = tableOnPage({
    page: 'checks.md',
    mark: 'checks',
    columns: COLUMNS,
    rows: CHECK_IDS.map(cells),
  });
  expect(found).toBe(wanted);
});

it.each(CHECK_IDS)('the page of checks has sentences for %s, in every cell', (id) => {
  const { means, measured, notSeen, errs } = CHECKS_KNOWN[id];
  for (const text of [means, measured, notSeen, errs]) expect(text).toMatch(/^[^a-z][^]*\.$/);
});

it('the page of checks has a row for each check that is judged, in the same order', () => {
  expect(CHECKS.map(({ id }) => id)).toEqual(CHECK_IDS);
});
