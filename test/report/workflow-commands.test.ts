import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { withoutCommands } from '../../src/report/workflow-commands.ts';
import { runs } from '../sse/recorder.ts';

function inPieces(...pieces: readonly string[]): string {
  return [...withoutCommands(pieces)].join('');
}

it.each([
  ['::error::x\n', String.raw`\u003a:error::x` + '\n'],
  ['a\n \t\u00a0::set-output name=a::b', 'a\n \t\u00a0' + String.raw`\u003a:set-output name=a::b`],
  ['says ##[error]x', String.raw`says #\u0023[error]x`],
  ['at ::1 and a::b\n: :\n# [x]', 'at ::1 and a::b\n: :\n# [x]'],
])('what GitHub would take for a command is escaped in a log, and nothing else is: %j', (text, shown) => {
  expect(inPieces(text)).toBe(shown);
});

it('no text becomes a command of GitHub, however it is cut into pieces', () => {
  const piece = fc
    .array(fc.constantFrom(':', '::', '#', '##', '[', ' ', '\n', 'a', '\u00a0'), { maxLength: 6 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const shown = inPieces(...pieces);
      for (const line of shown.split('\n'))
        expect(line.trimStart().startsWith('::') || line.includes('##[')).toBe(false);
      expect(shown.replaceAll(String.raw`\u003a`, ':').replaceAll(String.raw`\u0023`, '#')).toBe(pieces.join(''));
      expect(shown).toBe(inPieces(pieces.join('')));
    }),
    runs(500),
  );
});
