/**
 * One measured process: our clients against a server that is there, everything measured as in a soak.
 * Usage: node load.mjs CLIENTS SECONDS PORT PATH; prints one line of JSON.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../dist/core/clock.js';
import { Requests } from '../../dist/soak/requests.js';
import { Shard } from '../../dist/soak/shard.js';
import { Http1Transport } from '../../dist/wire/http1.js';

const [clients, seconds, port, path] = [Number(process.argv[2]), Number(process.argv[3]), Number(process.argv[4]), process.argv[5] ?? '/'];
const RAMP_MS = Math.max(1000, clients / 2);
const CALM_MS = 3000;

const target = {
  url: new URL(path, `http://127.0.0.1:${port}`), embedded: false, address: '127.0.0.1', port, local: true, fillBytes: 0,
  down: () => null, sample: async () => null, collectGarbage: async () => false, stop: async () => {},
};
const requests = new Requests(target, { method: 'GET', headers: [], body: null }, null, 'bench');
const plan = {
  clients, mix: { healthy: 1, slow: 0, stalled: 0, vanished: 0, abrupt: 0, resuming: 0 }, rampMs: RAMP_MS, durationMs: 3_600_000,
  churnPerSecond: 0, seed: 1, slowRateBytesPerSecond: 256, retryMs: 3000, connectTimeoutMs: 10_000, headersTimeoutMs: 10_000,
  pointers: { seq: '/seq', scheduled: '/t', sent: '/t' },
  promisedHeartbeatMs: null, promisedEvictAfterMs: null, heartbeatWithinMs: 20_000, evictWithinMs: null,
};

globalThis.gc?.();
const rssBefore = process.memoryUsage.rss();
const shard = new Shard(plan, target, requests, new Http1Transport(), systemClock);
const stop = new AbortController();
const running = shard.run(stop.signal, () => {});
await sleep(RAMP_MS + CALM_MS);
const { counts } = shard.recorder.summary;
const connected = shard.recorder.summary.total('open');
const eventsBefore = counts.events;
const cpuBefore = process.cpuUsage();
const startMs = performance.now();
await sleep(seconds * 1000);
const { user, system } = process.cpuUsage(cpuBefore);
const events = counts.events - eventsBefore;
const elapsedMs = performance.now() - startMs;
const rssAfter = process.memoryUsage.rss();
const latency = shard.recorder.summary.times.latency.percentiles();
stop.abort();
await running;
shard.leave();
console.log(JSON.stringify({
  clients: connected,
  kbPerClient: (rssAfter - rssBefore) / 1024 / clients,
  usPerEvent: (user + system) / events,
  eventsPerSecond: (events * 1000) / elapsedMs,
  cpu: (user + system) / 1000 / elapsedMs,
  lost: shard.recorder.ledger.lost,
  latencyP50Ms: latency.p50,
  latencyP99Ms: latency.p99,
}));
