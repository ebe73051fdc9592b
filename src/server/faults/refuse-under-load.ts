/**
 * A limit that nobody knows of, far below the load: a pool of 30 workers, each busy with one stream. Further
 * clients get a 503 that does not say when to come back, or are hung up on. Native EventSource never comes
 * back after a 503 (galaxyproject/galaxy#22629, PostHog#74034).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { resetStream } from '../../hub/outlet.ts';
import type { HubStats } from '../../hub/stats.ts';
import type { WrappingFault } from './fault.ts';
import { WrappedServer } from './wrapped-server.ts';

const MAX_STREAMS = 30;

class RefuseUnderLoad extends WrappedServer {
  #openCount = 0;
  #refusedCount = 0;

  override handle(req: IncomingMessage, res: ServerResponse): void {
    if (this.#openCount < MAX_STREAMS) super.handle(req, res);
    else if (++this.#refusedCount % 2 === 0) resetStream(res);
    else res.writeHead(503, { 'Content-Type': 'text/plain', 'Content-Length': 0, Connection: 'close' }).end();
  }

  override stats(): HubStats {
    const stats = super.stats();
    return { ...stats, clients: { ...stats.clients, refused: stats.clients.refused + this.#refusedCount } };
  }

  protected override streamOpened(res: ServerResponse): void {
    this.#openCount++;
    res.once('close', () => {
      this.#openCount--;
    });
  }
}

export const refuseUnderLoad: WrappingFault = {
  summary: 'with 30 streams open, new clients get a bare 503 or a reset, in turn',
  wrap: (inner) => new RefuseUnderLoad(inner),
};
