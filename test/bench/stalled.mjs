/**
 * What one client that never reads does to the others: 49 read events of 4 KB, a thousand a second, alone and then
 * beside it. Whenever the server has thrown it out it comes back at once, so that there is always one.
 */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, rssBytes } from './process-cost.mjs';

const HEALTHY = 49;
const RATE = 1000;
const SERVE_FLAGS = ['--event-size=4KB'];
const LOOK_EVERY_MS = 500;
const REQUEST = 'GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** @returns figures of the readers and of the server */
export async function measureBesideStalled(bench, stalledCount, seconds) {
  const server = await bench.startServe(RATE, SERVE_FLAGS);
  const { pid } = server.child;
  const before = rssBytes(pid);
  const reader = bench.startReader(HEALTHY, seconds, server.port);
  const stalled = new Set();
  let peak = before;
  let figures = null;
  let cpuBefore = 0;
  const ended = bench.outcome(reader, seconds, (line) => {
    if (line === 'measuring') cpuBefore = cpuSeconds(pid);
    else figures = { ...JSON.parse(line), cpu: (cpuSeconds(pid) - cpuBefore) / seconds };
    if (figures !== null) reader.stdin.end();
  });
  const over = ended.then(
    () => true,
    () => true,
  );
  while ((await Promise.race([over, sleep(LOOK_EVERY_MS)])) !== true) {
    peak = Math.max(peak, rssBytes(pid));
    // A client that does not read does not notice its end either: the server says whether it is still there.
    const { clients, evicted } = await statsOf(server.port);
    const gone = Object.values(evicted).reduce((sum, count) => sum + count, 0);
    if (clients.connected >= HEALTHY && stalled.size < gone + stalledCount) stalled.add(neverReading(server.port));
  }
  try {
    await ended;
    for (const socket of stalled) socket.destroy();
    await sleep(LOOK_EVERY_MS);
    await bench.collectGarbage(server.child);
    const { evicted, events, queuedBytes } = await statsOf(server.port);
    return {
      ...figures,
      evicted: Object.entries(evicted)
        .map(([reason, count]) => `${count} ${reason}`)
        .join(', '),
      dropped: events.dropped,
      queuedBytes,
      peakMb: (peak - before) / 1e6,
      afterMb: (rssBytes(pid) - before) / 1e6,
    };
  } finally {
    server.child.kill('SIGKILL');
  }
}

function neverReading(port) {
  const socket = connect(port, '127.0.0.1');
  socket.pause();
  // A reset is what it is there for.
  socket.on('error', () => {});
  socket.write(REQUEST);
  return socket;
}

async function statsOf(port) {
  return (await fetch(`http://127.0.0.1:${port}/stats`)).json();
}
