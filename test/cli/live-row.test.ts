import { expect, it } from 'vitest';
import { ASCII_GLYPHS, barOf, GLYPHS, rowText, sparkline } from '../../src/cli/live-row.ts';
import { PLAIN } from '../../src/report/paint.ts';

it.each([
  [[], ''],
  [[0, 0], '▁▁'],
  [[1, 2, 4, 8], '▁▂▄█'],
  [[8, null, 1], '█ ▁'],
  [[1000, 1, 1, 2, 1, 2], '▄▄█▄█'],
])('the sparkline in five columns of %j is %j', (values, line) => {
  expect(sparkline(values, 5, GLYPHS)).toBe(line);
});

it.each([
  [-1, '..........'],
  [0.44, '####......'],
  [2, '##########'],
])('a bar of which the share %j is done shows that without colours: %j', (share, bar) => {
  expect(rowText(barOf(share, 10, ASCII_GLYPHS), 10, ASCII_GLYPHS, PLAIN)).toBe(bar);
});

it('a row is cut by the columns of its characters, and its colours do not count', () => {
  const paint = { ...PLAIN, good: (text: string) => `<${text}>` };
  expect(rowText(['ab', ['good', '日本語']], 8, GLYPHS, paint)).toBe('ab<日本語>');
  expect(rowText(['ab', ['good', '日本語']], 7, GLYPHS, paint)).toBe('ab<日本>…');
});
