/**
 * The parser against two that were written apart from it: the standard's text as a program, and npm
 * `eventsource-parser` 3.1.1.
 */
import { createParser } from 'eventsource-parser';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { oracle, ours } from './eventsource-oracle.ts';
import { hostileStream } from './hostile-streams.ts';
import { cutsOf, everyByte, parse, runs } from './recorder.ts';
import { interpretAsTheStandardSays } from './standard.ts';

/**
 * Where eventsource-parser 3.1.1 differs, the clause that decides, and how the comparison takes exactly that
 * into account. Each is shown below to be a difference: one that goes away there must leave this list.
 */
const DIFFERENCES = {
  decoding: {
    clause: '9.2.5: "Streams must be decoded using the UTF-8 decode algorithm"',
    shown: '\uFEFFdata: a\n\n',
    itSays: [],
    accountedFor: 'it takes strings: it is given what the WHATWG TextDecoder makes of the bytes',
  },
  latin1Bom: {
    clause: '9.2.5: only U+FEFF is a byte order mark; U+00EF U+00BB U+00BF are three characters of a name',
    shown: 'ï»¿data: a\n\n',
    itSays: [{ id: undefined, event: undefined, data: 'a' }],
    accountedFor: 'it looks for them in its first chunk, so its first chunk is empty',
  },
  lastCr: {
    clause: '9.2.5: end-of-line = ( cr lf / cr / lf ): a CR ends its line whether or not an LF follows',
    shown: 'data: a\r\r',
    itSays: [],
    accountedFor: 'it waits for the byte after a CR: a stream that ends in one gets an LF behind it',
  },
  persistentId: {
    clause: '9.2.6: the last event ID string is set from the last event ID buffer, which no dispatch resets',
    shown: 'id: 1\ndata: a\n\ndata: b\n\n',
    itSays: [
      { id: '1', event: undefined, data: 'a' },
      { id: undefined, event: undefined, data: 'b' },
    ],
    accountedFor: 'it tells the id of the block only: compared with the id where the block set one',
  },
  defaultType: {
    clause: '9.2.6: type is "message" where the event type buffer is the empty string',
    shown: 'data: a\n\n',
    itSays: [{ id: undefined, event: undefined, data: 'a' }],
    accountedFor: 'it leaves the type out',
  },
  hugeRetry: {
    clause:
      '9.2.6: "interpret the field value as an integer in base ten"; ours is cut at 2^53 - 1, so that it stays an integer',
    shown: 'retry: 99999999999999999999\n',
    itSays: [1e20],
    accountedFor: 'the same cut',
  },
};

/** eventsource-parser as it comes, without the help above. */
function unaidedOracle(stream: Buffer): unknown[] {
  const said: unknown[] = [];
  createParser({ onEvent: (event) => said.push(event), onRetry: (ms) => said.push(ms) }).feed(stream.toString('utf8'));
  return said;
}

const streamAndCuts = hostileStream.chain((stream) =>
  fc.tuple(fc.constant(stream), cutsOf(stream.length), cutsOf(stream.length)),
);

it('over thousands of random streams at random cuts the parser agrees with the text of the standard', () => {
  let events = 0;
  fc.assert(
    fc.property(streamAndCuts, ([stream, cuts, otherCuts]) => {
      const expected = interpretAsTheStandardSays(stream);
      events += expected.filter((one) => 'event' in one).length;
      for (const at of [[], everyByte(stream), cuts, otherCuts]) expect(parse(stream, at)).toEqual(expected);
    }),
    runs(5000),
  );
  expect(events).toBeGreaterThan(5000);
});

it('over thousands of random streams at random cuts the parser agrees with eventsource-parser but for the listed differences', () => {
  const seen = { events: 0, ids: 0, comments: 0, retries: 0, typed: 0, manyLines: 0 };
  fc.assert(
    fc.property(streamAndCuts, ([stream, cuts]) => {
      const expected = oracle(stream);
      for (const one of expected) {
        if ('comment' in one) seen.comments += 1;
        else if ('retry' in one) seen.retries += 1;
        else {
          seen.events += 1;
          if (one.id !== undefined) seen.ids += 1;
          if (one.type !== 'message') seen.typed += 1;
          if (one.data.includes('\n')) seen.manyLines += 1;
        }
      }
      expect(ours(parse(stream, cuts))).toEqual(expected);
    }),
    runs(10_000),
  );
  // An agreement about nothing would be none.
  expect(Object.entries(seen).filter(([, count]) => count < 500)).toEqual([]);
});

it('over thousands of random streams at random cuts the parser agrees about every stream of up to five of the bytes that matter', () => {
  const alphabet = ['\n', '\r', ':', ' ', 'data', 'id:1'];
  let streams = [''];
  for (let length = 1; length <= 5; length += 1) {
    streams = streams.flatMap((start) => alphabet.map((next) => start + next));
    for (const text of streams) {
      const stream = Buffer.from(text);
      const expected = interpretAsTheStandardSays(stream);
      for (const cuts of [[], everyByte(stream)]) expect(parse(stream, cuts)).toEqual(expected);
      expect(ours(parse(stream))).toEqual(oracle(stream));
    }
  }
});

it.each(Object.entries(DIFFERENCES))(
  'eventsource-parser differs, and the comparison accounts for it, in %s',
  (_name, { shown, itSays }) => {
    const stream = Buffer.from(shown);
    const said = parse(stream);
    expect(unaidedOracle(stream)).toEqual(itSays);
    expect(said).toEqual(interpretAsTheStandardSays(stream));
    expect(ours(said)).toEqual(oracle(stream));
  },
);
