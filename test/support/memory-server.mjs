/**
 * A stream server in a process of its own whose memory does what it is told:
 * `node memory-server.mjs BEHAVIOUR`, where BEHAVIOUR is one of
 *
 * - `steady`: nothing but streams
 * - `leak`: 4 MB/s for ever
 * - `hoard`: 12 MB/s for ever
 * - `sawtooth`: allocates 40 MB/s, drops all of it at 200 MB and lets the collector have it
 * - `dies`: ends by itself 3 s after the third stream began
 * - `cluster`: two workers with 30 MB each serve the streams; the first one is replaced after 3 s
 *
 * Beside `/events` it has `/metrics` (Prometheus) and `/json`, which tell its memory, with what a query asks for:
 * `?slow` answers after 10 s, `?big` with 2 MiB, `?moved` with a redirect, `?reborn` with a start time that changes
 * 3 s after it was first asked for, `?basic` only to user:p@ss.
 */
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const MB = 1_000_000;
const behaviour = process.argv[2] ?? 'steady';
const held = [];
const streams = new Set();
let rebornAtMs = Number.POSITIVE_INFINITY;
let accepted = 0;
let seq = 0;

function metrics(reborn) {
  const { rss } = process.memoryUsage();
  if (reborn) rebornAtMs = Math.min(rebornAtMs, Date.now() + 3000);
  const startSeconds = 1e9 + (reborn && Date.now() > rebornAtMs ? 5 : 0);
  return [
    '# HELP process_resident_memory_bytes Resident memory size in bytes.',
    '# TYPE process_resident_memory_bytes gauge',
    `process_resident_memory_bytes ${rss}`,
    `process_cpu_seconds_total ${process.cpuUsage().user / 1e6}`,
    `process_start_time_seconds ${startSeconds}`,
    `pool_bytes{pool="a \\"quoted\\" one",part="1"} ${rss / 2} 1700000000000`,
    `pool_bytes{pool="a \\"quoted\\" one",part="2"} ${rss / 2}`,
    'pool_bytes{pool="other"} 17',
    'nan_bytes NaN',
    '',
  ].join('\n');
}

function tell(req, res) {
  const { pathname, searchParams } = new URL(req.url, 'http://localhost');
  if (searchParams.has('moved')) return res.writeHead(302, { Location: '/metrics' }).end();
  if (searchParams.has('basic') && req.headers.authorization !== `Basic ${Buffer.from('user:p@ss').toString('base64')}`)
    return res.writeHead(401).end();
  const text =
    pathname === '/json'
      ? JSON.stringify({ memory: { rssBytes: process.memoryUsage().rss, 'a/b': 1, unit: 'bytes', text: '1000000' } })
      : metrics(searchParams.has('reborn'));
  if (searchParams.has('big')) return res.end(text + '#'.repeat(2 * 1024 * 1024));
  if (searchParams.has('slow')) return setTimeout(() => res.end(text), 10_000);
  return res.end(text);
}

const server = createServer((req, res) => {
  if (!req.url.startsWith('/events')) return tell(req, res);
  accepted += 1;
  if (behaviour === 'dies' && accepted === 3) setTimeout(() => process.exit(7), 3000);
  res.writeHead(200, { 'Content-Type': 'text/event-stream' });
  streams.add(res);
  res.on('close', () => streams.delete(res));
});

function publish() {
  seq += 1;
  // Workers that share nothing number their events apart.
  const event =
    behaviour === 'cluster' ? 'data: hello\n\n' : `id: ${seq}\ndata: {"seq":${seq},"scheduled":${Date.now()}}\n\n`;
  for (const res of streams) res.write(event);
}

function grow(bytesPerSecond, limitBytes) {
  const piece = bytesPerSecond / 10;
  setInterval(() => {
    held.push(Buffer.alloc(piece, 1));
    if (held.length * piece < limitBytes) return;
    held.length = 0;
    collectGarbage();
  }, 100);
}

function collectGarbage() {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

function serve() {
  setInterval(publish, 250);
  server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
    if (cluster.isPrimary) process.stdout.write(`listening on http://127.0.0.1:${server.address().port}/events\n`);
  });
}

if (behaviour === 'cluster' && cluster.isPrimary) {
  const first = cluster.fork();
  cluster.fork();
  cluster.once('listening', (_worker, { port }) =>
    process.stdout.write(`listening on http://127.0.0.1:${port}/events\n`),
  );
  setTimeout(() => first.process.kill('SIGKILL'), 5000);
  cluster.on('exit', () => cluster.fork());
} else {
  if (behaviour === 'leak') grow(4 * MB, Infinity);
  if (behaviour === 'hoard') grow(12 * MB, Infinity);
  if (behaviour === 'sawtooth') grow(40 * MB, 200 * MB);
  if (behaviour === 'cluster') held.push(Buffer.alloc(30 * MB, 1));
  serve();
}
