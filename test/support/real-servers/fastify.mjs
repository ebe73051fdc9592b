/** Fastify with its own plugin, which is given an iterable for each client and waits until it drains. */
import sse from '@fastify/sse';
import fastify from 'fastify';
import { EventLog, HEARTBEAT_MS, sayWhere } from './event-log.mjs';

const log = new EventLog();
const app = fastify();
await app.register(sse, { heartbeatInterval: HEARTBEAT_MS });
app.get('/events', { sse: 'only' }, async (request, reply) => {
  const left = new AbortController();
  reply.sse.keepAlive();
  reply.sse.onClose(() => left.abort());
  reply.sse.sendHeaders();
  await reply.sse.send(messages(log.follow(reply.sse.lastEventId, left.signal)));
});

async function* messages(events) {
  for await (const event of events) yield { id: String(event.seq), event: 'update', data: event };
}

await app.listen({ port: 0, host: '127.0.0.1' });
sayWhere(app.server.address().port);
