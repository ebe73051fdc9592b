/** The parser of event streams: any bytes, at any cuts, within any limits. */
import { isUtf8 } from 'node:buffer';
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { DECIDED_AFTER_BYTES } from '../../src/sse/field.ts';
import { oracle, ours } from '../sse/eventsource-oracle.ts';
import { hostileStream } from '../sse/hostile-streams.ts';
import { MalformedLog } from '../sse/malformed-log.ts';
import { everyByte, parse, type Said } from '../sse/recorder.ts';
import { interpretAsTheStandardSays } from '../sse/standard.ts';
import { cutPlaces, cutsOf } from '../wire/response-arbitrary.ts';
import { anyBytes, bytesOf, damaged, fuzz } from './target.ts';

const hostile = hostileStream.map((bytes) => bytes.toString('latin1'));

fuzz({
  name: 'parser',
  holds: 'bytes of an event stream, cut anywhere, give what the standard and eventsource-parser say, within the limits',
  input: fc.record({
    stream: fc.oneof(
      { weight: 4, arbitrary: hostile },
      { weight: 2, arbitrary: damaged(hostile, fc.oneof(anyBytes(6), hostile)) },
      { weight: 1, arbitrary: anyBytes(300) },
      // Longer than the first buffer of a held block, and than a read.
      { weight: 1, arbitrary: fc.tuple(hostile, fc.nat(70)).map(([text, times]) => text.repeat(times)) },
    ),
    places: cutPlaces,
    // Below the bytes that decide what a field is, a limit would depend on the cuts.
    maxLineBytes: fc.integer({ min: DECIDED_AFTER_BYTES, max: 60 }),
    maxEventBytes: fc.integer({ min: 1, max: 80 }),
  }),
  cases: 30,
  check({ stream, places, maxLineBytes, maxEventBytes }) {
    const bytes = bytesOf(stream);
    const cuts = cutsOf(places, bytes.length);
    const everywhere = bytes.length < 2000 ? everyByte(bytes) : [];
    const expected = interpretAsTheStandardSays(bytes);
    for (const at of [[], cuts, everywhere]) expect(parse(bytes, at)).toEqual(expected);
    expect(ours(expected)).toEqual(oracle(bytes));

    const limits = { maxLineBytes, maxEventBytes };
    const limited = parse(bytes, [], limits);
    for (const at of [cuts, everywhere]) expect(parse(bytes, at, limits)).toEqual(limited);
    mustKeepWithin(limited, expected, limits);

    const defects = (at: readonly number[]): unknown[] =>
      new MalformedLog().hear(bytes, at).reports.map(({ defect }) => defect);
    const found = defects([]);
    for (const at of [cuts, everywhere]) expect(defects(at)).toEqual(found);
    if (isUtf8(bytes)) expect(found).not.toContain('bad-utf8');
  },
});

/** What is said within limits is the beginning of all that there is to say, and each part of it fits. */
function mustKeepWithin(
  limited: readonly Said[],
  expected: readonly Said[],
  { maxLineBytes, maxEventBytes }: { maxLineBytes: number; maxEventBytes: number },
): void {
  const failed = limited.findIndex((one) => 'error' in one);
  if (failed !== -1) expect(failed).toBe(limited.length - 1);
  const before = failed === -1 ? limited : limited.slice(0, failed);
  expect(before).toEqual(failed === -1 ? expected : expected.slice(0, before.length));
  for (const one of before) {
    // A broken byte comes out as a character of three.
    if ('event' in one) expect(Buffer.byteLength(one.event.data)).toBeLessThanOrEqual(3 * maxEventBytes);
    if ('event' in one) expect(one.event.lastEventId.length).toBeLessThanOrEqual(maxLineBytes);
    if ('comment' in one) expect(one.comment.length).toBeLessThanOrEqual(maxLineBytes);
  }
}
