import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyOf } from '../../src/accounts/event-key.ts';
import { EventCache, type StreamEvent } from '../../src/client/event-cache.ts';
import { LONG_BYTES, type LongReading, LongTexts } from '../../src/client/long-texts.ts';
import { type SharingHandlers, SharingParser } from '../../src/client/sharing-parser.ts';
import type { SseEvent, SseLimitError } from '../../src/sse/parser.ts';
import { cutsOf, parse, runs, type Said } from '../sse/recorder.ts';

const MIB = 1024 ** 2;

/** A client that reads long data with others, and says what it heard as a plain one would. */
class Sharer implements SharingHandlers {
  readonly said: Said[] = [];
  readonly digests: string[] = [];
  readonly longTexts: LongTexts;
  readonly parser = new SharingParser(this);

  constructor(longTexts: LongTexts) {
    this.longTexts = longTexts;
  }

  onEvent(event: SseEvent): void {
    this.said.push({ event, ownId: this.parser.blockSetsId });
  }
  onLongEvent(type: string, reading: LongReading): void {
    if (reading.isDigested) {
      this.digests.push(reading.digestText());
      return;
    }
    reading.learn(event(type), false);
    this.onEvent({ type, data: reading.range().toString(), lastEventId: this.parser.lastEventId });
  }
  onComment(comment: string): void {
    this.said.push({ comment });
  }
  onRetry(retry: number): void {
    this.said.push({ retry });
  }
  onError(error: SseLimitError): void {
    this.said.push({ error: error.code });
  }

  /** As a transport does: in pieces of one read. */
  push(text: string): this {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 64 * 1024) this.parser.push(bytes.subarray(at, at + 64 * 1024));
    return this;
  }
}

function sharers(count: number, longTexts = new LongTexts()): Sharer[] {
  return Array.from({ length: count }, () => new Sharer(longTexts));
}

function event(type: string): StreamEvent {
  return new EventCache(() => ({ seq: -1, scheduledMs: Number.NaN, sentMs: Number.NaN })).read(type, '', null);
}

function dataOf({ said }: Sharer): string[] {
  return said.flatMap((one) => ('event' in one ? [one.event.data] : []));
}

const line = fc
  .tuple(
    fc.constantFrom('data: ', 'data: ', 'data: ', 'data:', 'data', ': ', 'id: ', 'event: ', 'retry: 7', 'odd: '),
    fc.constantFrom(0, 3, 5000, LONG_BYTES - 6, LONG_BYTES, 3 * LONG_BYTES),
    fc.constantFrom('a', 'b', 'é'),
    fc.constantFrom('\n', '\r\n', '\r'),
  )
  .map(([field, length, letter, end]) => `${field}${letter.repeat(length)}${end}`);
const block = fc.array(line, { minLength: 1, maxLength: 5 }).map((lines) => `${lines.join('')}\n`);

it('what several clients are told of long data is what a parser of their own would tell, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(block, { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(cutsOf(100), fc.boolean()), { minLength: 1, maxLength: 4 }),
      (blocks, readers) => {
        const clients = sharers(readers.length);
        const streams = readers.map(([, isWhole]) => Buffer.from(blocks.slice(isWhole ? 0 : 1).join('')));
        const said = readers.map(([cuts], at) => {
          const stream = streams[at] as Buffer;
          return [...cuts.map((cut) => Math.floor((cut * stream.length) / 100)), stream.length];
        });
        // In turn, as they read in one process.
        for (let turn = 0; turn <= 12; turn++) {
          for (const [at, client] of clients.entries()) {
            const cuts = said[at] as number[];
            if (turn >= cuts.length) continue;
            client.parser.push((streams[at] as Buffer).subarray(turn === 0 ? 0 : cuts[turn - 1], cuts[turn]));
          }
        }
        for (const [at, client] of clients.entries()) expect(client.said).toEqual(parse(streams[at] as Buffer));
      },
    ),
    runs(150),
  );
});

