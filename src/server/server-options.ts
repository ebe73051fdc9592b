/** What a server can be told, the defaults, and what makes no sense together. */
import { UsageError } from '../core/errors.ts';
import { checkedHubOptions, type HubOptions, type SseHubOptions } from '../hub/hub-options.ts';
import { CONNECTION_TIMES, type ConnectionTimes } from './acceptor.ts';

/** What `startServer()` takes. */
export interface ServerOptions {
  /**
   * The options of the hub.
   * @defaultValue those of `SseHubOptions`
   */
  hub?: SseHubOptions;
  /**
   * Address to listen on.
   * @defaultValue `'127.0.0.1'`
   */
  host?: string;
  /**
   * Port to listen on; 0 picks a free one.
   * @defaultValue `0`
   */
  port?: number;
  /**
   * Path of the stream.
   * @defaultValue `'/events'`
   */
  path?: string;
  /**
   * Events per second of the built-in publisher; 0 turns it off.
   * @defaultValue `1`
   */
  ratePerSecond?: number;
  /**
   * Bytes of data in each of these events.
   * @defaultValue `128`
   */
  eventSizeBytes?: number;
  /**
   * Most bytes of filling comments that a client may ask for with `?fill=`.
   * @defaultValue `0`
   */
  maxFillBytes?: number;
  /**
   * Bearer token of `POST /publish` and `DELETE /clients/:id`, which are refused without one.
   * @defaultValue none
   */
  publishToken?: string | undefined;
  /**
   * Host names under which these two endpoints answer, beside localhost and IP addresses; where `host` is loopback,
   * the names with a dot under which anything is answered.
   * @defaultValue `[]`
   */
  allowedHosts?: readonly string[];
  /**
   * Origins whose pages may read the stream, and publish with the token.
   * @defaultValue `[]`
   */
  corsOrigins?: readonly string[];
  /**
   * Certificate chain and private key, both PEM.
   * @defaultValue none
   */
  tls?: ServerCertificate | undefined;
  /**
   * Whether HTTP/2 is spoken beside HTTP/1.1 on the same port; needs `tls`.
   * @defaultValue `false`
   */
  http2?: boolean;
  /**
   * How long a connection may owe the server something, in milliseconds.
   * @defaultValue those of `CONNECTION_TIMES`
   */
  times?: Partial<ConnectionTimes>;
  /**
   * Names of faults to serve with; without one the server is sound.
   * @defaultValue `[]`
   */
  faults?: readonly string[];
  /** The page at `/`. */
  dashboard?: {
    /**
     * Milliseconds between two looks at the server while somebody watches.
     * @defaultValue `1000`
     */
    periodMs?: number;
    /**
     * Milliseconds between two looks at the server while nobody watches.
     * @defaultValue `5000`
     */
    idlePeriodMs?: number;
    /**
     * How many may watch the page at once.
     * @defaultValue `20`
     */
    maxViewers?: number;
  };
  /**
   * Called when a client could not be accepted, mostly for want of descriptors. The server goes on.
   * @defaultValue nothing is done
   */
  onAcceptError?: (error: NodeJS.ErrnoException) => void;
}

/** A certificate that a server shows. */
export interface ServerCertificate {
  /** Certificate chain, PEM. */
  cert: string;
  /** Private key of the certificate, PEM. */
  key: string;
}

/** The options of a server with their defaults, checked. */
export interface CheckedServerOptions {
  hub: HubOptions;
  host: string;
  port: number;
  path: string;
  ratePerSecond: number;
  eventSizeBytes: number;
  maxFillBytes: number;
  /** Null for a server that nobody may publish to. */
  publishToken: string | null;
  allowedHosts: readonly string[];
  corsOrigins: readonly string[];
  /** Null for a server without TLS. */
  tls: ServerCertificate | null;
  http2: boolean;
  times: ConnectionTimes;
  faults: readonly string[];
  dashboard: { periodMs: number; idlePeriodMs: number; maxViewers: number };
  onAcceptError: (error: NodeJS.ErrnoException) => void;
}

const DEFAULTS: Omit<CheckedServerOptions, 'hub'> = {
  host: '127.0.0.1',
  port: 0,
  path: '/events',
  ratePerSecond: 1,
  eventSizeBytes: 128,
  maxFillBytes: 0,
  publishToken: null,
  allowedHosts: [],
  corsOrigins: [],
  tls: null,
  http2: false,
  times: CONNECTION_TIMES,
  faults: [],
  dashboard: { periodMs: 1000, idlePeriodMs: 5000, maxViewers: 20 },
  onAcceptError: () => {},
};

/** @throws {UsageError} for options that make no sense */
export function checkedServerOptions(given: ServerOptions): CheckedServerOptions {
  const hub = checkedHubOptions(given.hub ?? {});
  // Without the undefined ones: they must not stand in the way of a default.
  const meant = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Partial<CheckedServerOptions>;
  const options: CheckedServerOptions = {
    ...DEFAULTS,
    ...meant,
    hub,
    times: { ...DEFAULTS.times, ...given.times },
    dashboard: { ...DEFAULTS.dashboard, ...given.dashboard },
  };
  if (options.http2 && options.tls === null) throw new UsageError('HTTP/2 needs TLS: give a certificate and its key');
  if (hub.backplane !== null && options.faults.length > 0)
    throw new UsageError('a server with a fault is a feed of its own, and takes no backplane');
  if (options.http2 && options.faults.length > 0) throw new UsageError('faults are served over HTTP/1.1 only');
  return options;
}
