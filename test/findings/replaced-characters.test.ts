import { expect, it } from 'vitest';
import { decodedInPiecesSays, isDecodedInPieces, replacedIn } from '../../src/findings/replaced-characters.ts';
import { blankFigures } from '../../src/measure/blank-figures.ts';
import { REPLACED_FIGURES, ReplacedCharacters, replacedSeen } from '../../src/measure/replaced-characters.ts';

const WEATHER = '天気は晴れ、気温は20度です';

/** As a decoder leaves it that begins anew with each piece of so many bytes. */
function inPieces(text: string, pieceBytes: number): string {
  const bytes = Buffer.from(text);
  let decoded = '';
  for (let at = 0; at < bytes.length; at += pieceBytes)
    decoded += new TextDecoder().decode(bytes.subarray(at, at + pieceBytes));
  return decoded;
}

function seen(texts: readonly string[]): ReturnType<typeof replacedSeen> {
  const figures = blankFigures(REPLACED_FIGURES);
  const replaced = new ReplacedCharacters(figures);
  for (const text of texts) replaced.read(text);
  return replacedSeen(figures, (text) => text);
}

function numbered(count: number, text: (at: number) => string): string[] {
  return Array.from({ length: count }, (_, at) => JSON.stringify({ seq: at, text: text(at) }));
}

it.each([16, 17, 64])('a text that was decoded in pieces of %i bytes is known by what stands side by side', (bytes) => {
  const texts = numbered(60, (at) => `${WEATHER.slice(at % 7)}, ${WEATHER}`);
  const found = seen(texts.map((text) => inPieces(text, bytes)));
  expect(isDecodedInPieces(found)).toBe(true);
  expect(decodedInPiecesSays(found)).toMatch(
    /^\d+ replacement characters \(U\+FFFD\) in \d+ of 60 events, as in .*\ufffd.*: the text may have been decoded in pieces/,
  );
});

it('text whose ends were dropped with each piece, so that single characters are left, is known by its many places', () => {
  const texts = numbered(10, (at) => ['Gr\ufffdße', 'sch\ufffdn', 'M\ufffdller', '\ufffdber'][at % 4] as string);
  expect(isDecodedInPieces(seen(texts))).toBe(true);
});

it.each<[name: string, texts: readonly string[]]>([
  ['sound text', numbered(50, () => WEATHER)],
  ['one event of many in which a person wrote some', [...numbered(50, () => WEATHER), 'the sign \ufffd\ufffd']],
  ['the same quotation in each event', numbered(50, (at) => `question ${at}: what is the sign \ufffd?`)],
  ['a name that holds some', numbered(50, () => 'from \ufffd\ufffdbob')],
  ['the same event again and again', Array.from({ length: 50 }, () => 'a \ufffd\ufffd b \ufffd\ufffd c')],
  [
    'single ones in few events',
    [...numbered(95, () => WEATHER), ...['a', 'b', 'c', 'd', 'e'].map((word) => `${word}\ufffd${word}`)],
  ],
])('%s is not taken for text that was decoded in pieces', (_name, texts) => {
  expect(isDecodedInPieces(seen(texts))).toBe(false);
});

it('replacement characters in one place accuse a decoder where writes end between them, and nobody else', () => {
  const figures = blankFigures(REPLACED_FIGURES);
  const replaced = new ReplacedCharacters(figures);
  const [reader, other] = [{}, {}];
  const found = (): ReturnType<typeof replacedSeen> => replacedSeen(figures, (text) => text);
  for (const text of numbered(20, () => 'from \ufffd\ufffdbob')) replaced.read(text);
  for (let at = 0; at < 4; at++) {
    replaced.split(reader);
    replaced.split(other);
  }
  expect(isDecodedInPieces(found())).toBe(false);
  replaced.split(reader);
  expect(isDecodedInPieces(found())).toBe(true);
  expect(decodedInPiecesSays(found())).toMatch(/character; 5 times a write ended between two such characters$/);
});

it('a replacement character is told with what surrounds it, and digits make no other place of it', () => {
  expect(replacedIn('plain')).toBeNull();
  expect(replacedIn('at 10 \ufffd\ufffd here')).toEqual({
    characters: 2,
    cut: true,
    place: 'at 00 \ufffd\ufffd here',
    sample: 'at 10 \ufffd\ufffd here',
  });
  expect(replacedIn('a\ufffdb')).toMatchObject({ characters: 1, cut: false });
  expect(replacedIn('a\ufffd\ufffd\ufffd\ufffd\ufffdb')).toMatchObject({ characters: 5, cut: false });
});
