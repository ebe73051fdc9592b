/**
 * A client in a process of its own, which can be stopped and killed: opens a stream and reads as it is told.
 *
 *   node reader.mjs PORT PATH [paused]
 *
 * It sends its parent `{ readBytes, ended }` when it is asked (`report`), and reads on when it is told (`read`).
 */
import net from 'node:net';

const [port, path, how] = process.argv.slice(2);
let readBytes = 0;
let ended = 'open';
const socket = new net.Socket();
if (how === 'paused') socket.pause();
socket.on('data', (chunk) => {
  readBytes += chunk.length;
});
socket.on('end', () => {
  ended = 'fin';
});
socket.on('error', ({ code }) => {
  ended = code;
});
if (how === 'paused') socket.pause();
socket.connect({ port: Number(port), host: '127.0.0.1' });
socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\nAccept: text/event-stream\r\n\r\n`);
process.on('message', (message) => {
  if (message === 'read') socket.resume();
  else process.send({ readBytes, ended });
});
process.on('disconnect', () => process.exit());
process.send({ readBytes, ended });
