/**
 * The pages of metrics, causes, faults and kinds are what the tables say, by the rows of `--list`.
 *
 * `UPDATE_README=1 npx vitest run test/findings/value-pages.test.ts` writes the tables between their marks.
 */
import { expect, it } from 'vitest';
import { findingsOf, inColumns, valueRows } from '../../src/cli/value-lists.ts';
import { faults } from '../../src/server/faults/registry.ts';
import { METRIC_FAMILIES, METRICS, STATISTICS } from '../../src/verdict/metrics.ts';
import { tableOnPage, type PageTable } from './page-table.ts';

const ofFamilies = new Set(
  Object.keys(METRIC_FAMILIES).flatMap((family) => STATISTICS.map((statistic) => `${family}.${statistic}`)),
);
const code = (text: string): string => `\`${text}\``;

const PAGES: readonly PageTable[] = [
  {
    page: 'metrics.md',
    mark: 'metric-families',
    columns: ['Metric', 'What it is'],
    rows: Object.entries(METRIC_FAMILIES).map(([family, says]) => [code(family), says]),
  },
  {
    page: 'metrics.md',
    mark: 'metrics',
    columns: ['Metric', 'Unit', 'What it is'],
    rows: valueRows('metrics', 'soak')
      .filter(({ name }) => !ofFamilies.has(name))
      .map(({ name, note, says }) => [code(name), note, says]),
  },
  {
    page: 'metrics.md',
    mark: 'probe-metrics',
    columns: ['Metric', 'Unit', 'What it is'],
    rows: valueRows('metrics', 'probe').map(({ name, note, says }) => [code(name), note, says]),
  },
  {
    page: 'causes.md',
    mark: 'causes',
    columns: ['Cause', 'What happened', 'What an EventSource does'],
    rows: valueRows('causes', null).map(({ name, note, says }) => [code(name), says, note]),
  },
  {
    page: 'faults.md',
    mark: 'fault-names',
    columns: ['Fault', 'What is wrong', 'Findings'],
    rows: [...faults].map(([name, { summary }]) => [code(name), summary, findingsOf(name).map(code).join(', ')]),
  },
  {
    page: 'kinds.md',
    mark: 'kinds',
    columns: ['Kind', 'What it does'],
    rows: valueRows('kinds', null).map(({ name, says }) => [code(name), says]),
  },
];

it.each(PAGES)('the table of $mark on the page $page is what the rows say', (page) => {
  expect(page.rows.length).toBeGreaterThan(0);
  const { found, wanted } = tableOnPage(page);
  expect(found).toBe(wanted);
});

it('the list of metrics has each metric with its unit, of both commands where none is named', () => {
  expect(valueRows('metrics', 'soak').map(({ name }) => name)).toEqual([...METRICS.keys()]);
  const all = valueRows('metrics', null).map(({ name }) => name);
  expect(new Set(all).size).toBe(all.length);
  const probed = valueRows('metrics', 'probe').map(({ name }) => name);
  expect(probed.filter((name) => !all.includes(name))).toEqual([]);
});

it.each(['metrics', 'findings', 'checks', 'faults', 'causes', 'kinds'] as const)(
  'the list of %s has one row a line, each with its name first and a sentence',
  (list) => {
    const rows = valueRows(list, null);
    const lines = inColumns(rows).trimEnd().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(rows.map(({ name }) => name));
    for (const { says } of rows) expect(says).toMatch(/^[^\n]{8,}$/);
  },
);
