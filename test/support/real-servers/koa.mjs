/** Koa with a stream for a body, as its users write it: it ends nothing, keeps nothing and sends no heartbeat. */
import { PassThrough } from 'node:stream';
import Koa from 'koa';
import { sayWhere } from './event-log.mjs';
import { eachPrice } from './prices.mjs';

const app = new Koa();
app.use((context) => {
  const body = new PassThrough();
  context.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', Connection: 'keep-alive' });
  context.body = body;
  const stop = eachPrice((price) => body.write(`data: ${JSON.stringify(price)}\n\n`));
  context.req.on('close', stop);
});
const server = app.listen(0, '127.0.0.1', () => sayWhere(server.address().port));
