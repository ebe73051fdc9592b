/** What can be said of all clients at one moment: each of these looks at every one of them. */
import type { Connection } from './connection.ts';
import type { ClientDescription, ClientOrder } from './stats.ts';
import { worstClients } from './worst-clients.ts';

/** Describes at most `limit` of the clients, which are given oldest first. */
export function describe(
  clients: Iterable<Connection>,
  nowMs: number,
  limit: number,
  order: ClientOrder = 'oldest',
): ClientDescription[] {
  const described: ClientDescription[] = [];
  for (const client of order === 'oldest' ? clients : worstClients(clients, nowMs, limit)) {
    if (described.length >= limit) break;
    const { id, queuedBytes, unacknowledgedBytes, blocked, writtenBytes, userAgent } = client;
    described.push({
      id,
      ageMs: nowMs - client.connectedMs,
      queuedBytes,
      unacknowledgedBytes,
      blocked,
      noProgressMs: client.noProgressSinceMs === 0 ? 0 : nowMs - client.noProgressSinceMs,
      lastAcceptedAgoMs: nowMs - client.lastAcceptedMs,
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
