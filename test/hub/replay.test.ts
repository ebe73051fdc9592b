import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Block } from '../../src/hub/block.ts';
import { ReplayRing } from '../../src/hub/replay.ts';

/** A block that takes so many bytes. */
const bytes = (count: number): Block => ({ chunk: Buffer.alloc(count, 46), bare: Buffer.alloc(0) });

function ring(limits: Partial<{ replayEvents: number; replayBytes: number; queueBytes: number }> = {}): ReplayRing {
  return new ReplayRing({ replayEvents: 10, replayBytes: 1_000_000, queueBytes: 0, ...limits });
}

it('the replay ring numbers events from 1 without holes', () => {
  const kept = ring();
  expect([kept.push(bytes(1), null), kept.push(bytes(1), null), kept.nextSeq]).toEqual([1, 2, 3]);
});

it('the replay ring keeps as many events as it is told', () => {
  const kept = ring({ replayEvents: 3 });
  for (let count = 0; count < 10; count++) kept.push(bytes(5), null);
  expect([kept.firstSeq, kept.nextSeq, kept.heldBytes]).toEqual([8, 11, 15]);
});

it('the replay ring keeps no more bytes than it is told, however many events that is', () => {
  const kept = ring({ replayEvents: 1000, replayBytes: 100 });
  for (let count = 0; count < 50; count++) kept.push(bytes(30), null);
  expect(kept.heldBytes).toBe(90);
});

it('the replay ring keeps what a client within its queue may need even with no replay at all', () => {
  const kept = ring({ replayEvents: 0, queueBytes: 100 });
  for (let count = 0; count < 50; count++) kept.push(bytes(30), null);
  expect(kept.heldBytes).toBe(120);
  expect(kept.resumeAfter('45')).toEqual({ kind: 'expired', lastEventId: '45', nextSeq: 51, missedFrom: 46 });
});

it('the replay ring is flat after a million events', () => {
  const kept = ring({ replayEvents: 100 });
  const event = bytes(100);
  for (let count = 0; count < 1_000_000; count++) kept.push(event, null);
  expect([kept.heldBytes, kept.nextSeq]).toEqual([10_000, 1_000_001]);
});

it('the replay ring refuses to give an event that it does not keep', () => {
  expect(() => ring().blockOf(1)).toThrow('event 1 is not kept');
});

it('the replay ring knows the bytes from any cursor to the head, at any limits', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 200 }),
      fc.record({
        replayEvents: fc.integer({ min: 0, max: 50 }),
        replayBytes: fc.integer({ min: 0, max: 1000 }),
        queueBytes: fc.integer({ min: 0, max: 500 }),
      }),
      (sizes, limits) => {
        const kept = ring(limits);
        for (const size of sizes) kept.push(bytes(size), null);
        for (let seq = kept.firstSeq; seq <= kept.nextSeq; seq++) {
          const rest = sizes.slice(seq - 1).reduce((sum, size) => sum + size, 0);
          expect(kept.bytesFrom(seq)).toBe(rest);
        }
        // A client that is behind by no more than a queue finds every event that it needs.
        const total = sizes.reduce((sum, size) => sum + size, 0);
        expect(kept.heldBytes).toBeGreaterThanOrEqual(Math.min(total, limits.queueBytes));
      },
    ),
  );
});

const kept = ring({ replayEvents: 5 });
for (let count = 0; count < 20; count++) kept.push(bytes(5), null);

it('a Last-Event-ID that is kept gives what follows it', () => {
  expect(kept.resumeAfter('17')).toEqual({ kind: 'kept', lastEventId: '17', nextSeq: 18 });
});

it('a Last-Event-ID of the newest event gives nothing to replay', () => {
  expect(kept.resumeAfter('20')).toEqual({ kind: 'kept', lastEventId: '20', nextSeq: 21 });
});

it('a Last-Event-ID just before the oldest kept event loses nothing', () => {
  expect(kept.resumeAfter('15')).toEqual({ kind: 'kept', lastEventId: '15', nextSeq: 16 });
});

it('a Last-Event-ID older than that names the range lost', () => {
  expect(kept.resumeAfter('9')).toEqual({ kind: 'expired', lastEventId: '9', nextSeq: 16, missedFrom: 10 });
  expect(kept.resumeAfter('0')).toEqual({ kind: 'expired', lastEventId: '0', nextSeq: 16, missedFrom: 1 });
});

for (const [what, id] of [
  ['from the future', '21'],
  ['negative', '-1'],
  ['with leading zeros', '017'],
  ['in hex', '0x11'],
  ['with a fraction', '17.0'],
  ['of 400 digits', '9'.repeat(400)],
  ['of 10 kB', 'x'.repeat(10_000)],
  ['not ASCII', '豆腐'],
  ['with control characters', 'a\u0001\r\nX: y'],
  ['that is a prototype key', '__proto__'],
] as const) {
  it(`a Last-Event-ID ${what} is unknown`, () => {
    expect(kept.resumeAfter(id)).toEqual({ kind: 'unknown' });
  });
}

it("a Last-Event-ID of the publisher's own is found as long as it is kept", () => {
  const named = ring({ replayEvents: 2 });
  for (const id of ['a', 'b', 'c']) named.push(bytes(1), id);
  expect(named.resumeAfter('b')).toEqual({ kind: 'kept', lastEventId: 'b', nextSeq: 3 });
  expect(named.resumeAfter('a')).toEqual({ kind: 'unknown' });
  expect(named.resumeAfter('2')).toEqual({ kind: 'unknown' });
});
