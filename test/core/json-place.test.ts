import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonMistakeAt, lineAndColumn } from '../../src/core/json-place.ts';

it.each([
  ['', 0],
  ['{"a":1', 6],
  ['{"a":1,}', 7],
  ['{"a" 1}', 5],
  ['{a:1}', 1],
  ['[1,]', 3],
  ['[1 2]', 3],
  ['[01]', 1],
  ['[1.]', 1],
  ['[tru]', 1],
  ['{} x', 3],
  ['"a\nb"', 2],
  [String.raw`["\x"]`, 2],
  ['["', 2],
  [']', 0],
])('%j stops being JSON at offset %d', (text, at) => {
  expect(jsonMistakeAt(text)).toBe(at);
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
});

it('a text is JSON where JSON.parse takes it, and nowhere else', () => {
  const text = fc.oneof(
    fc.json(),
    fc.string({ unit: fc.constantFrom(...'{}[]":,\\ 0123truefalsn-.eE\n') }),
    fc.tuple(fc.json(), fc.nat(40)).map(([json, at]) => json.slice(0, at) + json.slice(at + 1)),
  );
  fc.assert(
    fc.property(text, (given) => {
      let isJson = true;
      try {
        JSON.parse(given);
      } catch {
        isJson = false;
      }
      expect(jsonMistakeAt(given) === null).toBe(isJson);
    }),
  );
});

it('a nesting of a million brackets is read', () => {
  expect(jsonMistakeAt('['.repeat(1_000_000))).toBe(1_000_000);
});

it.each([
  ['abc', 0, '1:1'],
  ['a\nbc', 3, '2:2'],
  ['a\n\nb', 3, '3:1'],
])('offset of %j at %d is line and column %s', (text, at, place) => {
  expect(lineAndColumn(text, at)).toBe(place);
});
