/**
 * The timer died, or the heartbeat was never wired up, while `connected` still promises it: seen as an
 * interval that silently ends after some 30 s (cloudflare/agents#1583) and in servers that have none at all
 * (PocketBase, Hono).
 */
import type { WrappingFault } from './fault.ts';
import { type BlockKind, StreamTap, TappedStreams } from './stream-tap.ts';

class WithoutHeartbeat extends StreamTap {
  protected override onBlock(bytes: Buffer, kind: BlockKind): boolean {
    return kind === 'heartbeat' ? true : this.pass(bytes);
  }
}

export const noHeartbeat: WrappingFault = {
  summary: 'the server announces heartbeats and sends none',
  wrap: (inner) => new TappedStreams(inner, (point) => new WithoutHeartbeat(point)),
};
