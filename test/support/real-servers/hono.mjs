/** Hono's streamSSE on Node, as its guide shows it: a loop for each client, heartbeats among the events. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { EventLog, HEARTBEAT_MS, sayWhere } from './event-log.mjs';

const log = new EventLog();
const app = new Hono();
app.get('/events', (context) =>
  streamSSE(context, async (stream) => {
    const left = new AbortController();
    const heartbeat = setInterval(() => void stream.write(': ping\n\n'), HEARTBEAT_MS);
    stream.onAbort(() => {
      clearInterval(heartbeat);
      left.abort();
    });
    for await (const event of log.follow(context.req.header('Last-Event-ID'), left.signal)) {
      await stream.writeSSE({ id: String(event.seq), event: 'update', data: JSON.stringify(event) });
    }
  }),
);

serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => sayWhere(port));
