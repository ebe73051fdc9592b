/** @fastify/sse with a greeting that has no id; the events behind it have one, and those that were missed come again. */
import sse from '@fastify/sse';
import fastify from 'fastify';
import { sayWhere } from './event-log.mjs';
import { eachPrice } from './prices.mjs';

const kept = [];
const clients = new Set();
eachPrice((data) => {
  const event = { id: String(kept.length + 1000), event: 'price', data };
  kept.push(event);
  for (const reply of clients) void reply.sse.send(event);
});
const app = fastify();
await app.register(sse);
app.get('/events', { sse: true }, async (_request, reply) => {
  reply.sse.keepAlive();
  reply.sse.onClose(() => clients.delete(reply));
  clients.add(reply);
  void reply.sse.send({ event: 'hello', data: { clients: clients.size } });
  await reply.sse.replay(async (lastEventId) => {
    for (const event of kept.filter(({ id }) => Number(id) > Number(lastEventId))) void reply.sse.send(event);
  });
});

await app.listen({ port: 0, host: '127.0.0.1' });
sayWhere(app.server.address().port);
