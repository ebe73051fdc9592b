/** What a fan-out cache stands on: where blocks begin and end, and that a known one may be skipped. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { SseParser } from '../../src/sse/parser.ts';
import type { SseEvent } from '../../src/sse/parser.ts';
import { hostileStream } from './hostile-streams.ts';
import { cutsOf, parse, Recorder, runs } from './recorder.ts';
import type { Said } from './recorder.ts';

/** After each byte of the text `1` where the parser is at a boundary. */
function boundaries(text: string): string {
  const { parser } = new Recorder();
  return [...Buffer.from(text)]
    .map((byte) => {
      parser.push(Uint8Array.of(byte));
      return parser.atBoundary ? '1' : '0';
    })
    .join('');
}

interface Block {
  start: number;
  end: number;
  pure: boolean;
  setsId: boolean;
}

function blocks(pieces: readonly string[]): Block[] {
  const found: Block[] = [];
  const parser: SseParser = new SseParser({
    onEvent: () =>
      found.push({
        start: parser.blockStart,
        end: parser.blockEnd,
        pure: parser.blockIsPure,
        setsId: parser.blockSetsId,
      }),
  });
  for (const piece of pieces) parser.push(Buffer.from(piece));
  return found;
}

it('atBoundary is false where a BOM may come, also after a reset', () => {
  const { parser } = new Recorder();
  expect(parser.atBoundary).toBe(false);
  parser.push(Buffer.from('data: x\n\n'));
  expect(parser.atBoundary).toBe(true);
  parser.reset();
  expect(parser.atBoundary).toBe(false);
});

it.each([
  ['data: x\n\n', '000000001'],
  ['data: x\n\n\n', '0000000011'],
  ['data: x\r\r', '000000000'],
  ['data: x\r\r\nd', '00000000010'],
  ['id: 1\n\n:\n\nf\n\n', '0000001001001'],
  ['\uFEFF\n', '0011'],
  ['\n\r', '10'],
])('atBoundary after the bytes of %j is %s', (text, expected) => {
  expect(boundaries(text)).toBe(expected);
});

it('atBoundary is false after a failure', () => {
  const recorder = new Recorder({ maxLineBytes: 5 });
  recorder.push(Buffer.from('\ndata: too long\n\n'));
  expect(recorder.said).toEqual([{ error: 'line-limit' }]);
  expect(recorder.parser.atBoundary).toBe(false);
});

it.each<[string, string[], Partial<Block>[]]>([
  [
    'where it lies in the push',
    ['data: a\n\n: c\ndata: bb\n\n'],
    [
      { start: 0, end: 9 },
      { start: 9, end: 23 },
    ],
  ],
  [
    'that it began in an earlier push',
    ['data: a\n', '\ndata: b\n\n'],
    [
      { start: -1, end: 1 },
      { start: 1, end: 10 },
    ],
  ],
  ['that it began with a comment in an earlier push', [': c\n', 'data: a\n\n'], [{ start: -1, end: 9, pure: false }]],
  ['that it begins behind blank lines', ['\n\ndata: a\n\n'], [{ start: 2, end: 11 }]],
  ['that it begins behind the BOM', ['\uFEFFdata: a\n\n'], [{ start: 3, end: 12, pure: true }]],
  ['that it begins behind a BOM cut in two', ['\n', 'data: a\n\n'], [{ start: 0, end: 9 }]],
  ['that the LF of a CR does not belong to it', ['\r', '\ndata: a\n\n'], [{ start: 1, end: 10, pure: true }]],
  [
    'that it ends with the blank CR',
    ['data: a\r\n\r\ndata: b\n\n'],
    [
      { start: 0, end: 10, pure: false },
      { start: 11, end: 20, pure: true },
    ],
  ],
  ['that a CR after a line makes it impure', ['event: x\rdata: a\n\n'], [{ pure: false }]],
  ['that a comment makes it impure', ['data: a\n:\n\ndata: b\n\n'], [{ pure: false }, { pure: true }]],
  ['that a comment cut in two makes it impure', ['data: a\n: long ', 'comment\n\n'], [{ pure: false }]],
  ['that a retry makes it impure', ['retry: 1\ndata: a\n\n'], [{ pure: false }]],
  ['that a comment of its own block makes the next one no less pure', [':\n\ndata: a\n\n'], [{ start: 3, pure: true }]],
  [
    'that type, id and unknown fields leave it pure',
    ['event: t\nid: 1\nfoo\ndata: a\n\n'],
    [{ pure: true, setsId: true }],
  ],
  ['that it has no id of its own', ['id: 1\n\ndata: a\n\nid: \0\ndata: b\n\n'], [{ setsId: false }, { setsId: false }]],
])('during onEvent the parser tells of the block %s', (_what, pieces, expected) => {
  expect(blocks(pieces)).toMatchObject(expected);
});

