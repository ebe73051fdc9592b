/**
 * Connections to a Redis. One that is lost comes back by itself; meanwhile a command fails at once and is never kept, so
 * that the caller knows what was done. The package is loaded here and nowhere else, and only when it is used.
 */
import type * as Ioredis from 'ioredis';
import type { Redis, RedisOptions } from 'ioredis';
import { StartError } from '../core/errors.ts';
import { redisName } from './redis-url.ts';

const CONNECT_MS = 5000;
export const ANSWER_MS = 5000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

const SETTINGS: RedisOptions = {
  lazyConnect: true,
  connectTimeout: CONNECT_MS,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // INFO and CLIENT are more than a user of Redis needs to be allowed.
  enableReadyCheck: false,
  disableClientInfo: true,
  // Another Redis took over, and this one is its copy: the same name may lead there.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
  retryStrategy: (times) => Math.min(FIRST_PAUSE_MS * 2 ** Math.min(times, 10), LONGEST_PAUSE_MS),
};

/**
 * @param settings of each connection, beside those that all have
 * @throws {StartError} when Redis or its client cannot be had
 */
export async function connectRedis<const Settings extends readonly RedisOptions[]>(
  url: string,
  settings: Settings,
): Promise<{ [Each in keyof Settings]: Redis }> {
  const { Redis: Client } = await loadClient();
  const clients = settings.map((own) => new Client(url, { ...SETTINGS, commandTimeout: ANSWER_MS, ...own }));
  let lastError: Error | null = null;
  for (const one of clients) one.on('error', (error: Error) => (lastError = error));
  try {
    await Promise.all(clients.map((one) => one.connect()));
    // A password or a database that is wrong shows with the first command.
    await Promise.all(clients.map((one) => one.ping()));
  } catch (error) {
    for (const one of clients) one.disconnect();
    throw redisUnusable(url, lastError ?? (error as Error));
  }
  return clients as { [Each in keyof Settings]: Redis };
}

export function redisUnusable(url: string, cause: Error): StartError {
  return new StartError(`Redis at ${redisName(url)} cannot be used (${cause.message})`, { cause });
}

async function loadClient(): Promise<Pick<typeof Ioredis, 'Redis'>> {
  try {
    return await import('ioredis');
  } catch (error) {
    throw new StartError('the package ioredis is not installed', { hint: 'Run npm install ioredis.', cause: error });
  }
}
