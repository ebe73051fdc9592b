import { expect, it } from 'vitest';
import { isFields, parseJson } from '../../src/core/json.ts';

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
