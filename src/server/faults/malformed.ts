/**
 * Events written by hand, with what goes wrong then: a field's name with a slip, a NUL in an id (which the
 * standard has clients ignore), text in another encoding, a JSON object without any field (an error body in
 * the middle of a stream), a `retry` that is no number. Clients skip all of it in silence (HTML standard,
 * 9.2.6), so that two of these five events never arrive (fields forged and broken in the field:
 * better-sse and @fastify/sse write `event` and `id` as they are given).
 */
import type { WrappingFault } from './fault.ts';
import { type BlockKind, isVictim, StreamTap, TappedStreams } from './stream-tap.ts';

/** By the number of the event on its stream. Latin-1 in and out: each character is one byte. */
const BREAKS: ReadonlyMap<number, (block: string) => string> = new Map([
  [3, (block) => block.replace('\ndata:', '\ndta:')],
  [4, (block) => block.replace('\n', '\0\n')],
  // Still JSON after a decoder has put U+FFFD in.
  [5, (block) => block.replace(/\}\n\n$/, ',"note":"\xff"}\n\n')],
  [6, (block) => block.replace('\ndata: ', '\n')],
  [7, (block) => block.replace(/\n\n$/, '\nretry: soon\n\n')],
]);

class Malformed extends StreamTap {
  protected override onBlock(bytes: Buffer, kind: BlockKind): boolean {
    const broken = kind === 'event' ? BREAKS.get(this.eventCount) : undefined;
    return this.pass(broken === undefined ? bytes : Buffer.from(broken(bytes.toString('latin1')), 'latin1'));
  }
}

export const malformed: WrappingFault = {
  summary: 'the first three clients get broken lines in the 3rd to 7th event of their streams',
  wrap: (inner) => new TappedStreams(inner, (point) => (isVictim(point) ? new Malformed(point) : null)),
};
