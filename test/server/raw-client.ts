import net from 'node:net';
import type { EventSourceMessage } from 'eventsource-parser';
import { vi } from 'vitest';
import { type Unchunked, unchunked } from '../support/chunked-text.ts';
import { greetingIn, messagesIn } from '../support/stream-text.ts';

/** Generous: these bound a hang, they are no claim about speed. */
export const PATIENCE = { timeout: 30_000, interval: 10 };

const IS_CHUNKED = /^Transfer-Encoding: chunked\r$/im;
const NO_BODY: Unchunked = { body: Buffer.alloc(0), isWhole: false };

interface Came extends Unchunked {
  /** How many pieces it was read from. */
  pieces: number;
  bytes: Buffer;
  text: string;
}

export interface RawClientOptions {
  port: number;
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  /** Sent with its length, unless `headers` say otherwise. */
  body?: string | Buffer;
  /** Begin without reading a byte. */
  paused?: boolean;
  /** Default 127.0.0.1. */
  host?: string;
  /** Its own end; default: any address and port. */
  from?: { localAddress?: string; localPort?: number };
}

/** A TCP socket that sends one request and keeps what comes back. */
export class RawClient {
  readonly socket: net.Socket;
  readonly #chunks: Buffer[] = [];
  #read: Came = { ...NO_BODY, pieces: 0, bytes: NO_BODY.body, text: '' };
  /** How it ended: by FIN, by an error code, or not yet. */
  ended: 'open' | 'fin' | string = 'open';
  closed = false;

  constructor({
    port,
    path = '/events',
    method = 'GET',
    headers = {},
    body,
    paused = false,
    host = '127.0.0.1',
    from = {},
  }: RawClientOptions) {
    this.socket = new net.Socket();
    if (paused) this.socket.pause();
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      this.ended = error.code ?? 'error';
    });
    this.socket.on('end', () => {
      this.ended = 'fin';
    });
    this.socket.on('close', () => {
      this.closed = true;
    });
    this.socket.connect({ port, host, ...from, autoSelectFamily: false });
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const fields = { Host: 'test', Accept: 'text/event-stream', ...length, ...headers };
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
    this.socket.write(Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'utf8'));
    if (body !== undefined) this.socket.write(body);
    if (!paused) this.read();
  }

  /** Reads everything from now on. */
  read(): void {
    this.socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
    });
    this.socket.resume();
  }

  /** All that came, chunks and all. */
  get bytes(): Buffer {
    return this.#came.bytes;
  }

  /** The head and the body, without the chunks that the body came in. */
  get text(): string {
    return this.#came.text;
  }

  /** The bytes of a chunked body, without the chunks. */
  get bodyBytes(): Buffer {
    return this.#came.body;
  }

  /** A chunked body came to its last chunk. */
  get isWhole(): boolean {
    return this.#came.isWhole;
  }

  /** What came so far, read once for as long as nothing more comes. */
  get #came(): Came {
    if (this.#read.pieces === this.#chunks.length) return this.#read;
    const bytes = Buffer.concat(this.#chunks);
    const headEnd = bytes.indexOf('\r\n\r\n');
    const head = headEnd === -1 ? '' : bytes.toString('utf8', 0, headEnd + 4);
    const isChunked = IS_CHUNKED.test(head);
    const { body, isWhole } = isChunked ? unchunked(bytes.subarray(headEnd + 4)) : NO_BODY;
    const text = isChunked ? head + body.toString('utf8') : bytes.toString('utf8');
    this.#read = { pieces: this.#chunks.length, bytes, body, isWhole, text };
    return this.#read;
  }

  get head(): string {
    return this.text.split('\r\n\r\n')[0] ?? '';
  }

  get statusCode(): number {
    return Number(this.head.split(' ')[1]);
  }

  get body(): string {
    const at = this.text.indexOf('\r\n\r\n');
    return at === -1 ? '' : this.text.slice(at + 4);
  }

  get json(): unknown {
    return JSON.parse(this.body);
  }

  /** What a parser that is not ours makes of the body. */
  get messages(): EventSourceMessage[] {
    return messagesIn(this.body);
  }

  messagesOf(type: string): EventSourceMessage[] {
    return this.messages.filter((message) => message.event === type);
  }

  /** The data of the `connected` event. */
  get greeting(): Record<string, unknown> {
    return greetingIn(this.body);
  }

  async untilText(part: string): Promise<void> {
    await vi.waitFor(() => {
      if (!this.text.includes(part))
        throw new Error(
          `waited for ${JSON.stringify(part)}, got ${JSON.stringify(this.text.slice(-500))} (${this.ended})`,
        );
    }, PATIENCE);
  }

  async untilConnected(): Promise<void> {
    await this.untilText('event: connected\n');
    await this.untilText('}\n\n');
  }

  async untilClosed(): Promise<void> {
    await vi.waitFor(() => {
      if (!this.closed) throw new Error(`waited for the end after ${JSON.stringify(this.text.slice(-500))}`);
    }, PATIENCE);
  }

  /** Leaves with FIN. */
  leave(): void {
    this.socket.end();
    this.socket.resume();
  }

  destroy(): void {
    this.socket.destroy();
  }
}
