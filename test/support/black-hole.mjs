/**
 * Clients that vanish from real servers, in a network namespace of its own, where routes may be set:
 *
 *   unshare --net -- node black-hole.mjs PROGRAM '[{"evictAfterMs":…,"heartbeatMs":…}, …]'
 *
 * For each of these it starts `PROGRAM serve`, connects clients from six addresses of their own and some that
 * stay, and lets the addresses vanish one after the other within a heartbeat: the route becomes a black hole, so
 * there is no FIN, no RST and no ACK. Then it looks until all are gone and prints one line of JSON for all servers:
 * when each was gone, counted from when it vanished, and what is left.
 *
 * `blocked`: so much is sent that the clients, who never read, are blocked before they vanish. `maxAgeMs`: the server
 * has no table to look into, as under `ProcSubset=pid` of systemd, and bounds the age of its streams instead.
 */
import { spawn, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const [program, plans] = process.argv.slice(2);
const ADDRESSES = 6;
const CLIENTS_EACH = 5;
const STAYING = 5;
const LOOK_EVERY_MS = 20;
const PATIENCE_MS = 60_000;
const WITHOUT_TABLE = [
  'unshare',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
  'sh',
  '-c',
  'mount -t proc -o subset=pid proc /proc && exec "$0" "$@"',
];

execFileSync('ip', ['link', 'set', 'lo', 'up']);
const results = await Promise.all(JSON.parse(plans).map((plan, index) => run(plan, index)));
process.stdout.write(`${JSON.stringify(results)}\n`);
process.exit();

async function run({ evictAfterMs, heartbeatMs, blocked = false, maxAgeMs = null }, index) {
  const traffic = blocked ? ['--rate=20/s', '--event-size=512KiB', '--max-queue=1GiB'] : ['--rate=0/s'];
  const [command, ...before] = maxAgeMs === null ? [] : WITHOUT_TABLE;
  const age = maxAgeMs === null ? [] : [`--max-age=${maxAgeMs}ms`];
  const args = [
    program,
    'serve',
    '--port=0',
    `--evict-after=${evictAfterMs}ms`,
    `--heartbeat=${heartbeatMs}ms`,
    ...traffic,
    ...age,
  ];
  const child = spawn(
    command ?? process.execPath,
    command === undefined ? args : [...before, process.execPath, ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const port = Number(/:(\d+)\n/.exec(await text(child.stdout))[1]);
  const staying = await Promise.all(Array.from({ length: STAYING }, () => connect(port, '127.0.0.1', false)));
  const filesBefore = files(child.pid);
  const addresses = Array.from({ length: ADDRESSES }, (_, number) => `127.9.${index + 1}.${number + 1}`);
  const vanishing = await Promise.all(
    addresses.flatMap((address) => Array.from({ length: CLIENTS_EACH }, () => connect(port, address, blocked))),
  );
  if (blocked)
    await until(async () => (await ask(port, '/stats')).clients.blocked === vanishing.length, 'all are blocked');
  // Whatever phase of the heartbeat: there are addresses that vanish early and late in it.
  for (const address of addresses) {
    await delay(heartbeatMs / ADDRESSES);
    execFileSync('ip', ['route', 'add', 'blackhole', `${address}/32`, 'table', 'local']);
    for (const client of vanishing) if (client.address === address) client.vanishedMs = performance.now();
  }
  await until(async () => {
    const { clients } = await ask(port, '/clients?limit=1000');
    const here = new Set(clients.map(({ id }) => id));
    for (const client of vanishing)
      if (client.goneMs === null && !here.has(client.id)) client.goneMs = performance.now();
    return vanishing.every(({ goneMs }) => goneMs !== null);
  }, 'all vanished clients are gone');
  const { clients, evicted, expired, queuedBytes } = await ask(port, '/stats');
  const { ready, components } = await ask(port, '/readyz');
  // The connection that we have asked by is closing, too.
  await until(() => files(child.pid) <= filesBefore, 'no descriptor is left').catch(() => {});
  const result = {
    goneAfterMs: vanishing.map(({ goneMs, vanishedMs }) => goneMs - vanishedMs),
    staying: staying.filter(({ socket }) => !socket.destroyed).length,
    connected: clients.connected,
    evicted,
    expired,
    queuedBytes,
    readiness: { ready, eviction: components.eviction.detail },
    filesLeft: files(child.pid) - filesBefore,
    rowsLeft: rows(port).filter((peer) => addresses.some((address) => peer.startsWith(hex(address)))).length,
  };
  child.kill('SIGKILL');
  return result;
}

/** @param unread it reads its greeting and then nothing more */
async function connect(port, localAddress, unread) {
  const socket = net.connect({ port, host: '127.0.0.1', localAddress });
  let read = '';
  socket.on('error', () => {});
  socket.write('GET /events HTTP/1.1\r\nHost: test\r\n\r\n');
  await new Promise((resolve) => {
    socket.on('data', (chunk) => {
      if (/"clientId":"[^"]+"/.test(read)) return;
      read += chunk.toString('latin1');
      if (!/"clientId":"[^"]+"/.test(read)) return;
      if (unread) socket.pause();
      resolve();
    });
  });
  const id = /"clientId":"([^"]+)"/.exec(read)[1];
  return { socket, address: localAddress, id, vanishedMs: Infinity, goneMs: null };
}

async function ask(port, path) {
  // Without a connection that is kept: they are counted here.
  return (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { Connection: 'close' } })).json();
}

async function until(condition, what) {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(`waited in vain until ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}

async function text(stream) {
  let said = '';
  for await (const chunk of stream) {
    said += chunk;
    if (said.includes('\n')) break;
  }
  return said;
}

function files(pid) {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** The peers of this port, as the kernel writes them, in whatever state. */
function rows(port) {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(local))
    .map((fields) => fields[2]);
}

function hex(address) {
  return address
    .split('.')
    .toReversed()
    .map((byte) => Number(byte).toString(16).toUpperCase().padStart(2, '0'))
    .join('');
}
