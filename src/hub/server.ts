/**
 * A listening server: the hub (or a faulty one), its endpoints, the publisher and the process's figures.
 * The command line and the tests start it here alike.
 */
import { createServer, type Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { StartError } from '../core/errors.ts';
import { CrossOrigin } from './cors.ts';
import { DescriptorWatch } from './descriptor-watch.ts';
import { Filler } from './filler.ts';
import { Gate } from './gate.ts';
import { checkedHubOptions, type HubOptions } from './hub-options.ts';
import { Endpoints, type StreamServer } from './http.ts';
import { SseHub } from './hub.ts';
import { ProcessStats } from './process-stats.ts';
import { Publisher } from './publisher.ts';

export interface ServerOptions {
  /** The hub's own options. */
  hub?: Partial<HubOptions>;
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free one. */
  port?: number;
  /** Path of the stream. Default `/events`. */
  path?: string;
  /** Events a second of the built-in publisher. Default 1; 0 turns it off. */
  ratePerSecond?: number;
  /** Bytes of data in each of them. Default 128. */
  eventSizeBytes?: number;
  /** What a client may ask for with `?fill=`. Default 0: nothing. */
  maxFillBytes?: number;
  /** With it `POST /publish` and `DELETE /clients/:id` work. Default: they do not. */
  publishToken?: string | undefined;
  /** Host names under which those two answer, beside localhost and IP addresses. Default none. */
  allowedHosts?: readonly string[];
  /** Origins whose pages may read, and publish with the token. Default none. */
  corsOrigins?: readonly string[];
  /** Names out of `faults`. Default none: the sound hub. */
  faults?: readonly string[];
  /** A client could not be accepted (out of descriptors, mostly). The server goes on. */
  onAcceptError?: (error: NodeJS.ErrnoException) => void;
}

export interface RunningServer {
  /** `http://HOST:PORT`, IPv6 hosts in brackets. */
  url: string;
  port: number;
  hub: StreamServer;
  /**
   * Stops accepting, says farewell to every stream and resolves when all are over, at most after the grace
   * time. A second call with `graceMs: 0` ends the grace time at once.
   */
  close(options: { graceMs: number }): Promise<void>;
}

// A stream's request is a few hundred bytes: who needs longer for it holds a socket and wants nothing.
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const TIMEOUT_CHECK_MS = 1000;
/** Connections that the kernel may hold while we are busy: a load test opens thousands at once. */
const BACKLOG = 8192;

/** @throws {StartError} when it cannot listen; {UsageError} for options that make no sense */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const hubOptions = checkedHubOptions(options.hub ?? {});
  const hub = await streamServer(options.faults ?? [], hubOptions);
  const { clock } = hubOptions;
  const publisher = new Publisher(hub, { ratePerSecond: options.ratePerSecond ?? 1, eventSizeBytes: options.eventSizeBytes ?? 128, clock });
  const filler = new Filler(options.maxFillBytes ?? 0);
  const processStats = new ProcessStats(clock);
  let draining = false;
  const descriptors = new DescriptorWatch((error) => options.onAcceptError?.(error));

  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
  });
  const crossOrigin = new CrossOrigin(options.corsOrigins ?? []);
  const endpoints = new Endpoints({
    stream: hub,
    streamPath: options.path ?? '/events',
    gate: new Gate({
      token: options.publishToken ?? null,
      allowedHosts: options.allowedHosts ?? [],
      isAllowedOrigin: (origin) => crossOrigin.isAllowed(origin),
    }),
    crossOrigin,
    ready: () => ({
      listener: {
        ready: server.listening && descriptors.trouble === null,
        detail: descriptors.trouble === null ? (draining ? 'draining' : 'accepting') : `no descriptor left for a new client (${descriptors.trouble})`,
      },
      publisher: publisher.state(),
      ...processStats.states(),
    }),
    processFigures: () => processStats.read(),
    isDraining: () => draining,
    fill: (res, askedBytes) => filler.fill(res, askedBytes),
  });
  server.on('request', (req, res) => endpoints.handle(req, res));
  try {
    await listen(server, options.host ?? '127.0.0.1', options.port ?? 0);
  } catch (error) {
    await hub.close({ graceMs: 0 });
    throw error;
  }
  server.on('error', (error: NodeJS.ErrnoException) => options.onAcceptError?.(error));
  descriptors.start();
  processStats.start();
  publisher.start();

  let closing: Promise<void> | null = null;
  async function drainAndClose(graceMs: number): Promise<void> {
    draining = true;
    // net's close and not http's: that would also cut idle connections, and with them every health check
    // that still has to see `/readyz` say 503.
    const closed = new Promise<void>((resolve) => { net.Server.prototype.close.call(server, () => resolve()); });
    publisher.stop();
    filler.stop();
    await hub.close({ graceMs });
    processStats.stop();
    descriptors.stop();
    server.closeAllConnections();
    // Only http's own close stops the interval that checks for slow requests.
    server.close();
    await closed;
  }

  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${bracketed(options.host ?? '127.0.0.1')}:${port}`,
    port,
    hub,
    close({ graceMs }) {
      if (closing === null) closing = drainAndClose(graceMs);
      else if (graceMs === 0) void hub.close({ graceMs });
      return closing;
    },
  };
}

/** The sound hub, or what the faults make of it: two dozen files that a sound server has no use for. */
async function streamServer(names: readonly string[], options: HubOptions): Promise<StreamServer> {
  if (names.length === 0) return new SseHub(options);
  const { faultyServer } = await import('./faults/faulty-server.ts');
  return faultyServer(names, options);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => reject(startError(error, host, port));
    server.once('error', onError);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

const START_TROUBLE: Record<string, { says: string; hint: string }> = {
  EADDRINUSE: { says: 'the port is in use', hint: 'choose another with --port, or --port 0 for any free one' },
  EACCES: { says: 'not permitted', hint: 'ports below 1024 need privileges; choose a higher one' },
  EADDRNOTAVAIL: { says: 'this machine does not have the address', hint: 'choose an address of this machine with --host' },
  ENOTFOUND: { says: 'the host name is unknown', hint: 'choose an address of this machine with --host' },
};

function startError(error: NodeJS.ErrnoException, host: string, port: number): StartError {
  const known = START_TROUBLE[error.code ?? ''];
  const message = `cannot listen on ${bracketed(host)}:${port}: ${known?.says ?? error.message} (${error.code ?? 'unknown'})`;
  return new StartError(message, { cause: error, ...(known === undefined ? {} : { hint: known.hint }) });
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
