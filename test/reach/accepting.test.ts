import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { firstPlace, named, untilAccepted } from '../../src/reach/accepting.ts';

const servers = new Set<Server>();
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  sockets.clear();
  servers.clear();
});

/** @param port 0: a free one. @returns the port */
async function listen(port: number, onConnection: (socket: Socket) => void = () => {}): Promise<number> {
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  servers.add(server);
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A port on which nobody listens now. */
async function freePort(): Promise<number> {
  const port = await listen(0);
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  servers.clear();
  return port;
}

function place(port: number): { host: string; port: number; isProxy: boolean } {
  return { host: '127.0.0.1', port, isProxy: false };
}

/** Waits, and collects what is said of it. */
function wait(ports: readonly number[], waitMs: number, signal: AbortSignal = new AbortController().signal) {
  const said: string[] = [];
  const over = untilAccepted(ports.map(place), { waitMs, signal, onWaiting: (text) => said.push(text) });
  return { said, over };
}

it('a server that accepts at once is not waited for, and nothing is said', async () => {
  const { said, over } = wait([await listen(0)], 30_000);
  expect([await over, said]).toEqual([null, []]);
});

it('a wait of no time tries nothing', async () => {
  const { said, over } = wait([await freePort()], 0);
  expect([await over, said]).toEqual([null, []]);
});

it('a server that begins to listen is found, and the wait for it is told once', async () => {
  const port = await freePort();
  const { said, over } = wait([port], 30_000);
  await expect.poll(() => said).toEqual([`waiting up to 30s for 127.0.0.1:${port} to accept a connection`]);
  await listen(port);
  expect([await over, said.length]).toEqual([null, 1]);
});

it('a forwarder whose program is not there yet, which takes connections and drops them, is waited for', async () => {
  let dropped = 0;
  const port = await listen(0, (socket) => {
    dropped += 1;
    if (dropped === 1) socket.end();
    else if (dropped === 2) socket.resetAndDestroy();
  });
  const { said, over } = wait([port], 30_000);
  expect([await over, said.length, dropped]).toEqual([null, 1, 3]);
});

it('a server that speaks first, and closes then, is there', async () => {
  const { said, over } = wait([await listen(0, (socket) => socket.end('x'))], 30_000);
  expect([await over, said]).toEqual([null, []]);
});

it('a wait that is over says how long it was, and what the last attempt said', async () => {
  const port = await freePort();
  const there = await listen(0);
  expect(await wait([there, port], 400).over).toEqual({
    cause: 'refused',
    detail: `no connection was accepted within 400ms (connect ECONNREFUSED 127.0.0.1:${port})`,
    place: place(port),
  });
});

it('a wait ends when it is interrupted', async () => {
  const interrupted = new AbortController();
  const { said, over } = wait([await freePort()], 30_000, interrupted.signal);
  await expect.poll(() => said.length).toBe(1);
  interrupted.abort();
  expect(await over).toBeNull();
});

it.each([
  ['http://a.test/', null, null, 'a.test:80'],
  ['https://[::1]/', null, null, '[::1]:443'],
  ['https://a.test/', 'http://user:pw@10.0.0.1:3128', null, 'the proxy 10.0.0.1:3128'],
  ['https://a.test:8443/', null, { host: '10.0.0.7', port: null }, '10.0.0.7:8443'],
  ['https://a.test/', null, { host: '10.0.0.7', port: 9 }, '10.0.0.7:9'],
])('the first connection on the way to %s (proxy %s, other place %o) goes to %s', (url, proxy, connectTo, to) => {
  expect(named(firstPlace(new URL(url), proxy, connectTo))).toBe(to);
});
