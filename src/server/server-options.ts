/** What a server can be told, the defaults, and what makes no sense together. */
import { UsageError } from '../core/errors.ts';
import { checkedHubOptions, type HubOptions } from '../hub/hub-options.ts';
import { CONNECTION_TIMES, type ConnectionTimes } from './acceptor.ts';

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
  tls: { cert: string; key: string } | null;
  http2: boolean;
  times: ConnectionTimes;
  faults: readonly string[];
  dashboard: { periodMs: number; maxViewers: number };
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
  dashboard: { periodMs: 1000, maxViewers: 20 },
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
  if (options.http2 && options.faults.length > 0)
    throw new UsageError('the known defects are served over HTTP/1.1 only');
  return options;
}
