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
  port: { flag: 'port', group: 'Listening', kind: int(0, 65_535), default: '8787', help: 'port; 0 picks a free one' },
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
    help: 'clients at once; further ones get 503, nobody is evicted for them',
  },
  graceMs: {
    flag: 'grace',
    group: 'Listening',
    kind: duration('0s', '10m'),
    default: '5s',
    help: 'after SIGTERM: time for clients to take their farewell before they are reset',
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
    help: 'its private key (PEM, without a passphrase)',
  },
  http2: {
    flag: 'http2',
    group: 'Listening',
    kind: toggle,
    default: 'false',
    help: 'HTTP/2 beside HTTP/1.1 on the same port, for clients that choose it (ALPN); needs TLS',
  },
  publishToken: {
    flag: 'publish-token',
    group: 'Access',
    kind: secret,
    default: null,
    unset: 'nobody may',
    help: 'with it POST /publish and DELETE /clients/ID work for "Authorization: Bearer TOKEN"; see --publish-token-env',
  },
  publishTokenEnv: {
    flag: 'publish-token-env',
    group: 'Access',
    kind: variableName,
    default: null,
    unset: 'none',
    help: 'environment variable with the token of --publish-token: on the command line everybody on the machine can read it',
  },
  allowedHosts: {
    flag: 'allow-host',
    group: 'Access',
    kind: list(allowedHost),
    default: [],
    help: 'a name under which those two answer, and on loopback everything, beside localhost and IP addresses',
  },
  corsOrigins: {
    flag: 'cors',
    group: 'Access',
    kind: list(origin),
    default: [],
    help: 'an origin whose pages may read the stream, and publish with the token',
  },
  heartbeatMs: {
    flag: 'heartbeat',
    group: 'Clients',
    kind: duration('10ms', '1h'),
    default: '15s',
    help: 'period of heartbeats, whether or not events flow',
  },
  heartbeatKind: {
    flag: 'heartbeat-kind',
    group: 'Clients',
    kind: oneOf('kind', ['comment', 'event', 'none']),
    default: 'comment',
    help: 'comment (": ping"), event ("event: ping") or none',
  },
  evictAfterMs: {
    flag: 'evict-after',
    group: 'Clients',
    kind: duration('100ms', '1d'),
    default: '90s',
    help: 'a client that has accepted nothing for this long is removed',
  },
  maxAgeMs: {
    flag: 'max-age',
    group: 'Clients',
    kind: duration('100ms', '365d'),
    default: null,
    unset: 'none',
    help: 'a stream is ended at this age, less up to a fifth; bounds silent peers where the kernel does not tell',
  },
  maxQueueBytes: {
    flag: 'max-queue',
    group: 'Clients',
    kind: size('1KiB', '1GiB'),
    default: '256KiB',
    help: 'bytes waiting for one client before it counts as not accepting',
  },
  overflow: {
    flag: 'overflow',
    group: 'Clients',
    kind: oneOf('policy', ['evict', 'drop-oldest']),
    default: 'evict',
    help: 'what a full queue does: evict or drop-oldest',
  },
  retryMs: {
    flag: 'retry',
    group: 'Clients',
    kind: duration('1ms', '1h'),
    default: '2s',
    help: 'reconnection time that clients are told, with jitter for each',
  },
  ratePerSecond: {
    flag: 'rate',
    group: 'Events',
    kind: rate('0/s', '100000/s'),
    default: '1/s',
    help: 'events of the built-in publisher; 0/s turns it off',
  },
  eventSizeBytes: {
    flag: 'event-size',
    group: 'Events',
    kind: size('1B', '16MiB'),
    default: '128B',
    help: 'bytes of data in each of them (shorter ones are padded)',
  },
  replayEvents: {
    flag: 'replay',
    group: 'Events',
    kind: count(0, 1_000_000),
    default: '1000',
    help: 'events kept for clients that return with Last-Event-ID',
  },
  replayBytes: {
    flag: 'replay-bytes',
    group: 'Events',
    kind: size('0B', '16GiB'),
    default: '16MiB',
    help: 'bytes of events kept for them at most, however many events that is',
  },
  maxFillBytes: {
    flag: 'max-fill',
    group: 'For load tests',
    kind: size('0B', '64MiB'),
    default: '0B',
    help: 'filling comments that a client may ask for with ?fill=BYTES, to show quickly that it never reads',
  },
  faults: {
    flag: 'fault',
    group: 'For load tests',
    kind: list(faultName),
    default: [],
    help: 'serve with this known defect',
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
          message: `${quote(path)} is an endpoint of the server itself`,
          hint: 'Serve the stream elsewhere, for example under /events.',
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
          message: 'the token is given twice',
          hint: 'Leave --publish-token out.',
        },
  ({ http2, tlsCert }) =>
    http2 && tlsCert === null
      ? { keys: ['http2'], message: 'needs --tls-cert and --tls-key: no browser speaks HTTP/2 without TLS' }
      : null,
  ({ http2, faults }) =>
    http2 && faults.length > 0
      ? { keys: ['http2', 'faults'], message: 'the known defects are served over HTTP/1.1 only' }
      : null,
];

/** Defaults, then flags; frozen. @throws {UsageError} naming the flag */
export function loadServePlan({ flags }: { flags: FlagValues }): ServePlan {
  return resolvePlan(serveOptions, { flags, entries: [] }, rules);
}
