/**
 * One measured process: undici's `Client.dispatch`, its leanest way, by clients that only count events.
 * Usage: node undici.mjs CLIENTS SECONDS PORT; prints one line of JSON.
 */
import { Client } from 'undici';
import { countEvents, sourceAddress } from './client.mjs';
import { measure, measuredArguments, openAll, rssBytes } from './window.mjs';

const asked = measuredArguments();
const request = { method: 'GET', path: '/events' };
let open = 0;
let events = 0;

/** One for all streams: it keeps nothing of any. */
const handler = {
  onRequestStart() {},
  onResponseStart() {
    open += 1;
  },
  onResponseData(_controller, bytes) {
    events += countEvents(bytes);
  },
  onResponseEnd() {},
  onResponseError(_controller, error) {
    throw error;
  },
};

const rssBeforeBytes = rssBytes();
await openAll(asked.clients, (index) => {
  const client = new Client(`http://127.0.0.1:${asked.port}`, {
    // Its own limits end a stream that is silent for five minutes.
    bodyTimeout: 0,
    headersTimeout: 0,
    localAddress: sourceAddress(index),
  });
  client.dispatch(request, handler);
});
await measure(asked, rssBeforeBytes, { open: () => open, events: () => events });
process.exit();
