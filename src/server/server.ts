/**
 * A listening server: the hub (or a faulty one), its endpoints, the publisher and the process's figures.
 * The command line and the tests start it here alike.
 */
import { UsageError } from '../core/errors.ts';
import { CrossOrigin } from './cors.ts';
import { DescriptorWatch } from './descriptor-watch.ts';
import { Filler } from './filler.ts';
import { Gate } from './gate.ts';
import { checkedHubOptions, type HubOptions } from '../hub/hub-options.ts';
import { Endpoints, type StreamServer } from './http.ts';
import { SseHub } from '../hub/hub.ts';
import { bracketed, CONNECTION_TIMES, type ConnectionTimes, createListener } from './acceptor.ts';
import { ProcessStats } from './process-stats.ts';
import { PublishWatch } from './publish-watch.ts';
import { Publisher } from './publisher.ts';

export interface ServerOptions {
  /** The hub's own options. */
  hub?: Partial<HubOptions>;
  /** Address to listen on. Default 127.0.0.1. */
  host?: string;
  /** Port to listen on. Default 0: any free port. */
  port?: number;
  /** Path of the stream. Default `/events`. */
  path?: string;
  /** Events a second of the built-in publisher. Default 1; 0 turns it off. */
  ratePerSecond?: number;
  /** Bytes of data in each of them. Default 128. */
  eventSizeBytes?: number;
  /** What a client may ask for with `?fill=`. Default 0: nothing. */
  maxFillBytes?: number;
  /** Bearer token of `POST /publish` and `DELETE /clients/:id`. Default: none, and they are refused. */
  publishToken?: string | undefined;
  /** Host names under which these two endpoints answer, beside localhost and IP addresses. Default none. */
  allowedHosts?: readonly string[];
  /** Origins whose pages may read, and publish with the token. Default none. */
  corsOrigins?: readonly string[];
  /** Certificate chain and key, PEM. Default: no TLS. */
  tls?: { cert: string; key: string } | undefined;
  /** HTTP/2 beside HTTP/1.1 on the same port; needs `tls`. Default false. */
  http2?: boolean;
  /** How long a connection may owe us something. Default `CONNECTION_TIMES`. */
  times?: Partial<ConnectionTimes>;
  /** Names of faults to serve with. Default none: the sound hub. */
  faults?: readonly string[];
  /** The page at `/`: milliseconds between two looks (default 1,000), and how many may watch (default 20). */
  dashboard?: { periodMs?: number; maxViewers?: number };
  /** A client could not be accepted (out of descriptors, mostly). The server goes on. */
  onAcceptError?: (error: NodeJS.ErrnoException) => void;
}

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

/** @throws {StartError} when it cannot listen or has no usable certificate; {UsageError} for options that make no sense */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const hubOptions = checkedHubOptions(options.hub ?? {});
  const { tls = null, http2 = false } = options;
  if (http2 && tls === null) throw new UsageError('HTTP/2 needs TLS: give a certificate and its key');
  if (http2 && (options.faults ?? []).length > 0)
    throw new UsageError('the known defects are served over HTTP/1.1 only');
  const listener = await createListener({ tls, http2, times: { ...CONNECTION_TIMES, ...options.times } }, (req, res) =>
    endpoints.handle(req, res),
  );
  const hub = await streamServer(options.faults ?? [], hubOptions);
  const { clock } = hubOptions;
  const published = new PublishWatch(hub);
  const publisher = new Publisher(published, {
    ratePerSecond: options.ratePerSecond ?? 1,
    eventSizeBytes: options.eventSizeBytes ?? 128,
    clock,
  });
  const filler = new Filler(options.maxFillBytes ?? 0);
  const processStats = new ProcessStats(clock);
  let draining = false;
  const descriptors = new DescriptorWatch((error) => options.onAcceptError?.(error));

  const crossOrigin = new CrossOrigin(options.corsOrigins ?? []);
  const endpoints = new Endpoints({
    stream: hub,
    published,
    streamPath: options.path ?? '/events',
    gate: new Gate({
      token: options.publishToken ?? null,
      allowedHosts: options.allowedHosts ?? [],
      isAllowedOrigin: (origin) => crossOrigin.isAllowed(origin),
    }),
    crossOrigin,
    ready: () => ({
      listener: {
        ready: listener.server.listening && descriptors.trouble === null,
        detail:
          descriptors.trouble === null
            ? draining
              ? 'draining'
              : 'accepting'
            : `no descriptor left for a new client (${descriptors.trouble})`,
      },
      publisher: publisher.state(),
      ...processStats.states(),
    }),
    processFigures: () => processStats.read(),
    isDraining: () => draining,
    fill: (res, askedBytes) => filler.fill(res, askedBytes),
    dashboard: { clock, periodMs: 1000, maxViewers: 20, ...options.dashboard },
  });
  const host = options.host ?? '127.0.0.1';
  let port: number;
  try {
    port = await listener.listen(host, options.port ?? 0);
  } catch (error) {
    await Promise.all([hub.close({ graceMs: 0 }), endpoints.close({ graceMs: 0 })]);
    throw error;
  }
  listener.server.on('error', (error: NodeJS.ErrnoException) => options.onAcceptError?.(error));
  descriptors.start();
  processStats.start();
  publisher.start();

  let closing: Promise<void> | null = null;
  async function drainAndClose(graceMs: number): Promise<void> {
    draining = true;
    const closed = listener.stopAccepting();
    publisher.stop();
    filler.stop();
    await Promise.all([hub.close({ graceMs }), endpoints.close({ graceMs })]);
    processStats.stop();
    descriptors.stop();
    listener.hangUp();
    await closed;
  }

  return {
    url: `${tls === null ? 'http' : 'https'}://${bracketed(host)}:${port}`,
    port,
    hub,
    close({ graceMs }) {
      if (closing === null) closing = drainAndClose(graceMs);
      else if (graceMs === 0) void Promise.all([hub.close({ graceMs }), endpoints.close({ graceMs })]);
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
