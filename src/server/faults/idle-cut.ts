/**
 * A write time-out that counts from the request and that no heartbeat resets, as Go's `WriteTimeout` and the
 * request limits of several platforms do (modelcontextprotocol/go-sdk#1262, dunglas/mercure#335 at 60 s,
 * jetify-com/sse#3 at 5 s): every stream is cut at the same age.
 */
import type { ServerResponse } from 'node:http';
import type { WrappingFault } from './fault.ts';
import { WrappedServer } from './wrapped-server.ts';

const CUT_AT_AGE_MS = 5000;

class IdleCut extends WrappedServer {
  protected override streamOpened(res: ServerResponse): void {
    // Destroyed and not ended: a FIN wherever the stream stands, without a last chunk.
    const timer = setTimeout(() => res.destroy(), CUT_AT_AGE_MS);
    res.once('close', () => clearTimeout(timer));
  }
}

export const idleCut: WrappingFault = {
  summary: 'every stream is cut after 5 s, with or without heartbeats',
  wrap: (inner) => new IdleCut(inner),
};
