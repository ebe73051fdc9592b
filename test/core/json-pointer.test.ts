import { expect, it } from 'vitest';
import { pointerPath, pointerText, valueAt } from '../../src/core/json-pointer.ts';

/** RFC 6901, 5 */
const DOCUMENT = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'm~n': 8, '~1': 9, none: null };

it.each<[string, unknown]>([
  ['', DOCUMENT],
  ['/foo', ['bar', 'baz']],
  ['/foo/0', 'bar'],
  ['/', 0],
  ['/a~1b', 1],
  ['/m~0n', 8],
  ['/~01', 9],
  ['/none', null],
])('a JSON pointer %j leads to what stands there, and is written as it was', (pointer, value) => {
  expect(valueAt(DOCUMENT, pointerPath(pointer))).toEqual(value);
  expect(pointerText(pointerPath(pointer))).toBe(pointer);
});

it.each(['/bar', '/foo/2', '/foo/length', '/none/a', '/foo/0/length', '/toString', '/__proto__'])(
  'a JSON pointer %s leads nowhere',
  (pointer) => {
    expect(valueAt(DOCUMENT, pointerPath(pointer))).toBeUndefined();
  },
);
