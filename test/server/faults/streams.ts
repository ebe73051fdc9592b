import { expect } from 'vitest';
import type { RunningServer } from '../../../src/server/server.ts';
import { client, connected, serve } from '../fixtures.ts';
import { PATIENCE, type RawClient } from '../raw-client.ts';

/** The places of the victims among streams that are accepted one after the other. */
export const VICTIMS = [0, 1, 2];

/** A server with faults and a number of clients, accepted in this order. */
export async function served(
  faults: readonly string[],
  count: number,
  hub: object = {},
): Promise<{ server: RunningServer; clients: RawClient[] }> {
  const server = await serve({ faults, hub: { heartbeatMs: 3_600_000, ...hub } });
  const clients: RawClient[] = [];
  for (let index = 0; index < count; index++) clients.push(await connected({ port: server.port }));
  return { server, clients };
}

/** Publishes events with `data` 1, 2, 3 …, and returns their ids. */
export function publish(server: RunningServer, count: number): string[] {
  return Array.from({ length: count }, () => server.hub.publish({ event: 'tick', data: String(server.hub.nextSeq) }));
}

/** The data of all ticks so far, joined. */
export function ticks(one: RawClient): string {
  return one
    .messagesOf('tick')
    .map(({ data }) => data)
    .join(' ');
}

/** What each of the clients that are no victims got. */
export async function untilOthersGot(clients: readonly RawClient[], expected: string): Promise<void> {
  const others = clients.filter((_one, index) => !VICTIMS.includes(index));
  await expect.poll(() => others.filter((one) => ticks(one) !== expected).length, PATIENCE).toBe(0);
}

export function victimsOf(clients: readonly RawClient[]): RawClient[] {
  return clients.filter((_one, index) => VICTIMS.includes(index));
}

/** A client that asks to go on after an id. */
export async function returning(port: number, lastEventId: string): Promise<RawClient> {
  const one = client({ port, headers: { 'Last-Event-ID': lastEventId } });
  await one.untilConnected();
  return one;
}
