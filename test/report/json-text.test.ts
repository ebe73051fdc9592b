import { expect, it } from 'vitest';
import { jsonText } from '../../src/report/json-text.ts';

const HOSTILE = { title: 'a\u009b31mb\u2028c\u202ed\u007f' };
const SHOWN = String.raw`a\u009b31mb\u2028c\u202ed\u007f`;

it.each([
  ['on one line', 0, `{"title":"${SHOWN}"}`],
  ['with an indent', 2, `{\n  "title": "${SHOWN}"\n}`],
])('JSON for terminals has what a terminal would obey as escapes, %s', (_how, indent, text) => {
  expect(jsonText(HOSTILE, null, indent)).toBe(text);
  expect(JSON.parse(jsonText(HOSTILE, null, indent))).toEqual(HOSTILE);
});
