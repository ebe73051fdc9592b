/** What the servers of the benchmark do alike: a port of their own, ticks at a rate, and garbage collected on demand. */
import { systemClock } from '../../../dist/core/clock.js';
import { Publisher } from '../../../dist/server/publisher.js';

const EVENT_SIZE_BYTES = 128;
const BACKLOG = 4096;

/** @param publish takes `{ id, event, data }` to all clients; the first argument of the process is the rate */
export function publishFrom(server, publish) {
  let seq = 1;
  const target = {
    get nextSeq() {
      return seq;
    },
    publish: (event) => publish({ id: String(seq++), ...event }),
  };
  process.on('message', () => {
    globalThis.gc();
    process.send({ type: 'garbage-collected' });
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, () => {
    new Publisher(target, {
      ratePerSecond: Number(process.argv[2]),
      eventSizeBytes: EVENT_SIZE_BYTES,
      clock: systemClock,
    }).start();
    console.log(`listening on ${server.address().port}`);
  });
}