it('skipBlock commits the id that the block would have left', () => {
  const recorder = new Recorder();
  recorder.push(Buffer.from('id: 1\ndata: a\n\n'));
  recorder.parser.skipBlock('2');
  expect(recorder.parser.lastEventId).toBe('2');
  recorder.push(Buffer.from('data: c\n\n'));
  expect(recorder.said.at(-1)).toEqual({ event: { type: 'message', data: 'c', lastEventId: '2' }, ownId: false });
});

it('skipBlock is refused in the middle of a block', () => {
  const { parser } = new Recorder();
  expect(() => parser.skipBlock('1')).toThrow(/atBoundary/);
  parser.push(Buffer.from('data: a\n'));
  expect(() => parser.skipBlock('1')).toThrow(/atBoundary/);
});

it('skipBlock makes a client that knows the blocks of another say what it would have said without', () => {
  let skipped = 0;
  fc.assert(
    fc.property(
      streamOfBlocks.chain((stream) => fc.tuple(fc.constant(stream), cutsOf(stream.length), cutsOf(stream.length))),
      ([stream, cuts, otherCuts]) => {
        const cache = new Map<string, Known>();
        const first = new CachingClient(cache);
        const second = new CachingClient(cache);
        first.read(stream, cuts);
        second.read(stream, otherCuts);
        const expected = parse(stream);
        expect(first.said).toEqual(expected);
        expect(second.said).toEqual(expected);
        skipped += second.skipped;
      },
    ),
    runs(2000),
  );
  expect(skipped).toBeGreaterThan(2000);
});

/** Blocks that come again and again, and now and then something that is none. */
const streamOfBlocks = fc
  .array(
    fc.oneof(
      {
        weight: 9,
        arbitrary: fc
          .constantFrom(
            'data: a\n\n',
            'id: 1\ndata: a\n\n',
            'id: 2\nevent: t\ndata: b\n\n',
            'event: t\ndata\n\n',
            'id: 3\n\n',
            ':\n\n',
          )
          .map((block) => Buffer.from(block)),
      },
      { weight: 1, arbitrary: hostileStream },
    ),
    { maxLength: 20, size: 'max' },
  )
  .map((parts) => Buffer.concat(parts));

interface Known {
  event: SseEvent;
  setsId: boolean;
}

/** A client that shares what blocks mean with all others, by their bytes. */
class CachingClient {
  readonly said: Said[] = [];
  skipped = 0;
  private piece: Buffer = Buffer.alloc(0);
  private readonly parser = new SseParser(this);
  private readonly cache: Map<string, Known>;

  constructor(cache: Map<string, Known>) {
    this.cache = cache;
  }

  read(stream: Buffer, cuts: readonly number[]): void {
    let from = 0;
    for (const cut of [...cuts, stream.length]) {
      this.piece = stream.subarray(from, cut);
      let pos = 0;
      while (pos < this.piece.length) pos = this.skipKnown(pos) ?? this.pushOneBlock(pos);
      from = cut;
    }
  }

  onEvent(event: SseEvent): void {
    const { blockIsPure, blockSetsId, blockStart, blockEnd } = this.parser;
    this.said.push({ event, ownId: blockSetsId });
    if (blockIsPure && blockStart !== -1) {
      this.cache.set(this.piece.toString('latin1', blockStart, blockEnd), { event, setsId: blockSetsId });
    }
  }
  onComment(comment: string): void {
    this.said.push({ comment });
  }
  onRetry(retry: number): void {
    this.said.push({ retry });
  }

  private skipKnown(pos: number): number | undefined {
    if (!this.parser.atBoundary) return undefined;
    for (const [block, known] of this.cache) {
      if (block !== this.piece.toString('latin1', pos, pos + block.length)) continue;
      const lastEventId = known.setsId ? known.event.lastEventId : this.parser.lastEventId;
      this.parser.skipBlock(lastEventId);
      this.said.push({ event: { ...known.event, lastEventId }, ownId: known.setsId });
      this.skipped += 1;
      return pos + block.length;
    }
    return undefined;
  }

  /** Only to the next blank line: the block behind it may be known. */
  private pushOneBlock(pos: number): number {
    const blankLine = this.piece.indexOf('\n\n', pos);
    const end = blankLine === -1 ? this.piece.length : blankLine + 2;
    this.parser.push(this.piece, pos, end);
    return end;
  }
}
