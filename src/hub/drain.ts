/**
 * The end of a hub: farewell, end, and a bound on how long that may take. A client that does not read never
 * takes its farewell, so after the grace time the rest is reset.
 */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { lastWords } from './messages.ts';
import { resetStream } from './outlet.ts';

export interface DrainOptions {
  graceMs: number;
  retryMs: number;
  /** Ends the grace time early when it is aborted. */
  hurry: AbortSignal;
}

/** Resolves when every stream is over: its last bytes are in the kernel's hands, or it is reset. */
export async function drain(
  connections: Iterable<Connection>,
  { graceMs, retryMs, hurry }: DrainOptions,
): Promise<void> {
  const leaving = new Set<ServerResponse>();
  const allGone = new AbortController();
  for (const connection of connections) {
    const res = connection.res;
    leaving.add(res);
    res.once('close', () => {
      leaving.delete(res);
      if (leaving.size === 0) allGone.abort();
    });
    connection.close('shutdown', 'end', lastWords('shutdown', retryMs));
  }
  if (leaving.size === 0) return;
  const graceOver = AbortSignal.any([allGone.signal, hurry]);
  try {
    await delay(graceMs, undefined, { signal: graceOver });
  } catch (error) {
    if (!graceOver.aborted) throw error;
  }
  if (allGone.signal.aborted) return;
  for (const res of leaving) resetStream(res);
  await once(allGone.signal, 'abort');
}
