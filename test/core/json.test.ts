import { expect, it } from 'vitest';
import { isFields, MAX_JSON_VALUES, parseJson } from '../../src/core/json.ts';

it.each<[string, unknown]>([
  ['{"a":1}', { a: 1 }],
  ['null', null],
  ['', undefined],
  ['{"a":', undefined],
  ['data', undefined],
])('JSON of others %j says what it says, or nothing', (text, value) => {
  expect(parseJson(text)).toEqual(value);
});

it('JSON of others has fields where it is an object', () => {
  expect(['{}', '{"a":1}', '[]', 'null', '1', '"a"', 'none'].map(parseJson).map(isFields)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

it('JSON of others is not read where it has more values than it may, nested or not', () => {
  const nested = `${'['.repeat(MAX_JSON_VALUES + 1)}${']'.repeat(MAX_JSON_VALUES + 1)}`;
  const flat = JSON.stringify(Array.from({ length: MAX_JSON_VALUES + 1 }, () => 1));
  const members = JSON.stringify(Object.fromEntries(Array.from({ length: MAX_JSON_VALUES + 1 }, (_, n) => [n, 1])));
  expect([nested, flat, members].map(parseJson)).toEqual([undefined, undefined, undefined]);
});

it('JSON of others is read whatever its strings hold', () => {
  const value = { text: '[{,'.repeat(MAX_JSON_VALUES), quoted: '\\",['.repeat(MAX_JSON_VALUES) };
  expect(parseJson(JSON.stringify(value))).toEqual(value);
});
