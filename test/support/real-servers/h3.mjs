/** h3 as its guide shows it: an event stream for each client, which pushes until it is closed. */
import { createEventStream, H3, serve } from 'h3';
import { sayWhere } from './event-log.mjs';
import { eachPrice } from './prices.mjs';

const app = new H3();
app.get('/events', (event) => {
  const stream = createEventStream(event);
  const stop = eachPrice((price) => void stream.push(JSON.stringify(price)));
  stream.onClosed(stop);
  return stream.send();
});
const server = serve(app, { port: 0, hostname: '127.0.0.1', silent: true });
await server.ready();
sayWhere(new URL(server.url).port);
