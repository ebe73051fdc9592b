/** What can be said of all clients at one moment: each of these looks at every one of them. */
import type { Connection } from './connection.ts';
import type { ClientDescription, ClientOrder, HubCounters, HubStats } from './stats.ts';
import type { ClientTally } from './tally.ts';
import { worstClients } from './worst-clients.ts';

/** A request may carry 16 KB of it. */
const MAX_USER_AGENT_CHARS = 200;

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
    const { id, queuedBytes, unacknowledgedBytes, blocked, writtenBytes, res } = client;
    described.push({
      id,
      ageMs: nowMs - client.connectedMs,
      queuedBytes,
      unacknowledgedBytes,
      blocked,
      noProgressMs: client.noProgressSinceMs === 0 ? 0 : nowMs - client.noProgressSinceMs,
      lastAcceptedAgoMs: nowMs - client.lastAcceptedMs,
      writtenBytes,
      userAgent: (res.req?.headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT_CHARS),
    });
  }
  return described;
}

/** How many clients take nothing at this moment, and how many bytes wait for all of them. */
function waiting(clients: Iterable<Connection>): { blocked: number; queuedBytes: number } {
  let blocked = 0;
  let queuedBytes = 0;
  for (const client of clients) {
    if (client.blocked) blocked++;
    queuedBytes += client.queuedBytes;
  }
  return { blocked, queuedBytes };
}

/** What the hub has counted, and what waits now. */
export function statsOf(clients: ReadonlyMap<string, Connection>, tally: ClientTally, counters: HubCounters): HubStats {
  const { blocked, queuedBytes } = waiting(clients.values());
  const connected = clients.size;
  const { total, peak, refused, evicted, expired } = tally;
  return {
    clients: { connected, accepting: connected - blocked, blocked, total, peak, refused },
    evicted: { ...evicted },
    expired,
    queuedBytes,
    events: { ...counters },
  };
}
