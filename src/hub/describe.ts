/** What can be said of all clients at one moment: each of these looks at every one of them. */
import type { Connection } from './connection.ts';
import { mostQueued } from './most-queued.ts';
import type { ClientDescription, ClientOrder } from './stats.ts';

/** Describes at most `limit` of the clients, which are given oldest first. */
export function describe(
  clients: Iterable<Connection>,
  nowMs: number,
  limit: number,
  order: ClientOrder = 'oldest',
): ClientDescription[] {
  const described: ClientDescription[] = [];
  for (const { id, connectedMs, queuedBytes, blocked, lastAcceptedMs, writtenBytes, userAgent } of order === 'oldest'
    ? clients
    : mostQueued(clients, limit)) {
    if (described.length >= limit) break;
    described.push({
      id,
      ageMs: nowMs - connectedMs,
      queuedBytes,
      blocked,
      lastAcceptedAgoMs: nowMs - lastAcceptedMs,
      writtenBytes,
      userAgent,
    });
  }
  return described;
}

/** How many clients take nothing at this moment, and how many bytes wait for all of them. */
export function waiting(clients: Iterable<Connection>): { blocked: number; queuedBytes: number } {
  let blocked = 0;
  let queuedBytes = 0;
  for (const client of clients) {
    if (client.blocked) blocked++;
    queuedBytes += client.queuedBytes;
  }
  return { blocked, queuedBytes };
}
