/** The server of docs/soak.md, "Streams that end": `node job-server.mjs PORT`. Each stream reports a job of one second. */
import { createServer } from 'node:http';

const STEPS = 10;

createServer((req, res) => {
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  let step = 0;
  const timer = setInterval(() => {
    step++;
    res.write(`event: progress\ndata: {"seq":${step},"percent":${step * STEPS}}\n\n`);
    if (step < STEPS) return;
    clearInterval(timer);
    res.end('event: done\ndata: {}\n\n');
  }, 100);
  res.on('close', () => clearInterval(timer));
}).listen(Number(process.argv[2]), '127.0.0.1');
