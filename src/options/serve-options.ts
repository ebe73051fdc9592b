import { quote } from '../core/printable.ts';
import { list } from './values/value-kind.ts';
import { count, duration, int, rate, size } from './values/quantities.ts';
import { oneOf, text, toggle, variableName } from './values/words.ts';
import type { OptionTable, PlanOf } from './option.ts';
import { type FlagValues, resolvePlan, type Rule } from './resolve.ts';
import { allowedHost, filePath, origin, secret, faultName } from './values/server-values.ts';

/** Every option of `sse-probe serve`. */
export const serveOptions = {
  host: {
    flag: 'host',
    group: 'Listening',
    default: '127.0.0.1',
    help: 'address to listen on',
    kind: text({
      placeholder: 'address',
      pattern: /^[\w.:%-]+$/,
      what: 'an address or host name (IPv6 without brackets)',
      maxLength: 253,
    }),
  },
  port: {
    flag: 'port',
    group: 'Listening',
    kind: int(0, 65_535),
    default: '8787',
    help: 'port to listen on; 0 picks a free port',
  },
  path: {
    flag: 'path',
    group: 'Listening',
    default: '/events',
    help: 'path of the stream',
    kind: text({ placeholder: 'path', pattern: /^\/[!"$->@-~]*$/, what: 'a path such as /events', maxLength: 1024 }),
  },
  maxClients: {
    flag: 'max-clients',
    group: 'Listening',
    kind: count(1, 1_000_000),
    default: '10000',
    help: 'maximum number of concurrent clients; more are rejected with 503, and none is evicted to make room',
  },
  graceMs: {
    flag: 'grace',
    group: 'Listening',
    kind: duration('0s', '10m'),
    default: '5s',
    help: 'time after SIGTERM for clients to read the final event before their connections are reset',
  },
  tlsCert: {
    flag: 'tls-cert',
    group: 'Listening',
    kind: filePath,
    default: null,
    unset: 'no TLS',
    help: 'certificate chain (PEM)',
  },
  tlsKey: {
    flag: 'tls-key',
    group: 'Listening',
    kind: filePath,
    default: null,
    unset: 'no TLS',
    help: 'private key of the certificate (PEM, without a passphrase)',
  },
  http2: {
    flag: 'http2',
    group: 'Listening',
    kind: toggle,
    default: 'false',
    help: 'offer HTTP/2 as well as HTTP/1.1 on the same port (ALPN); needs TLS',
  },
  publishToken: {
    flag: 'publish-token',
    group: 'Access',
    kind: secret,
    default: null,
    unset: 'none: both are disabled',
    help: 'bearer token that POST /publish and DELETE /clients/ID require; --publish-token-env is safer',
  },
  publishTokenEnv: {
    flag: 'publish-token-env',
    group: 'Access',
    kind: variableName,
    default: null,
    unset: 'none',
    help: 'environment variable with the publish token; other users of the machine cannot read it, unlike a flag',
  },
  allowedHosts: {
    flag: 'allow-host',
    group: 'Access',
    kind: list(allowedHost),
    default: [],
    help: 'host name to accept besides localhost and IP addresses: for those two endpoints, and on loopback for all',
  },
  corsOrigins: {
    flag: 'cors',
    group: 'Access',
    kind: list(origin),
    default: [],
    help: 'origin whose pages may read the stream, and publish with the token',
  },
  heartbeatMs: {
    flag: 'heartbeat',
    group: 'Clients',
    kind: duration('10ms', '1h'),
    default: '15s',
    help: 'heartbeat interval; heartbeats are also sent while events flow',
  },
  heartbeatKind: {
    flag: 'heartbeat-kind',
    group: 'Clients',
    kind: oneOf('kind', ['comment', 'event', 'none']),
    default: 'comment',
    help: 'form of a heartbeat: comment (": ping"), event ("event: ping") or none',
  },
  evictAfterMs: {
    flag: 'evict-after',
    group: 'Clients',
    kind: duration('100ms', '1d'),
    default: '90s',
    help: 'time without accepting data after which a client is evicted',
  },
  maxAgeMs: {
    flag: 'max-age',
    group: 'Clients',
    kind: duration('100ms', '365d'),
    default: null,
    unset: 'none',
    help: 'maximum age of a stream; each stream ends up to 20 % earlier, at random',
  },
  maxQueueBytes: {
    flag: 'max-queue',
    group: 'Clients',
    kind: size('1KiB', '1GiB'),
    default: '256KiB',
    help: 'bytes queued for one client before it counts as not accepting data',
  },
  overflow: {
    flag: 'overflow',
    group: 'Clients',
    kind: oneOf('policy', ['evict', 'drop-oldest']),
    default: 'evict',
    help: 'action when the queue of a client is full: evict the client, or drop-oldest event',
  },
  retryMs: {
    flag: 'retry',
    group: 'Clients',
    kind: duration('1ms', '1h'),
    default: '2s',
    help: 'reconnection time sent to clients, with jitter for each client',
  },
  ratePerSecond: {
    flag: 'rate',
    group: 'Events',
    kind: rate('0/s', '100000/s'),
    default: '1/s',
    help: 'rate of the built-in publisher; 0/s disables it',
  },
  eventSizeBytes: {
    flag: 'event-size',
    group: 'Events',
    kind: size('1B', '16MiB'),
    default: '128B',
    help: 'size of the data in each published event; shorter data is padded',
  },
  replayEvents: {
    flag: 'replay',
    group: 'Events',
    kind: count(0, 1_000_000),
    default: '1000',
    help: 'number of events kept for clients that resume with Last-Event-ID',
  },
  replayBytes: {
    flag: 'replay-bytes',
    group: 'Events',
    kind: size('0B', '16GiB'),
    default: '16MiB',
    help: 'maximum size of the kept events, whatever their number',
  },
  maxFillBytes: {
    flag: 'max-fill',
    group: 'For load tests',
    kind: size('0B', '64MiB'),
    default: '0B',
    help: 'maximum size of the comments that a client requests with ?fill=BYTES, so that a client that never reads shows sooner',
  },
  faults: {
    flag: 'fault',
    group: 'For load tests',
    kind: list(faultName),
    default: [],
    help: 'known defect to serve with',
  },
} as const satisfies OptionTable;

export type ServePlan = PlanOf<typeof serveOptions>;

/** The server's own endpoints, which a stream must not hide. */
const OWN_PATHS = ['/', '/healthz', '/readyz', '/stats', '/metrics', '/clients', '/publish'];
const OWN_FOLDERS = ['/clients/', '/dashboard/'];

const rules: readonly Rule<ServePlan>[] = [
  ({ path }) =>
    OWN_PATHS.includes(path) || OWN_FOLDERS.some((folder) => path.startsWith(folder))
      ? {
          keys: ['path'],
          message: `${quote(path)} is one of the server's own endpoints`,
          hint: 'Choose another path for the stream, such as /events.',
        }
      : null,
  ({ tlsCert, tlsKey }) =>
    (tlsCert === null) === (tlsKey === null)
      ? null
      : {
          keys: tlsKey === null ? ['tlsCert'] : ['tlsKey'],
          message: `needs ${tlsKey === null ? '--tls-key' : '--tls-cert'} too`,
        },
  ({ publishToken, publishTokenEnv }) =>
    publishToken === null || publishTokenEnv === null
      ? null
      : {
          keys: ['publishTokenEnv', 'publishToken'],
          message: 'cannot be combined with --publish-token',
          hint: 'Remove --publish-token.',
        },
  ({ http2, tlsCert }) =>
    http2 && tlsCert === null
      ? { keys: ['http2'], message: 'needs --tls-cert and --tls-key: no browser speaks HTTP/2 without TLS' }
      : null,
  ({ http2, faults }) =>
    http2 && faults.length > 0
      ? { keys: ['http2', 'faults'], message: 'cannot be combined with --fault, which works over HTTP/1.1 only' }
      : null,
];

/** Defaults, then flags; frozen. @throws {UsageError} naming the flag */
export function loadServePlan({ flags }: { flags: FlagValues }): ServePlan {
  return resolvePlan(serveOptions, { flags, entries: [] }, rules);
}
