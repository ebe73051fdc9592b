import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable, quote } from '../../src/core/printable.ts';
import { runs } from '../sse/recorder.ts';

const escaped = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

it.each([
  ['C0 controls but tab', [...range(0, 8), ...range(0x0a, 0x1f)]],
  ['DEL and the C1 controls', range(0x7f, 0x9f)],
  [
    'characters that turn the line around',
    [0x061c, 0x200e, 0x200f, ...range(0x202a, 0x202e), ...range(0x2066, 0x2069)],
  ],
  [
    'characters of no width',
    [
      0x00ad,
      0x034f,
      0x180e,
      0x200b,
      0x200c,
      0x200d,
      0x2060,
      ...range(0x2061, 0x2065),
      ...range(0x206a, 0x206f),
      0xfeff,
    ],
  ],
  [
    'variation selectors, and letters that are drawn as nothing',
    [0xfe00, 0xfe0f, 0x115f, 0x1160, 0x3164, 0xffa0, 0x17b4],
  ],
  ['interlinear marks', range(0xfff9, 0xfffb)],
  ['line ends of Unicode', [0x85, 0x2028, 0x2029]],
  ['halves of surrogate pairs', [0xd800, 0xdbff, 0xdc00, 0xdfff]],
])('text of others that is printed shows %s as escapes', (_what, codes) => {
  const shown = codes.map((code) => printable(`a${String.fromCharCode(code)}b`));
  expect(shown).toEqual(codes.map((code) => `a${escaped(code)}b`));
});

it('text of others that is printed shows invisible tag characters as escapes, with their whole number', () => {
  expect(printable('a\u{e0041}b\u{e0001}')).toBe('a\\u{e0041}b\\u{e0001}');
  expect(printable('a\u{e0100}\u{e01ef}\u{1d173}')).toBe('a\\u{e0100}\\u{e01ef}\\u{1d173}');
});

it('text of others that is printed defuses the sequences that move cursors, set titles, write clipboards and ask questions', () => {
  for (const evil of [
    '\x1b[2J',
    '\x1b]0;pwn\x07',
    '\x1b]52;c;aGk=\x07',
    '\x1b[6n',
    '\x9b31m',
    'all good\rFAILED',
    '\x07',
    'a\u202egpj.exe',
  ]) {
    // oxlint-disable-next-line no-control-regex
    expect(printable(evil)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
  }
  expect(printable('\x1b[31mred')).toBe('\\u001b[31mred');
});

it('text of others that is printed leaves alone what people write', () => {
  for (const text of [
    '',
    'plain',
    'tab\there',
    'Grüße, мир, 世界, 豆腐',
    'עברית',
    'العربية',
    'e\u0301',
    '👍',
    '—…“”',
    'a b',
    '\\u001b',
  ]) {
    expect(printable(text)).toBe(text);
  }
});

it('text of others that is printed cuts what is longer than its limit, and says so', () => {
  expect(printable('a'.repeat(200))).toBe('a'.repeat(200));
  expect(printable('a'.repeat(201))).toBe(`${'a'.repeat(199)}…`);
  expect(printable('abcdef', 4)).toBe('abc…');
  expect(printable('ab', 1)).toBe('…');
  expect(printable('x'.repeat(1_000_000), 400)).toHaveLength(400);
});

it('text of others that is printed does not cut a character in half', () => {
  expect(printable('👍👍👍👍', 4)).toBe('👍…');
  expect(printable('👍👍👍👍', 5)).toBe('👍👍…');
  expect(printable('ab👍d', 4)).toBe('ab…');
});

it('text of others that is printed never lets a control character or half a pair out, whatever comes in', () => {
  const unit = fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    fc.integer({ min: 0, max: 0x2fff }).map((code) => String.fromCharCode(code)),
    fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
  );
  const hostile = fc.array(unit, { maxLength: 60 }).map((all) => all.join(''));
  fc.assert(
    fc.property(hostile, fc.integer({ min: 1, max: 50 }), (text, limit) => {
      const shown = printable(text, limit);
      // With the flag u, Cs is a surrogate that has lost its other half.
      expect(shown.replaceAll('\t', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      expect(shown.length).toBeLessThanOrEqual(9 * limit);
    }),
    runs(2000),
  );
});

it('text of others that is printed quotes what a user wrote on one line, short, and harmless to a terminal', () => {
  expect(quote('a\u001b[2Jb\nc')).toBe(String.raw`"a\u001b[2Jb\nc"`);
  expect(quote('\u009b31m\u202e\u200b\u007f')).toBe(String.raw`"\u009b31m\u202e\u200b\u007f"`);
  expect(quote('a\tb\u034fc\u{e0041}')).toBe(String.raw`"a\tb\u034fc\u{e0041}"`);
  expect(quote('x'.repeat(1000)).length).toBeLessThanOrEqual(62);
});
