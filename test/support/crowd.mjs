/**
 * Connections of somebody else: as many pairs on loopback as it is asked for and may have. It says how many those
 * are, and holds them until its parent is gone.
 *
 *   node crowd.mjs PAIRS
 */
import { readFileSync } from 'node:fs';
import net from 'node:net';

const OTHER_FILES = 100;
const AT_ONCE = 200;
const limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1024);
const pairs = Math.min(Number(process.argv[2]), Math.floor((limit - OTHER_FILES) / 2));
const held = [];
const server = net.createServer((socket) => {
  held.push(socket.on('error', () => {}));
});
await new Promise((resolve) => {
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1024 }, resolve);
});
const { port } = server.address();
for (let count = 0; count < pairs; count += AT_ONCE) {
  await Promise.all(
    Array.from(
      { length: Math.min(AT_ONCE, pairs - count) },
      () =>
        new Promise((resolve, reject) => {
          const socket = net.connect({ port, host: '127.0.0.1' });
          held.push(socket.once('connect', resolve).once('error', reject));
        }),
    ),
  );
}
process.on('disconnect', () => process.exit());
process.send({ pairs });
