/**
 * Everything that is written to one stream, seen block by block on its way into the socket, so that a fault
 * can hold, drop, repeat, delay or change what one client gets while the hub behind it stays sound.
 *
 * The tap sits in the socket's own `write`, the one place through which all bytes of a stream go: those that
 * the hub writes straight to the socket and those that node:http writes for it (head, last chunk). A block is one chunk
 * there, which the tap sees without its frame, or one write where the body is not chunked; what it passes on is framed
 * again. Cork, `drain`, RST and the kernel's figures are the socket's own and stay as they are. What a tap answers is
 * what `write` answers: true while it takes more. Taps may sit on top of each other; the one that was put on first is
 * next to the socket.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { StreamServer } from '../http.ts';
import { HEARTBEAT_COMMENT, HEARTBEAT_EVENT } from '../../hub/messages.ts';
import type { HubStats } from '../../hub/stats.ts';
import { ChunkReader, LAST_CHUNK, SharedChunks } from './chunks.ts';
import { WrappedServer } from './wrapped-server.ts';

/** `event` is a published one; `other` is what is left: notices, filling, farewell. */
export type BlockKind = 'head' | 'greeting' | 'event' | 'heartbeat' | 'other';

/** Where a tap is put. */
export interface TapPoint {
  readonly res: ServerResponse;
  readonly socket: Socket;
  /** Streams that were open when this one began. */
  readonly others: number;
  /** Writes to the next stage towards the client: the head first, then pieces of the body. */
  readonly write: (bytes: Buffer) => boolean;
}

/**
 * Which streams suffer where a fault hurts only some: those that begin while fewer than three others are open. So
 * a client that is alone sees the fault, and among thousands exactly three do, which makes counts exact.
 */
export function isVictim({ others }: TapPoint): boolean {
  return others < 3;
}

export abstract class StreamTap {
  protected readonly res: ServerResponse;
  protected readonly socket: Socket;
  /** Published events so far, the one under way included. */
  protected eventCount = 0;
  readonly #write: (bytes: Buffer) => boolean;

  constructor({ res, socket, write }: TapPoint) {
    this.res = res;
    this.socket = socket;
    this.#write = write;
  }

  /** What waits here, beside what waits in the socket. */
  get heldBytes(): number {
    return 0;
  }

  /** Takes a block from the hub. @returns false when the hub has to wait for the socket's `drain` */
  take(bytes: Buffer): boolean {
    const kind = kindOf(bytes);
    if (kind === 'event') this.eventCount++;
    return this.onBlock(bytes, kind);
  }

  protected abstract onBlock(bytes: Buffer, kind: BlockKind): boolean;

  /** The stream ends after what is written by now: the last chance to let go of what is held. */
  onEnd(): void {}

  /** The socket is closed. */
  onClose(): void {}

  /** Passes bytes on towards the client; they are dropped when the stream is over. */
  protected pass(bytes: Buffer): boolean {
    return this.socket.writable ? this.#write(bytes) : true;
  }
}

export class TappedStreams extends WrappedServer {
  readonly #tapFor: (point: TapPoint) => StreamTap | null;
  readonly #taps = new Set<StreamTap>();
  readonly #chunks = new SharedChunks();
  #open = 0;

  /** @param tapFor the tap of a stream, or null for one that is left alone */
  constructor(inner: StreamServer, tapFor: (point: TapPoint) => StreamTap | null) {
    super(inner);
    this.#tapFor = tapFor;
  }

  override handle(req: IncomingMessage, res: ServerResponse): void {
    if (res.socket !== null && !res.socket.destroyed) this.#intercept(res, res.socket);
    super.handle(req, res);
  }

  override stats(): HubStats {
    const stats = super.stats();
    let { queuedBytes } = stats;
    for (const tap of this.#taps) queuedBytes += tap.heldBytes;
    return { ...stats, queuedBytes };
  }

  #intercept(res: ServerResponse, socket: Socket): void {
    const write = socket.write.bind(socket) as RawWrite;
    const end = socket.end.bind(socket);
    let tap: StreamTap | null | undefined;
    let reader: ChunkReader | null = null;
    let isEnding = false;
    const endTap = (): void => {
      if (!isEnding) tap?.onEnd();
      isEnding = true;
    };
    const tappedWrite: RawWrite = (chunk, encoding, callback) => {
      // Empty ones only carry a callback that asks when everything before is written.
      if (tap === null || chunk.length === 0) return write(chunk, encoding, callback);
      const bytes =
        typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8') : chunk;
      const done = typeof encoding === 'function' ? encoding : callback;
      const isFirst = tap === undefined;
      if (tap === undefined) {
        // The first write is the head, and only a 200 is a stream.
        const isChunked = CHUNKED.test(bytes.toString('latin1'));
        tap = isStreamHead(bytes) ? this.#newTap(res, socket, { write, isChunked }) : null;
        if (isChunked) reader = new ChunkReader(this.#chunks);
      }
      if (tap === null) return write(bytes, done);
      const blocks = isFirst || reader === null ? [bytes] : reader.read(bytes);
      let accepts = !socket.writableNeedDrain;
      for (const block of blocks) {
        if (block !== null) accepts = tap.take(block);
        else {
          endTap();
          return write(LAST_CHUNK, done);
        }
      }
      if (typeof done === 'function') process.nextTick(done);
      return accepts;
    };
    const tappedEnd = (): Socket => {
      endTap();
      return end();
    };
    socket.write = tappedWrite as Socket['write'];
    socket.end = tappedEnd as Socket['end'];
  }

  #newTap(
    res: ServerResponse,
    socket: Socket,
    { write, isChunked }: { write: RawWrite; isChunked: boolean },
  ): StreamTap | null {
    let isHead = true;
    const passOn = (bytes: Buffer): boolean => {
      const isBare = isHead || !isChunked;
      isHead = false;
      return write(isBare ? bytes : this.#chunks.chunkOf(bytes));
    };
    const tap = this.#tapFor({ res, socket, others: this.#open, write: passOn });
    this.#open++;
    if (tap !== null) this.#taps.add(tap);
    socket.once('close', () => {
      this.#open--;
      if (tap === null) return;
      this.#taps.delete(tap);
      tap.onClose();
    });
    return tap;
  }
}

const CHUNKED = /\r\nTransfer-Encoding: chunked\r\n/i;

type Done = (error?: Error | null) => void;
type RawWrite = (chunk: Buffer | string, encoding?: BufferEncoding | Done, callback?: Done) => boolean;

function isStreamHead(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 12) === 'HTTP/1.1 200';
}

function kindOf(bytes: Buffer): BlockKind {
  if (bytes.equals(HEARTBEAT_COMMENT.bare) || bytes.equals(HEARTBEAT_EVENT.bare)) return 'heartbeat';
  const start = bytes.toString('latin1', 0, 7);
  if (start.startsWith('id: ')) return 'event';
  if (start === 'retry: ') return 'greeting';
  return start.startsWith('HTTP/') ? 'head' : 'other';
}
