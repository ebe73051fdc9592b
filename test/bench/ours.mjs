/**
 * One measured process: our clients with everything measured as in a soak.
 * Usage: node ours.mjs CLIENTS SECONDS PORT; prints one line of JSON.
 */
import { systemClock } from '../../dist/core/clock.js';
import { DEFAULT_POINTERS } from '../../dist/accounts/stamp-pointers.js';
import { Requests } from '../../dist/soak/load/requests.js';
import { loadStreamOpening } from '../../dist/soak/load/stream-opening.js';
import { ConnectionTable } from '../../dist/soak/load/connection-table.js';
import { Shard } from '../../dist/soak/load/shard.js';
import { Http1Transport } from '../../dist/wire/http1.js';
import { measure, measuredArguments, rampMs, rssBytes } from './window.mjs';

const asked = measuredArguments();
const { clients, port } = asked;
const target = {
  url: new URL(`http://127.0.0.1:${port}/events`),
  address: '127.0.0.1',
  port,
  local: true,
  fillBytes: 0,
};
const plan = {
  clients,
  slice: { index: 0, count: 1 },
  mix: { healthy: 1, slow: 0, stalled: 0, vanished: 0, abrupt: 0, resuming: 0 },
  rampMs: rampMs(clients),
  durationMs: 3_600_000,
  churnPerSecond: 0,
  seed: 1,
  slowRateBytesPerSecond: 256,
  retryMs: 3000,
  connectTimeoutMs: 10_000,
  headersTimeoutMs: 10_000,
  pointers: DEFAULT_POINTERS,
  seqTrusted: false,
  tellsSoFar: false,
  method: 'GET',
  headers: [],
  body: null,
  promisedHeartbeatMs: null,
  promisedEvictAfterMs: null,
  heartbeatWithinMs: 20_000,
  silenceOnly: false,
  evictWithinMs: null,
  limits: {},
  until: null,
};

const rssBeforeBytes = rssBytes();
const requests = new Requests(target, plan, null, 'bench');
const transport = new Http1Transport();
const openingFor = await loadStreamOpening({
  plan,
  requests,
  transport,
  clock: systemClock,
  table: new ConnectionTable(),
});
const shard = new Shard(plan, target, { alive: () => true, openingFor, transport, clock: systemClock });
const { recorder } = shard;
const stop = new AbortController();
const running = shard.run(stop.signal, () => {});
await measure(asked, rssBeforeBytes, {
  open: () => recorder.summary.total('open'),
  events: () => recorder.summary.counts.events,
  extra: () => ({
    lost: recorder.snapshot(systemClock.nowMs()).counts.lost,
    latencyP50Ms: recorder.summary.times.latency.percentile(50),
    latencyP99Ms: recorder.summary.times.latency.percentile(99),
  }),
});
stop.abort();
await running;
await shard.leave();
process.exit();
