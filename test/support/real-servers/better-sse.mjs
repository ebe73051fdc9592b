/** better-sse as its guide shows it: a session for each request, a channel for all of them. */
import { createServer } from 'node:http';
import { createChannel, createSession } from 'better-sse';
import { EventLog, HEARTBEAT_MS, sayWhere } from './event-log.mjs';

const log = new EventLog();
const channel = createChannel();
void log.each(
  (event) => channel.broadcast(event, 'update', { eventId: String(event.seq) }),
  new AbortController().signal,
);

const server = createServer(async (request, response) => {
  const session = await createSession(request, response, { keepAlive: HEARTBEAT_MS, retry: 500 });
  for (const event of log.since(session.lastId)) session.push(event, 'update', String(event.seq));
  channel.register(session);
});
server.listen(0, '127.0.0.1', () => sayWhere(server.address().port));
