/** A server of two workers with 40 MB each, which hold the one socket together with the process that started them. */
import cluster from 'node:cluster';
import { createServer } from 'node:http';

cluster.schedulingPolicy = cluster.SCHED_NONE;
if (cluster.isPrimary) {
  let ready = 0;
  cluster.on('listening', (_worker, { port }) => {
    ready += 1;
    if (ready === 2) process.stdout.write(`${port}\n`);
  });
  cluster.fork();
  cluster.fork();
} else {
  globalThis.held = Buffer.alloc(40_000_000, 1);
  createServer().listen(0, '127.0.0.1');
}
