/**
 * A small server that does everything right, in many dialects: what a soak must never accuse.
 *
 * `node sound-server.mjs DIALECT` prints `listening on URL` and serves until it is ended. It shares no code with the
 * program, on purpose: a misunderstanding of the standard must not cancel itself out. Every dialect numbers its
 * events or not, replays behind a Last-Event-ID that it knows, sends something at least every two seconds, watches
 * what each client acknowledges (in the kernel's table, where there is one), resets those that take nothing for
 * EVICT_MS, and forgets a client as soon as its response is closed. `GET /clients` says how many it still knows.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import process from 'node:process';

const EVICT_MS = 3000;
const HEARTBEAT_MS = 2000;
const HISTORY = 1000;
const MAX_PIECE_BYTES = 9;
const GARBAGE_ARRAYS = 25;
const GARBAGE_NUMBERS = 1024 * 1024;

const numbered = (event) => JSON.stringify({ seq: event.seq, scheduled: event.dueMs, sent: event.sentMs });
/** As most applications write: a price and when it was made, and no number that a tool could count by. */
const plain = (event) => JSON.stringify({ price: 100 + (event.seq % 7), madeAt: new Date(event.sentMs).toISOString() });

/** What a dialect leaves out is as in the first. */
const usual = {
  lineEnd: '\n',
  heartbeat: ': ping',
  periodMs: 250,
  burst: 1,
  cut: false,
  slowStart: false,
  garbage: false,
  id: (event) => String(event.seq),
  data: numbered,
};
const dialects = {
  usual: {},
  'event-heartbeats': { heartbeat: 'event: ping\ndata: {}' },
  // Something flows every quarter of a second: proxies and clients have nothing to wait for.
  'no-heartbeats': { heartbeat: null },
  crlf: { lineEnd: '\r\n' },
  cr: { lineEnd: '\r' },
  'cut-anywhere': { cut: true },
  'multi-line-data': { data: (event) => JSON.stringify(JSON.parse(numbered(event)), null, 2) },
  'no-ids': { id: () => null, data: plain },
  'uuid-ids': { id: (event) => event.uuid, data: plain },
  // As PocketBase does: the id says who is asked, not what is sent.
  'repeated-ids': { id: (event, client) => client.name, data: plain },
  bursts: { burst: 50, periodMs: 2000 },
  'large-events': {
    periodMs: 500,
    data: (event) => JSON.stringify({ ...JSON.parse(numbered(event)), pad: 'x'.repeat(64 * 1024) }),
  },
  'slow-start': { slowStart: true },
  'garbage-sawtooth': { garbage: true },
};

const name = process.argv[2] ?? 'usual';
if (!Object.hasOwn(dialects, name))
  throw new Error(`no dialect ${name}: there are ${Object.keys(dialects).join(', ')}`);
const dialect = { ...usual, ...dialects[name] };

const clients = new Set();
const history = [];
const startMs = Date.now();
let seq = 0;
let firstRequestMs = 0;

class Client {
  constructor(response) {
    this.response = response;
    this.name = randomBytes(8).toString('hex');
    /** Bytes that wait to be cut, in order. */
    this.uncut = [];
    this.ackedBytes = 0;
    this.progressMs = Date.now();
  }

  send(text) {
    const bytes = Buffer.from(`${text}\n\n`.replaceAll('\n', dialect.lineEnd));
    if (!dialect.cut) {
      this.response.write(bytes);
      return;
    }
    this.uncut.push(bytes);
    if (this.uncut.length === 1) setImmediate(() => this.sendPiece());
  }

  sendPiece() {
    const [bytes] = this.uncut;
    if (bytes === undefined || !clients.has(this)) return;
    const size = 1 + Math.floor(Math.random() * MAX_PIECE_BYTES);
    this.response.write(bytes.subarray(0, size));
    if (size < bytes.length) this.uncut[0] = bytes.subarray(size);
    else this.uncut.shift();
    if (this.uncut.length > 0) setImmediate(() => this.sendPiece());
  }

  sendEvent(event) {
    const id = dialect.id(event, this);
    const data = dialect
      .data(event)
      .split('\n')
      .map((line) => `data: ${line}`)
      .join('\n');
    this.send(`${id === null ? '' : `id: ${id}\n`}event: update\n${data}`);
  }

  /** Taken is what has been acknowledged, not what has been written. */
  judge(unacknowledged, nowMs) {
    const { socket } = this.response;
    if (socket === null) return;
    const waiting = socket.writableLength + (unacknowledged.get(socket.remotePort) ?? 0);
    const ackedBytes = socket.bytesWritten - waiting;
    if (waiting === 0 || ackedBytes > this.ackedBytes) this.progressMs = nowMs;
    this.ackedBytes = ackedBytes;
    if (nowMs - this.progressMs > EVICT_MS) socket.resetAndDestroy();
  }
}

const server = createServer((request, response) => {
  if (request.url === '/clients') {
    response.end(String(clients.size));
  } else if (request.url === '/events') {
    firstRequestMs ||= Date.now();
    const slow = dialect.slowStart && Date.now() - firstRequestMs < 5000;
    setTimeout(open, slow ? 1500 : 0, request, response);
  } else {
    response.writeHead(404).end();
  }
});

function open(request, response) {
  // It may have left while it waited.
  if (response.destroyed) return;
  const client = new Client(response);
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.on('close', () => clients.delete(client));
  response.on('error', () => clients.delete(client));
  clients.add(client);
  client.send('retry: 500');
  const known = history.findIndex((event) => dialect.id(event, client) === request.headers['last-event-id']);
  if (known >= 0) for (const event of history.slice(known + 1)) client.sendEvent(event);
}

setInterval(() => {
  for (let count = 0; count < dialect.burst; count++) {
    seq += 1;
    const dueMs = startMs + Math.ceil(seq / dialect.burst) * dialect.periodMs;
    const event = { seq, uuid: randomUUID(), dueMs, sentMs: Date.now() };
    history.push(event);
    if (history.length > HISTORY) history.shift();
    for (const client of clients) client.sendEvent(event);
  }
}, dialect.periodMs);

if (dialect.heartbeat !== null) {
  setInterval(() => {
    for (const client of clients) client.send(dialect.heartbeat);
  }, HEARTBEAT_MS);
}

/** Bytes that peers have not acknowledged, by their port: the first half of the fifth column. */
function unacknowledgedBytes() {
  const table = new Map();
  if (process.platform !== 'linux') return table;
  // The table has the rows of the whole machine: most are passed over without being taken apart.
  const ours = `:${server.address().port.toString(16).toUpperCase().padStart(4, '0')} `;
  for (const row of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    if (!row.includes(ours)) continue;
    const [, local, remote, , queues] = row.trim().split(/\s+/);
    if (!`${local} `.endsWith(ours)) continue;
    table.set(Number.parseInt(remote.split(':')[1], 16), Number.parseInt(queues.split(':')[0], 16));
  }
  return table;
}

setInterval(() => {
  if (clients.size === 0) return;
  const unacknowledged = unacknowledgedBytes();
  for (const client of clients) client.judge(unacknowledged, Date.now());
}, 1000);

if (dialect.garbage) {
  // 200 MB in two seconds, let go at once: what a collector makes of it is a sawtooth.
  const piece = Array.from({ length: GARBAGE_NUMBERS }).fill(0.5);
  let garbage = [];
  setInterval(() => {
    if (garbage.length === GARBAGE_ARRAYS) garbage = [];
    garbage.push(piece.slice());
  }, 80);
}

server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}/events\n`),
);
