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
  const lastEventId = kept.ids.of(45);
  expect(kept.resumeAfter(lastEventId)).toEqual({ kind: 'expired', lastEventId, nextSeq: 51, missedFrom: 46 });
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

for (const [what, seq, point] of [
  ['that is kept gives what follows it', 17, { kind: 'kept', nextSeq: 18 }],
  ['of the newest event gives nothing to replay', 20, { kind: 'kept', nextSeq: 21 }],
  ['just before the oldest kept event loses nothing', 15, { kind: 'kept', nextSeq: 16 }],
  ['older than that names the range lost', 9, { kind: 'expired', nextSeq: 16, missedFrom: 10 }],
  ['before the first event names the range lost', 0, { kind: 'expired', nextSeq: 16, missedFrom: 1 }],
] as const) {
  it(`a Last-Event-ID ${what}`, () => {
    const lastEventId = kept.ids.of(seq);
    expect(kept.resumeAfter(lastEventId)).toEqual({ lastEventId, ...point });
  });
}

it('a Last-Event-ID of another life is known as one, and all of this life is new to its client', () => {
  expect(kept.resumeAfter('abcdefg-17')).toEqual({
    kind: 'earlier-life',
    life: 'abcdefg',
    missedFrom: 18,
    nextSeq: 16,
  });
});

for (const [what, id] of [
  ['from the future', kept.ids.of(21)],
  ['that is a number', '17'],
  ['with a negative number', `${kept.ids.life}--1`],
  ['with leading zeros', `${kept.ids.life}-017`],
  ['in hex', `${kept.ids.life}-0x11`],
  ['with a fraction', `${kept.ids.life}-17.0`],
  ['with 400 digits', `${kept.ids.life}-${'9'.repeat(400)}`],
  ['that is the name of this life alone', kept.ids.life],
  ['of 10 kB', 'x'.repeat(10_000)],
  ['not ASCII', '豆腐'],
  ['with control characters', 'a\u0001\r\nX: y'],
  ['that is a prototype key', '__proto__'],
] as const) {
  it(`a Last-Event-ID ${what} is unknown`, () => {
    expect(kept.resumeAfter(id)).toEqual({ kind: 'unknown' });
  });
}

/** A ring with these ids of a publisher; null: the hub's own. */
function named(ids: readonly (string | null)[], limits: Parameters<typeof ring>[0] = {}): ReplayRing {
  const made = ring(limits);
  for (const id of ids) made.push(bytes(1), id);
  return made;
}

it("a Last-Event-ID of the publisher's own is found as long as it is kept, and what is lost behind it is known after that", () => {
  const made = named(['a', 'b', 'c'], { replayEvents: 2 });
  expect(made.resumeAfter('b')).toEqual({ kind: 'kept', lastEventId: 'b', nextSeq: 3 });
  expect(made.resumeAfter('c')).toEqual({ kind: 'kept', lastEventId: 'c', nextSeq: 4 });
  expect(named(['a', 'b', 'c', 'd'], { replayEvents: 2 }).resumeAfter('a')).toEqual({
    kind: 'expired',
    lastEventId: 'a',
    nextSeq: 3,
    missedFrom: 2,
  });
});

it("a Last-Event-ID of the publisher's own that is a number is not the hub's event of that number, kept or not", () => {
  const rows = Array.from({ length: 60 }, (_, index) => String(index + 11));
  const made = named(rows, { replayEvents: 5 });
  expect(made.resumeAfter('68')).toEqual({ kind: 'kept', lastEventId: '68', nextSeq: 59 });
  expect(made.resumeAfter('30')).toEqual({ kind: 'expired', lastEventId: '30', nextSeq: 56, missedFrom: 21 });
  expect(made.resumeAfter('5')).toEqual({ kind: 'unknown' });
});

it("a Last-Event-ID of the publisher's own that came twice stands for the first, also when that is no longer kept", () => {
  expect(named(['x', 'a', 'x', 'b']).resumeAfter('x')).toMatchObject({ kind: 'kept', nextSeq: 2 });
  const made = named(['x', 'a', 'b', 'c', 'x', 'd'], { replayEvents: 3 });
  expect(made.resumeAfter('x')).toMatchObject({ kind: 'expired', missedFrom: 2, nextSeq: 4 });
});

it("a Last-Event-ID of the publisher's own that equals one of the hub's stands for the first of the two", () => {
  const made = named([null, null, null, null, null]);
  made.push(bytes(1), made.ids.of(3));
  made.push(bytes(1), made.ids.of(9));
  for (let count = 0; count < 4; count++) made.push(bytes(1), null);
  expect(made.resumeAfter(made.ids.of(3))).toMatchObject({ kind: 'kept', nextSeq: 4 });
  expect(made.resumeAfter(made.ids.of(9))).toMatchObject({ kind: 'kept', nextSeq: 8 });
});

it("a Last-Event-ID of the publisher's own is known as a header brings it back", () => {
  expect(named([' a\t', 'b']).resumeAfter('a')).toMatchObject({ kind: 'kept', nextSeq: 2 });
  expect(named(['\ud800', 'b']).resumeAfter('\uFFFD')).toMatchObject({ kind: 'kept', nextSeq: 2 });
  const long = 'x'.repeat(5000);
  expect(named([long, 'b']).resumeAfter(long)).toMatchObject({ kind: 'kept', nextSeq: 2 });
});

it("a Last-Event-ID of the publisher's own is forgotten when ten thousand others came, and then told as unknown", () => {
  const made = named(
    Array.from({ length: 12_000 }, (_, index) => `row ${index}`),
    { replayEvents: 5 },
  );
  expect(made.resumeAfter('row 1')).toEqual({ kind: 'unknown' });
  expect(made.resumeAfter('row 5000')).toMatchObject({ kind: 'expired', missedFrom: 5002 });
});

it('ids of a publisher that look like those of this life are never forgotten, and refused from the thousandth on', () => {
  const made = named([]);
  for (let n = 1; n <= 1000; n++) {
    made.ids.check(made.ids.of(n * 100));
    made.push(bytes(1), made.ids.of(n * 100));
  }
  expect(() => made.ids.check(made.ids.of(1))).toThrow(/are reserved for the hub, and 1000 such ids were published/);
  expect(() => made.ids.check(made.ids.of(100))).not.toThrow();
  expect(() => made.ids.check('abcdefg-1')).not.toThrow();
});
