/**
 * Where a Redis is, as its users write it: `redis://USER:PASSWORD@HOST:6379/0`, `rediss://` with TLS. Everybody who takes
 * such a URL takes it here, so that it is refused and warned about in the same words.
 */
import { UsageError } from '../core/errors.ts';
import { isLoopback } from '../core/loopback.ts';
import { redactUrl } from '../core/redact.ts';

const SCHEME = /^rediss?:$/;
const DATABASE = /^\/?\d{0,4}$/;

/**
 * @param from what the URL was given with: `--redis`
 * @returns the URL as it was given
 * @throws {UsageError} for anything else; without the password
 */
export function readRedisUrl(text: string, from: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !SCHEME.test(url.protocol) || url.hostname === '' || !DATABASE.test(url.pathname))
    throw new UsageError(`${from} must be the URL of a Redis, not "${redactUrl(text)}"`, {
      hint: 'Write it as redis://USER:PASSWORD@HOST:6379/0, or with TLS as rediss://…; user, password, port and database can be left out.',
    });
  return text;
}

/** A Redis as people are told of it: host, port and database, never its user or password. */
export function redisName(text: string): string {
  const { host, pathname } = new URL(text);
  return `${host}${pathname.length > 1 ? pathname : ''}`;
}

/** What is wrong with sending anything to that Redis, as one sentence; null where nothing is. */
export function redisWarning(text: string): string | null {
  const { protocol, hostname, password } = new URL(text);
  if (isLoopback(hostname)) return null;
  if (password === '')
    return `The Redis at ${redisName(text)} is used without a password: anybody who reaches it can read and change what goes through it.`;
  if (protocol === 'redis:')
    return `The connection to the Redis at ${redisName(text)} is not encrypted, so its password can be read on the way: use rediss://.`;
  return null;
}
