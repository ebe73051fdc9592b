import { expect, it } from 'vitest';
import { EXAMPLES } from '../../src/cli/examples.ts';

it.each(Object.entries(EXAMPLES))('the examples of %s fit a terminal of 80 columns', (_, text) => {
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
