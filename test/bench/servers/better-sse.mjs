/** better-sse as its guide shows it: a session for each request, a channel for all of them. */
import { createServer } from 'node:http';
import { createChannel, createSession } from 'better-sse';
import { publishFrom } from './publish.mjs';

const channel = createChannel();
const server = createServer(async (request, response) => {
  channel.register(await createSession(request, response));
});
// It writes JSON itself.
publishFrom(server, ({ id, event, data }) => channel.broadcast(JSON.parse(data), event, { eventId: id }));
