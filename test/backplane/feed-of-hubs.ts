/** Hubs behind listeners that share one stream of a real Redis, which ends with the test. */
import type { Redis } from 'ioredis';
import { onTestFinished, vi } from 'vitest';
import type { SseHub } from '../../src/hub/hub.ts';
import { redisBackplane } from '../../src/library/entry.ts';
import { connectRedis } from '../../src/redis/redis-client.ts';
import type { RunningServer } from '../../src/server/server.ts';
import type { ServerOptions } from '../../src/server/server-options.ts';
import { connected, serve } from '../server/fixtures.ts';
import { PATIENCE, type RawClient } from '../server/raw-client.ts';
import { found } from '../support/real-servers/found.ts';
import { type RedisAccess, type RedisServer, startRedis } from '../support/real-servers/redis.ts';
import { Relay } from '../support/relay.ts';

const program = found('redis');
export const isMissing: boolean = 'missing' in program;
/** Behind the name of a test that needs it. */
export const where: string = 'found' in program ? '' : ` (skipped: ${program.missing})`;
export const STREAM = 'sse-probe:events';

export type Instance = RunningServer & { hub: SseHub };

export async function redis(access: RedisAccess = {}): Promise<RedisServer> {
  const server = await startRedis('found' in program ? program.found : '', access);
  onTestFinished(() => server.stop());
  return server;
}

export async function instance(
  url: string,
  { maxEvents = 100, ...options }: ServerOptions & { maxEvents?: number } = {},
): Promise<Instance> {
  const backplane = await redisBackplane({ url, maxEvents });
  return (await serve({ ...options, hub: { ...options.hub, backplane } })) as Instance;
}

/** A connection of somebody else to that Redis. */
export async function commands(url: string): Promise<Redis> {
  const [client] = await connectRedis(url, [{}]);
  onTestFinished(() => client.disconnect());
  return client;
}

export async function relayBefore({ port }: RedisServer): Promise<Relay> {
  const relay = await Relay.before(port);
  onTestFinished(() => relay.stop());
  return relay;
}

export function resuming({ port }: Instance, lastEventId: string): Promise<RawClient> {
  return connected({ port, headers: { 'Last-Event-ID': lastEventId } });
}

/** Publishes `n` events with these data, one after the other. @returns their ids */
export async function publishAll({ hub }: Instance, data: readonly (string | number)[]): Promise<string[]> {
  const ids: string[] = [];
  for (const one of data) ids.push(await hub.publishShared({ event: 'n', data: String(one) }));
  return ids;
}

export function dataOf(client: RawClient): string[] {
  return client.messagesOf('n').map(({ data }) => data);
}

export function missedOf(client: RawClient): unknown[] {
  return client.messagesOf('missed').map(({ data }) => JSON.parse(data) as unknown);
}

export function untilReady({ hub }: Instance, ready: boolean): Promise<void> {
  return vi.waitFor(() => {
    const state = hub.ready()['backplane'];
    if (state?.ready !== ready) throw new Error(`waited for ${ready}: ${JSON.stringify(state)}`);
  }, PATIENCE);
}
