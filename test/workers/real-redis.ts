/** A real Redis and connections to it, which end with the test; and waiting for what comes over them. */
import type { Redis } from 'ioredis';
import { onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { connectRedis } from '../../src/redis/redis-client.ts';
import { RedisLine } from '../../src/workers/redis-line.ts';
import { found } from '../support/real-servers/found.ts';
import { type RedisAccess, type RedisServer, startRedis } from '../support/real-servers/redis.ts';
import { Relay } from '../support/relay.ts';

const program = found('redis');
export const isMissing: boolean = 'missing' in program;
/** Behind the name of a test that needs it. */
export const where: string = 'found' in program ? '' : ` (skipped: ${program.missing})`;

/** For what comes by itself. */
const PATIENCE = { timeout: 25_000, interval: 20 };

export async function redis(access: RedisAccess = {}): Promise<RedisServer> {
  const server = await startRedis('found' in program ? program.found : '', access);
  onTestFinished(() => server.stop());
  return server;
}

export async function lineTo(url: string): Promise<RedisLine> {
  const line = await RedisLine.connect(url, systemClock);
  onTestFinished(() => line.close());
  return line;
}

/** A connection of somebody else to that Redis. */
export async function commands(url: string): Promise<Redis> {
  const [client] = await connectRedis(url, [{}]);
  onTestFinished(() => client.disconnect());
  return client;
}

export async function relayBefore({ port }: RedisServer): Promise<{ relay: Relay; url: string }> {
  const relay = await Relay.before(port);
  onTestFinished(() => relay.stop());
  return { relay, url: `redis://127.0.0.1:${relay.port}` };
}

export function until(holds: () => unknown): Promise<unknown> {
  return vi.waitFor(holds, PATIENCE);
}