it('long data that all clients are sent is held once', () => {
  const texts = new LongTexts();
  const clients = sharers(100, texts);
  const big = `event: put\ndata: ${'x'.repeat(2 * MIB)}`;
  for (const client of clients) client.push(big);
  expect(texts.heldBytes).toBe(2 * MIB);
  expect(Math.max(...clients.map(({ parser }) => parser.heldBytes))).toBeLessThan(LONG_BYTES);
  for (const client of clients) client.push('\n\n');
  expect(new Set(clients.flatMap(dataOf))).toEqual(new Set(['x'.repeat(2 * MIB)]));
});

it('clients whose long data parts from that of the others are each told their own', () => {
  const clients = sharers(10);
  const said = clients.map((_, at) => `${'x'.repeat(MIB)}${at}${'y'.repeat(1000 * at)}`);
  for (const [at, client] of clients.entries()) client.push(`data: ${said[at]}`);
  for (const client of clients) client.push('\n\n');
  expect(clients.flatMap(dataOf)).toEqual(said);
});

it('long data that finds no room is digested to what its text would be digested to, and nothing of it is held', () => {
  const texts = new LongTexts({ maxBytes: 3 * MIB, mayDigest: true });
  const clients = sharers(10, texts);
  const said = clients.map((_, at) => `${at}é`.repeat(MIB / 4));
  for (const [at, client] of clients.entries()) client.push(`data: ${said[at]}`);
  expect(texts.heldBytes).toBeLessThanOrEqual(3 * MIB);
  for (const client of clients) client.push('\n\n');
  const digested = clients.flatMap((client, at) => client.digests.map((digest) => [at, digest] as const));
  expect(digested.length).toBeGreaterThanOrEqual(6);
  for (const [at, digest] of digested) {
    const key = keyOf({ ...event('message'), data: said[at] as string }, 'data');
    expect(keyOf({ ...event('message'), digest }, 'data')).toBe(key);
  }
  expect(clients.flatMap(dataOf)).toHaveLength(10 - digested.length);
});

it('long data that finds no room in the middle of a text is told from others all the same', () => {
  const texts = new LongTexts({ maxBytes: MIB, mayDigest: true });
  const [one, other] = sharers(2, texts) as [Sharer, Sharer];
  const text = 'x'.repeat(2 * MIB);
  for (const client of [one, other]) client.push(`data: ${text}\n\n`);
  const keys = [...one.digests, ...other.digests].map((digest) => keyOf({ ...event('message'), digest }, 'data'));
  const key = keyOf({ ...event('message'), data: text }, 'data');
  expect(keys).toEqual([key, key]);
});

it.each([
  ['has ended', (client: Sharer) => client.push('\n\n')],
  ['was cut off', (client: Sharer) => client.parser.end()],
  ['was too long', (client: Sharer) => client.push('x'.repeat(17 * MIB))],
])('of the long data of clients whose event %s only a few texts are kept', (_what, ends) => {
  const texts = new LongTexts();
  const clients = sharers(30, texts);
  for (const [at, client] of clients.entries()) client.push(`data: ${at}${'x'.repeat(MIB)}`);
  expect(texts.heldBytes).toBeGreaterThan(29 * MIB);
  for (const client of clients) ends(client);
  expect(texts.heldBytes).toBeLessThan(9 * MIB);
});

it('what stands unfinished of long data is shown by its beginning', () => {
  const long = 'x'.repeat(2 * LONG_BYTES);
  const texts = new LongTexts();
  const full = new LongTexts({ maxBytes: 1000, mayDigest: true });
  for (const client of [...sharers(1, texts), ...sharers(1, full)]) {
    client.push(`data: first\ndata: ${long}`);
    expect(client.parser.unfinished()).toMatchObject({ dataLines: 1, data: 'first' });
    expect(client.parser.unfinished()?.line).toMatch(/^data: x{994}$/);
    client.push('\ndata: b\nda');
    expect(client.parser.unfinished()).toMatchObject({ dataLines: 3, data: 'first', line: 'da' });
  }
});
