import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineFeeder } from '../../src/probe/line-feeder.ts';
import { SseParser } from '../../src/sse/parser.ts';

/** What comes out, with the offset of the line at which it did. */
function feed(text: string, cuts: readonly number[]): { said: string[]; offsets: number[] } {
  const bytes = Buffer.from(text);
  const said: string[] = [];
  const offsets: number[] = [];
  const parser = new SseParser({
    onEvent: ({ type, data, lastEventId }) => said.push(`${type}|${data}|${lastEventId}`),
    onComment: (comment) => said.push(`:${comment}`),
    // How much of a line is there to be shown depends on where it is cut.
    onMalformed: (defect) => {
      said.push(defect);
      offsets.push(feeder.lineOffset);
    },
  });
  const feeder = new LineFeeder(parser);
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  let at = 0;
  for (const end of [...ends, bytes.length]) {
    feeder.push(bytes, at, end);
    at = end;
  }
  return { said, offsets };
}

const line = fc.constantFrom(
  'data: a',
  'data',
  'event: x',
  'id: 1',
  ': hi',
  'dta: wrong',
  'retry: soon',
  '',
  '',
  'data: é€',
);
const ended = fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n')).map(([text, end]) => text + end);

it('feeding a parser line by line tells at which byte a line began, with every line end', () => {
  expect(feed('data: a\n\nbad: 1\r\n\r\nbad: 2\rbad: 3\n', []).offsets).toEqual([9, 19, 26]);
});

it('feeding a parser line by line gives the same events and offsets wherever the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(ended, { maxLength: 30 }), fc.array(fc.nat(), { maxLength: 12 }), (lines, cuts) => {
      const text = lines.join('');
      expect(feed(text, cuts)).toEqual(feed(text, []));
    }),
  );
});

it('feeding a parser line by line gives what the parser gives of the whole', () => {
  fc.assert(
    fc.property(fc.array(ended, { maxLength: 30 }), fc.array(fc.nat(), { maxLength: 12 }), (lines, cuts) => {
      const said: string[] = [];
      const parser = new SseParser({
        onEvent: ({ type, data, lastEventId }) => said.push(`${type}|${data}|${lastEventId}`),
        onComment: (comment) => said.push(`:${comment}`),
        onMalformed: (defect) => said.push(defect),
      });
      parser.push(Buffer.from(lines.join('')));
      expect(feed(lines.join(''), cuts).said).toEqual(said);
    }),
  );
});
