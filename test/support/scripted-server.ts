/** A TCP server that answers one request after the other with what a test has written down for it. */
import type { Socket } from 'node:net';
import { afterRequest, RawServer } from '../wire/raw-server.ts';

/** What is written and whether the stream ends then, or what is done with the socket. */
export type Answer = string | { text: string; after: 'open' | 'end' | 'reset' } | ((socket: Socket) => void);

export const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n';

export class ScriptedServer {
  /** The heads of the requests that came, as latin1: one character for each byte. */
  readonly requests: string[] = [];
  readonly sockets: Socket[] = [];
  /** How each connection was left by its client, in the order in which they were left. */
  readonly left: ('fin' | 'rst')[] = [];
  private readonly raw: RawServer;

  private constructor(raw: RawServer) {
    this.raw = raw;
  }

  /** Requests beyond the last answer get the last one again. */
  static async start(...answers: Answer[]): Promise<ScriptedServer> {
    const raw = await RawServer.start((socket) => {
      socket.once('end', () => server.left.push('fin'));
      socket.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNRESET') server.left.push('rst');
      });
      afterRequest(socket, (head) => {
        const answer = answers[Math.min(server.requests.length, answers.length - 1)];
        server.requests.push(head);
        server.sockets.push(socket);
        if (answer !== undefined) give(socket, answer);
      });
    });
    const server = new ScriptedServer(raw);
    return server;
  }

  get port(): number {
    return this.raw.port;
  }

  /** The value of Last-Event-ID in a request, its bytes read as UTF-8; null where there is none. */
  lastEventId(request: number): string | null {
    const value = /\r\nLast-Event-ID: ([^\r\n]*)\r\n/i.exec(this.requests[request] ?? '')?.[1];
    return value === undefined ? null : Buffer.from(value, 'latin1').toString('utf8');
  }

  close(): Promise<void> {
    return this.raw.close();
  }
}

function give(socket: Socket, answer: Answer): void {
  if (typeof answer === 'function') {
    answer(socket);
    return;
  }
  const { text, after } = typeof answer === 'string' ? { text: answer, after: 'end' as const } : answer;
  socket.write(text, () => {
    if (after === 'end') socket.end();
    else if (after === 'reset') socket.resetAndDestroy();
  });
}

/** Servers of a test file, and whatever else ends with each test: the latest first. */
export function scriptedServers(): {
  closing: (() => Promise<void>)[];
  serve(...answers: Answer[]): Promise<{ server: ScriptedServer; url: string }>;
  closeAll(): Promise<void>;
} {
  const closing: (() => Promise<void>)[] = [];
  return {
    closing,
    async serve(...answers) {
      const server = await ScriptedServer.start(...answers);
      closing.push(() => server.close());
      return { server, url: `http://127.0.0.1:${server.port}/events` };
    },
    async closeAll() {
      for (const close of closing.splice(0).toReversed()) await close();
    },
  };
}
