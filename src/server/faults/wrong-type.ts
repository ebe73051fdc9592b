/**
 * The stream is right and its type is not: a framework's default, or the error page of something in
 * between. A browser fails such a stream for good (HTML standard, 9.2.3), curl shows it as if all were well.
 */
import type { WrappingFault } from './fault.ts';
import { withField } from './head-field.ts';
import { type BlockKind, StreamTap, TappedStreams } from './stream-tap.ts';

class WrongType extends StreamTap {
  protected override onBlock(bytes: Buffer, kind: BlockKind): boolean {
    return this.pass(kind === 'head' ? withField(bytes, 'Content-Type', 'text/html') : bytes);
  }
}

export const wrongType: WrappingFault = {
  summary: 'the stream has the content type text/html',
  wrap: (inner) => new TappedStreams(inner, (point) => new WrongType(point)),
};
