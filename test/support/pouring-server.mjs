/**
 * Somebody else's server in a process of its own: pours so much into every connection that a client who does not
 * read has its window shut.
 *
 *   node pouring-server.mjs HOST PORT
 */
import net from 'node:net';

const [host, port] = process.argv.slice(2);
const server = net.createServer((socket) => {
  socket.on('error', () => {}).resume();
  socket.write(Buffer.alloc(8 * 1024 * 1024));
  process.send({ poured: true });
});
server.listen(Number(port), host, () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
