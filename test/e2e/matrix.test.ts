/**
 * Every known defect with the default mix of clients: its own finding, what follows from it, and nothing else.
 *
 * `UPDATE_README=1 npx vitest run test/e2e/matrix.test.ts -t page` writes the table between its marks.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { faults } from '../../src/server/faults/registry.ts';
import { type FaultCase, matrix, matrixMarkdown, soakArguments } from '../support/fault-matrix.ts';
import { root } from '../support/program.ts';
import { undisturbed } from '../support/undisturbed.ts';

it('the table of faults has a row for each fault that can be served', () => {
  expect(Object.keys(matrix).toSorted()).toEqual([...faults.keys()].toSorted());
});

it('the table of faults stands on the page docs/faults.md', () => {
  const file = join(root, 'docs', 'faults.md');
  const pattern = /<!-- faults -->[^]*<!-- \/faults -->/;
  const wanted = `<!-- faults -->\n${matrixMarkdown()}\n<!-- /faults -->`;
  if (process.env['UPDATE_README'] === '1')
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(pattern, () => wanted),
    );
  expect(pattern.exec(readFileSync(file, 'utf8'))?.[0]).toBe(wanted);
});

describe.concurrent('the default mix of clients', { timeout: 120_000 }, () => {
  const table: string[] = [];
  afterAll(() => {
    process.stdout.write(`\nfault → findings, length of the whole run\n${table.toSorted().join('\n')}\n`);
  });

  it.for(Object.keys(matrix))(
    'the default mix of clients catches %s, and accuses of nothing else',
    async (fault, { expect }) => {
      const known = matrix[fault] as FaultCase;
      const { report, code } = await undisturbed(soakArguments(fault, known));
      const said = JSON.stringify(report.findings, null, 1);
      const found = report.findings.filter(({ severity }) => severity !== 'info');
      const ids = found.map(({ id }) => id);
      table.push(`  ${fault.padEnd(18)} ${ids.join(', ')} (${(report.durationMs / 1000).toFixed(1)} s)`);
      const { finding, followers = [], sometimes = [] } = known;
      expect(ids, said).toEqual(expect.arrayContaining([finding, ...followers]));
      expect(
        ids.filter((id) => ![finding, ...followers, ...sometimes].includes(id)),
        said,
      ).toEqual([]);
      const fails = found.some(({ severity }) => severity === 'fail');
      expect([report.verdict, code], said).toEqual(fails ? ['fail', 1] : ['pass', 0]);
      for (const [actual, expected] of known.exact?.(report) ?? []) {
        if (typeof expected === 'object' && expected !== null) expect(actual).toMatchObject(expected);
        else expect(actual).toBe(expected);
      }
    },
  );
});
