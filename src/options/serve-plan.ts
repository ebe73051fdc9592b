/** From the flags of `serve` to its plan: what makes no sense together is refused here. */
import { quote } from '../core/printable.ts';
import { type FlagValues, resolvePlan, type Rule } from './resolve.ts';
import { redisRule } from './redis-rows.ts';
import { serveOptions, type ServePlan } from './serve-options.ts';

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
  redisRule,
  ({ redis, redisEnv, faults }) =>
    faults.length === 0 || (redis === null && redisEnv === null)
      ? null
      : {
          keys: [redis === null ? 'redisEnv' : 'redis', 'faults'],
          message: 'cannot be combined with --fault: a server with a defect is a feed of its own',
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
