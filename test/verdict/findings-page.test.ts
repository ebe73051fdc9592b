import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { faults } from '../../src/server/faults/registry.ts';
import { detectors } from '../../src/verdict/detectors/index.ts';

const page = readFileSync(new URL('../../docs/findings.md', import.meta.url), 'utf8');
const COLUMNS = [
  'Finding',
  'Severity',
  'What it means',
  'How it is measured',
  'What it does not see',
  'Fault',
  'What to do',
];

/** The cells of each line of the table whose first cell names a finding. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe('the page of findings', () => {
  it('has a row for each detector, in the same order, and no other row', () => {
    expect(rows.map(([id]) => /^`([a-z-]+)`/.exec(id as string)?.[1])).toEqual(detectors.map(({ id }) => id));
  });

  it('has all its columns, and no empty cell', () => {
    expect(page).toContain(`| ${COLUMNS.join(' | ')} |`);
    for (const row of rows) {
      expect(row).toHaveLength(COLUMNS.length);
      expect(row.filter((cell) => cell === '')).toEqual([]);
    }
  });

  it('says the severity of each, and which of them depend on our own speed', () => {
    for (const [at, { severity, blamesTime, id }] of detectors.entries()) {
      expect([id, rows[at]?.[1]?.split(', ')[0]]).toEqual([id, severity]);
      expect([id, rows[at]?.[0]?.includes('⏱')]).toEqual([id, blamesTime]);
    }
  });

  it('names only faults that can be served', () => {
    const named = rows.flatMap((row) =>
      [...(row[5] as string).matchAll(/`([a-z-]+)`/g)].map(([, name]) => name as string),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !faults.has(name))).toEqual([]);
  });
});
