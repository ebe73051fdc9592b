/** A stream server as most are written by hand: a set of responses, and a string written to each. */
import { createServer } from 'node:http';
import { publishFrom } from './publish.mjs';

const responses = new Set();
const server = createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  response.flushHeaders();
  responses.add(response);
  response.on('close', () => responses.delete(response));
});
publishFrom(server, ({ id, event, data }) => {
  const text = `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`;
  for (const response of responses) response.write(text);
});
