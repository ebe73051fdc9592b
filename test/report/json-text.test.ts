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

it('JSON for people shows characters of no width as escapes, those of two halves included, and loses none', () => {
  const unseen = { 'a\u200bb': '\ufeffc\u00add\ufe0fe\u{e0041}\u3164\u034f' };
  const text = jsonText(unseen);
  expect(text).toBe(String.raw`{"a\u200bb":"\ufeffc\u00add\ufe0fe\udb40\udc41\u3164\u034f"}`);
  expect(JSON.parse(text)).toEqual(unseen);
});

it('JSON for people leaves what makes one picture of several as it is, and nothing else of that kind', () => {
  for (const picture of ['👩\u200d💻', '❤\ufe0f', '👩🏽\u200d🚀', '👨\u200d👩\u200d👧', '🏳\ufe0f\u200d🌈'])
    expect(jsonText(picture)).toBe(`"${picture}"`);
  expect(jsonText('a\u200d💻👩\u200db❤\ufe0f\ufe0f')).toBe(String.raw`"a\u200d💻👩\u200db❤${'\ufe0f'}\ufe0f"`);
});
