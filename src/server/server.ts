/**
 * A listening server: the hub (or a faulty one), its endpoints, the publisher and the process's figures.
 * The command line and the tests start it here alike.
 */
import type { HubOptions } from '../hub/hub-options.ts';
import { SseHub } from '../hub/hub.ts';
import { bracketed } from '../core/host.ts';
import { createListener, type Acceptor } from './acceptor.ts';
import type { FaultLine } from './dashboard/message.ts';
import type { StreamServer } from './http.ts';
import { checkedServerOptions, type ServerOptions } from './server-options.ts';
import { ServerParts } from './server-parts.ts';
import { watchedBackplane } from './watched-backplane.ts';

export interface RunningServer {
  /** `http://HOST:PORT`, with TLS `https://`, IPv6 hosts in brackets. */
  url: string;
  port: number;
  hub: StreamServer;
  /**
   * Stops accepting, says farewell to every stream and resolves when all are over, at most after the grace
   * time. A second call with `graceMs: 0` ends the grace time at once.
   */
  close(options: { graceMs: number }): Promise<void>;
}

/**
 * @throws {StartError} when it cannot listen or has no usable certificate; {UsageError} for options that make no sense
 */
export async function startServer(given: ServerOptions = {}): Promise<RunningServer> {
  const options = checkedServerOptions(given);
  const { tls, http2, times, host } = options;
  const listener = await createListener({ tls, http2, times }, (req, res) => parts.endpoints.handle(req, res));
  const { backplane } = options.hub;
  const watched = backplane && watchedBackplane(backplane, (id, event) => parts.published.note(id, event));
  const served = await streamServer(options.faults, { ...options.hub, backplane: watched });
  const parts = new ServerParts(served, options, () => listener.server.listening);
  let port: number;
  try {
    port = await listener.listen(host, options.port);
  } catch (error) {
    await parts.endStreams(0);
    throw error;
  }
  listener.server.on('error', (error: NodeJS.ErrnoException) => options.onAcceptError(error));
  parts.start();

  let closing: Promise<void> | null = null;
  return {
    url: `${tls === null ? 'http' : 'https'}://${bracketed(host)}:${port}`,
    port,
    hub: served.hub,
    close({ graceMs }) {
      if (closing === null) closing = drainAndClose(listener, parts, graceMs);
      else if (graceMs === 0) void parts.endStreams(0);
      return closing;
    },
  };
}

async function drainAndClose(listener: Acceptor, parts: ServerParts, graceMs: number): Promise<void> {
  parts.beginDraining();
  const closed = listener.stopAccepting();
  await parts.drain(graceMs);
  listener.hangUp();
  await closed;
}

/** The sound hub, or what the faults make of it: two dozen files that a sound server has no use for. */
async function streamServer(
  names: readonly string[],
  options: HubOptions,
): Promise<{ hub: StreamServer; faults: readonly FaultLine[] }> {
  if (names.length === 0) return { hub: new SseHub(options), faults: [] };
  const { faultyServer, faultLines } = await import('./faults/faulty-server.ts');
  return { hub: faultyServer(names, options), faults: faultLines(names) };
}
