/**
 * For load tests only: filling comments for clients that ask for them with `?fill=BYTES`.
 *
 * A client that never reads shows in the server's kernel only after some 130 KB, and with events of 200
 * bytes that takes minutes. Poured into such a client, half a megabyte shows it within seconds, and the
 * others are not touched. It writes whole comment blocks straight to the response and only while that
 * accepts: never more than one block waits on its account, and any server of streams can be filled.
 */
import type { ServerResponse } from 'node:http';
import { encodeComment } from '../sse/encoder.ts';

const BLOCK_BYTES = 16 * 1024;
/** `: ` before the text, line end and blank line after it. */
const BLOCK = encodeComment('.'.repeat(BLOCK_BYTES - 4));
const PERIOD_MS = 100;
/** All of it is poured within 2 s, as far as the client accepts. */
const TURNS = 20;

export class Filler {
  readonly #maxFillBytes: number;
  readonly #pours = new Map<ServerResponse, { blocksLeft: number; blocksPerTurn: number }>();
  #timer: NodeJS.Timeout | undefined;

  /** @param maxFillBytes what one client can ask for at most; 0 turns the filler off */
  constructor(maxFillBytes: number) {
    this.#maxFillBytes = maxFillBytes;
  }

  /** Begins to fill an open stream. */
  fill(res: ServerResponse, askedBytes: number): void {
    const blocks = Math.floor(Math.min(askedBytes, this.#maxFillBytes) / BLOCK_BYTES);
    if (blocks < 1) return;
    this.#pours.set(res, { blocksLeft: blocks, blocksPerTurn: Math.ceil(blocks / TURNS) });
    this.#timer ??= setInterval(() => this.#turn(), PERIOD_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#pours.clear();
  }

  #turn(): void {
    for (const [res, pour] of this.#pours) {
      for (let count = 0; count < pour.blocksPerTurn && pour.blocksLeft > 0 && accepts(res); count++) {
        res.write(BLOCK);
        // Out of the cork that node:http puts on for the turn: only then it shows whether it was taken.
        res.socket?.uncork();
        pour.blocksLeft--;
      }
      if (pour.blocksLeft === 0 || res.writableEnded || res.destroyed) this.#pours.delete(res);
    }
    if (this.#pours.size === 0) this.stop();
  }
}

function accepts(res: ServerResponse): boolean {
  return !res.writableEnded && !res.destroyed && res.writableLength === 0;
}
