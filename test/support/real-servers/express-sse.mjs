/** express-sse as its guide shows it: one feed for all, whose ids count from 0 for each connection. */
import express from 'express';
import SSE from 'express-sse';
import { sayWhere } from './event-log.mjs';
import { eachPrice } from './prices.mjs';

const sse = new SSE();
eachPrice((price) => sse.send(price));
const app = express();
app.get('/events', sse.init);
const server = app.listen(0, '127.0.0.1', () => sayWhere(server.address().port));
