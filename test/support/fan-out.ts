/**
 * A server that tells all its streams the same at the same time, except what a test wants otherwise; or each the
 * same in its own time, from its beginning. Streams are numbered from 1 as they come.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One event as one stream is sent it; null for not at all, an array for one after the other. */
export interface Tick {
  id?: string;
  event?: string;
  data: string;
}

export type Say = (n: number, stream: number) => Tick | readonly Tick[] | null;

const PERIOD_MS = 200;

export class FanOut {
  /** Events that were published, to any number of clients. */
  published = 0;
  private readonly server: Server;
  private readonly streams = new Map<number, ServerResponse>();
  private readonly timer: NodeJS.Timeout;
  private accepted = 0;

  private constructor(server: Server, say: Say, ownTime: boolean) {
    this.server = server;
    server.on('request', (_request, response: ServerResponse) => {
      const stream = (this.accepted += 1);
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
      response.write(': welcome\n\n');
      this.streams.set(stream, response);
      response.on('close', () => this.streams.delete(stream));
      if (ownTime) tellAlone(response, stream, say);
    });
    this.timer = setInterval(() => ownTime || this.tick(say), PERIOD_MS);
  }

  static async start(say: Say, { ownTime = false } = {}): Promise<FanOut> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return new FanOut(server, say, ownTime);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/events`;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  private tick(say: Say): void {
    // Nothing is said before anybody is there.
    if (this.streams.size === 0) return;
    const n = (this.published += 1);
    for (const [stream, response] of this.streams) tell(response, say(n, stream));
  }
}

function tell(response: ServerResponse, said: ReturnType<Say>): void {
  for (const { id, event, data } of said === null ? [] : [said].flat())
    response.write(
      `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`,
    );
}

function tellAlone(response: ServerResponse, stream: number, say: Say): void {
  let n = 0;
  const timer = setInterval(() => tell(response, say((n += 1), stream)), PERIOD_MS);
  response.on('close', () => clearInterval(timer));
}
