/**
 * One measured process: `node:http` clients that only count events.
 * Usage: node node-http.mjs CLIENTS SECONDS PORT; prints one line of JSON.
 */
import { get } from 'node:http';
import { countEvents, sourceAddress } from './client.mjs';
import { measure, measuredArguments, openAll, rssBytes } from './window.mjs';

const asked = measuredArguments();
let open = 0;
let events = 0;

function onResponse(response) {
  open += 1;
  response.on('data', onData);
}

function onData(bytes) {
  events += countEvents(bytes);
}

const rssBeforeBytes = rssBytes();
await openAll(asked.clients, (index) => {
  // Without an agent: what its pool and its queue cost is not what a stream costs.
  get(
    { host: '127.0.0.1', port: asked.port, path: '/events', agent: false, localAddress: sourceAddress(index) },
    onResponse,
  );
});
await measure(asked, rssBeforeBytes, { open: () => open, events: () => events });
process.exit();
