import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CHECK_IDS } from '../../../src/findings/check-rows.ts';
import { CHECKS } from '../../../src/probe/checks/index.ts';

it('the registry of checks has every id once, in the order of the ids', () => {
  expect(CHECKS.map(({ id }) => id)).toEqual(CHECK_IDS);
});

it('every check has a table of its own', () => {
  const files = readdirSync(import.meta.dirname);
  expect(CHECK_IDS.filter((id) => !files.includes(`${id}.test.ts`))).toEqual([]);
});
