import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { Http1Transport, READ_BUFFER_BYTES } from '../../src/wire/http1.ts';
import { encodeRequest } from '../../src/wire/request.ts';
import type { StreamConnection, StreamReceiver, StreamRequest } from '../../src/wire/transport.ts';
import { PLAIN_ENDS } from './plain-ends.ts';
import { afterRequest, RawServer } from './raw-server.ts';
import { StreamLog } from './stream-log.ts';
import { openSockets, until } from './until.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const { bytes } = encodeRequest({ method: 'GET', path: '/events', host: 'test', headers: [], version: '0.0.0' });
const transport = new Http1Transport();
const run = promisify(execFile);

/** Opens 200 streams, waits until each has a body or has ended, and prints what it saw. */
const OPEN_MANY = `
  import { Http1Transport } from './wire/http1.js';
  const port = Number(process.argv[2]);
  const bytes = Buffer.from('GET / HTTP/1.1\\r\\nHost: test\\r\\n\\r\\n');
  const causes = [], details = [], open = [];
  let bodies = 0;
  const settled = () => {
    if (causes.length + bodies < 200) return;
    console.log(JSON.stringify({ causes, details, bodies }));
    for (const connection of open) connection.close();
  };
  const transport = new Http1Transport();
  for (let n = 0; n < 200; n++) {
    open.push(transport.open({ host: '127.0.0.1', port, bytes }, {
      onConnect() {},
      onHead() {},
      onBody() { bodies++; settled(); return true; },
      onEnd(cause, detail) { causes.push(cause); details.push(detail); settled(); },
    }));
  }
`;

/** Node 20 runs no TypeScript: what a child process of a test needs is compiled beside its script. */
async function compile(source: string, directory: string): Promise<void> {
  const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
  const options = '--ignoreConfig --module nodenext --target es2023 --rewriteRelativeImportExtensions --types node';
  const args = [compiler, ...options.split(' '), '--skipLibCheck', '--rootDir', 'src', '--outDir', directory, source];
  await run(process.execPath, args, { cwd: fileURLToPath(new URL('../..', import.meta.url)) });
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
}

const servers: RawServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(onConnection: (socket: Socket, index: number) => void): Promise<RawServer> {
  const server = await RawServer.start(onConnection);
  servers.push(server);
  return server;
}

/** Answers each request with `wire` and, if told so, FIN. */
function serveText(wire: string, fin: boolean): Promise<RawServer> {
  return serve((socket) => {
    afterRequest(socket, () => {
      socket.write(wire, 'latin1');
      if (fin) socket.end();
    });
  });
}

function open(port: number, receiver: StreamReceiver, more: Partial<StreamRequest> = {}): StreamConnection {
  return transport.open({ host: '127.0.0.1', port, bytes, ...more }, receiver);
}

/** What the stream of that number is sent in one turn. */
function line(stream: number, turn: number): string {
  return `data: ${stream}/${turn}/${'x'.repeat((stream * 7 + turn) % 90)}\n\n`;
}

function sha(buffer: Buffer): string {
  return createHash('sha256').update(buffer).digest('hex');
}

/** What the server hears of the connection, in order. */
async function serveAndListen(more: (socket: Socket) => void): Promise<{ server: RawServer; heard: string[] }> {
  const heard: string[] = [];
  const server = await serve((socket) => {
    socket.on('end', () => heard.push('FIN'));
    socket.on('error', (error: NodeJS.ErrnoException) => heard.push(error.code ?? ''));
    afterRequest(socket, () => {
      socket.write(`${OK}\r\n: hi\n\n`);
      more(socket);
    });
  });
  return { server, heard };
}

it.each([
  ...PLAIN_ENDS,
  ['103, then bare LF', 'HTTP/1.1 103 Early\n\nHTTP/1.1 200 OK\nA: b\n\nx', true, 'eof-clean', 'x'],
  [
    'Transfer-Encoding in HTTP/1.0',
    'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    false,
    'http-protocol',
    '',
  ],
  ['a bare LF behind a chunk', `${CHUNKED}5\r\n: hi\n\n`, false, 'http-protocol', ': hi\n'],
  ['an endless chunk extension', `${CHUNKED}5;${'x'.repeat(5000)}`, false, 'http-protocol', ''],
  ['17 interim responses', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(17), false, 'http-protocol', ''],
  ['101, which nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', false, 'http-protocol', ''],
  ['204 with bytes behind it', 'HTTP/1.1 204 No Content\r\n\r\ndata: x\n\n', false, 'eof-clean', ''],
  ['bytes behind the end', `${OK}Content-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n`, false, 'eof-clean', 'abc'],
] as const)('how a stream ends %s', async (_title, wire, fin, cause, body) => {
  const server = await serveText(wire, fin);
  const log = new StreamLog();
  open(server.port, log);
  expect(await log.ended).toBe(cause);
  expect(log.body.toString()).toBe(body);
  expect(log.detail).not.toBe('');
  expect(log.calls[0]).toBe('connect');
  // The descriptor is released in every one of these cases, or the server would keep the connection.
  await until('the server sees it gone', () => server.sockets.size === 0);
});

it("how a stream ends goes on waiting for a head that comes byte by byte: the deadline is the caller's", async () => {
  const server = await serve((socket) => {
    const timer = setInterval(() => socket.write('x-a: b\r\n'[sent++ % 8] as string), 5);
    let sent = 0;
    socket.write('HTTP/1.1 200 OK\r\n');
    socket.on('close', () => clearInterval(timer));
  });
  const log = new StreamLog();
  const connection = open(server.port, log);
  await delay(300);
  expect(log.calls).toEqual(['connect']);
  log.left = true;
  connection.reset();
  await until('the server sees it gone', () => server.sockets.size === 0);
});

it('how a stream ends says headers-too-large of a head without an end', async () => {
  const server = await serve((socket) => {
    afterRequest(socket, () => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = Buffer.alloc(16 * 1024, 'X-Filler: y\r\n');
      const write = (): void => {
        while (!socket.destroyed && socket.write(more));
      };
      socket.on('drain', write);
      write();
    });
  });
  const log = new StreamLog();
  open(server.port, log);
  expect(await log.ended).toBe('headers-too-large');
  expect(log.calls).toEqual(['connect', 'end']);
  await until('the server sees it gone', () => server.sockets.size === 0);
});

it.each([
  ['before the head', ''],
  ['in the head', 'HTTP/1.1 200 OK\r\nA: '],
  ['in a chunk', `${CHUNKED}8\r\ndata: `],
  ['in a body that lasts until close', `${OK}\r\ndata: `],
])('how a stream ends says reset of an RST %s, with or behind the bytes before it', async (_title, wire) => {
  for (const pauseMs of [0, 30]) {
    const server = await serve((socket) => {
      afterRequest(socket, () => {
        socket.write(wire);
        if (pauseMs === 0) socket.resetAndDestroy();
        else setTimeout(() => socket.resetAndDestroy(), pauseMs);
      });
    });
    const log = new StreamLog();
    open(server.port, log);
    expect(await log.ended).toBe('reset');
    expect(log.detail).toContain('ECONNRESET');
  }
});

it('how a stream ends says reset of an RST that waited behind unread bytes of a paused stream', async () => {
  const server = await serve((socket) => {
    afterRequest(socket, () => {
      socket.write(`${OK}\r\n${'x'.repeat(5000)}`);
      setTimeout(() => socket.resetAndDestroy(), 30);
    });
  });
  const log = new StreamLog();
  log.goOn = false;
  const connection = open(server.port, log, { maxReadBytes: 2000 });
  await until('the server has left', () => log.bodyBytes > 0 && server.sockets.size === 0);
  log.goOn = true;
  connection.resume();
  expect(await log.ended).toBe('reset');
  expect(log.bodyBytes).toBe(5000);
});

it('how a stream ends hears of a FIN also when the server does not read the request', async () => {
  const server = await serve((socket) => socket.end(`${OK}\r\nhi`));
  const log = new StreamLog();
  open(server.port, log, { bytes: Buffer.concat([bytes, Buffer.alloc(16 * 1024 * 1024)]) });
  expect(await log.ended).toBe('eof-clean');
  expect(log.body.toString()).toBe('hi');
});

it('how a stream ends says refused where nobody listens', async () => {
  const server = await RawServer.start(() => {});
  await server.close();
  const log = new StreamLog();
  open(server.port, log);
  expect(await log.ended).toBe('refused');
  expect(log.calls).toEqual(['end']);
  expect(log.detail).toContain(String(server.port));
});

it('how a stream ends says refused where nobody listens on any address of a name', async () => {
  const server = await RawServer.start(() => {});
  await server.close();
  const log = new StreamLog();
  open(server.port, log, { host: 'localhost' });
  expect(await log.ended).toBe('refused');
});

it('how a stream ends says dns of a name that does not exist', async () => {
  const log = new StreamLog();
  open(80, log, { host: 'no-such-host.invalid' });
  expect(await log.ended).toBe('dns');
  expect(log.detail).toContain('no-such-host.invalid');
});

it('how a stream ends says client-limit of a source address that this machine does not have', async () => {
  const server = await serve(() => {});
  const log = new StreamLog();
  open(server.port, log, { localAddress: '192.0.2.1' });
  expect(await log.ended).toBe('client-limit');
  expect(log.detail).toContain('EADDRNOTAVAIL');
});

it('a process out of descriptors says client-limit for the streams it cannot open, and the others live', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sse-probe-wire-'));
  try {
    await compile('src/wire/http1.ts', directory);
    const script = join(directory, 'open-many.js');
    await writeFile(script, OPEN_MANY);
    const server = await serve((socket) => afterRequest(socket, () => socket.write(`${OK}\r\n: hi\n\n`)));
    const { stdout } = await run('sh', [
      '-c',
      `ulimit -n 64; exec "$0" "$@"`,
      process.execPath,
      script,
      String(server.port),
    ]);
    const { causes, details, bodies } = JSON.parse(stdout) as { causes: string[]; details: string[]; bodies: number };
    expect(causes.length + bodies).toBe(200);
    expect(causes.length).toBeGreaterThan(200 - 64);
    expect(new Set(causes)).toEqual(new Set(['client-limit']));
    expect(details[0]).toContain('EMFILE');
    expect(bodies).toBeGreaterThan(10);
  } finally {
    await rm(directory, { recursive: true });
  }
});

it('what goes over the wire sends the request as soon as the connection stands, and nothing else', async () => {
  let seen = Buffer.alloc(0);
  const server = await serve((socket) => {
    socket.on('data', (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]);
    });
    socket.on('end', () => socket.end());
  });
  const log = new StreamLog();
  const connection = open(server.port, log);
  await until('the request is there', () => seen.length === bytes.length);
  expect(seen.equals(bytes)).toBe(true);
  log.left = true;
  connection.close();
  await until('the server sees it gone', () => server.sockets.size === 0);
  expect(seen.length).toBe(bytes.length);
});

it('what goes over the wire comes from the source address and port that the connection tells', async () => {
  const ports: Array<string | number | undefined> = [];
  const server = await serve((socket) => {
    ports.push(socket.remoteAddress, socket.remotePort);
    afterRequest(socket, () => socket.write(`${OK}\r\n: hi\n\n`));
  });
  const log = new StreamLog();
  const connection = open(server.port, log, { localAddress: '127.0.0.9' });
  expect([connection.localPort, connection.localAddress]).toEqual([0, '']);
  await until('something has come', () => log.bodyBytes > 0);
  expect([connection.localAddress, connection.localPort]).toEqual(ports);
  connection.reset();
  expect([connection.localPort, connection.localAddress]).toEqual([0, '']);
});

it('what goes over the wire reaches a server by name, whichever of its addresses works', async () => {
  const server = await serveText(`${OK}Content-Length: 2\r\n\r\nhi`, false);
  const log = new StreamLog();
  open(server.port, log, { host: 'localhost' });
  expect(await log.ended).toBe('eof-clean');
  expect(log.body.toString()).toBe('hi');
});

it('what goes over the wire gives each of 1,000 streams that share the read buffer its own bytes', async () => {
  const streams = 1000;
  const ready: Array<[Socket, number]> = [];
  const server = await serve((socket) => {
    afterRequest(socket, (head) => {
      socket.write(CHUNKED);
      ready.push([socket, Number(/n=(\d+)/.exec(head)?.[1])]);
    });
  });
  const logs = Array.from({ length: streams }, (_, n) => {
    const log = new StreamLog();
    const request = encodeRequest({ method: 'GET', path: `/?n=${n}`, host: 'test', headers: [], version: '0' });
    open(server.port, log, { bytes: request.bytes });
    return log;
  });
  await until('all have asked', () => ready.length === streams);
  for (let turn = 0; turn < 5; turn++) {
    for (const [socket, n] of ready) {
      const text = line(n, turn);
      const chunk = `${text.length.toString(16)}\r\n${text}\r\n`;
      const cut = (n + turn) % chunk.length;
      socket.write(chunk.slice(0, cut));
      socket.write(chunk.slice(cut));
    }
    await delay(2);
  }
  for (const [socket] of ready) socket.write('0\r\n\r\n');
  expect(new Set(await Promise.all(logs.map((log) => log.ended)))).toEqual(new Set(['eof-clean']));
  for (const [n, log] of logs.entries()) {
    expect(log.body.toString()).toBe([0, 1, 2, 3, 4].map((turn) => line(n, turn)).join(''));
  }
});

const size = 8 * 1024 * 1024;
const content = Buffer.alloc(size);
for (let at = 0; at < size; at += 4) content.writeUInt32LE(at, at);

it('pausing HTTP/1.1 takes one read, lets the server feel it, and gets every byte after resume()', async () => {
  let socketOfServer: Socket | undefined;
  const server = await serve((socket) => {
    socketOfServer = socket;
    afterRequest(socket, () => {
      socket.write(`${OK}Content-Length: ${size}\r\n\r\n`);
      socket.write(content);
    });
  });
  const log = new StreamLog();
  log.goOn = false;
  const connection = open(server.port, log);
  await until('something has come', () => log.bodyBytes > 0);
  const received = log.bodyBytes;
  expect(received).toBeLessThanOrEqual(READ_BUFFER_BYTES);
  await delay(200);
  expect(log.bodyBytes).toBe(received);
  expect(socketOfServer?.writableLength).toBeGreaterThan(0);
  log.goOn = true;
  connection.resume();
  expect(await log.ended).toBe('eof-clean');
  expect(sha(log.body)).toBe(sha(content));
});

it('pausing HTTP/1.1 reads once for each resume(), and never more than maxReadBytes', async () => {
  const server = await serve((socket) => {
    afterRequest(socket, () => socket.write(`${OK}\r\n${'x'.repeat(20_000)}`));
  });
  const log = new StreamLog();
  log.goOn = false;
  const connection = open(server.port, log, { maxReadBytes: 256 });
  await until('the first read', () => log.bodyBytes > 0);
  for (let turn = 0; turn < 20; turn++) {
    const before = log.bodyBytes;
    connection.resume();
    connection.resume();
    await until('the next read', () => log.bodyBytes > before);
    expect(log.bodyBytes - before).toBeLessThanOrEqual(256);
  }
  expect(log.largestRead).toBe(256);
  connection.close();
});

it('pausing HTTP/1.1 does not lose a pause to a resume() within the same call', async () => {
  const server = await serve((socket) => {
    afterRequest(socket, () => socket.write(`${OK}\r\n${'x'.repeat(20_000)}`));
  });
  const log = new StreamLog();
  log.goOn = false;
  const onBody = log.onBody.bind(log);
  log.onBody = (range, start, end) => {
    connection.resume();
    return onBody(range, start, end);
  };
  const connection = open(server.port, log, { maxReadBytes: 1024 });
  await until('the first read', () => log.bodyBytes > 0);
  await delay(100);
  expect(log.parts.length).toBe(1);
  connection.close();
});

it('pausing HTTP/1.1 hears of the end of a stream only after resume()', async () => {
  const server = await serveText(`${OK}\r\n: hi\n`, true);
  const log = new StreamLog();
  log.goOn = false;
  const connection = open(server.port, log);
  await until('something has come', () => log.bodyBytes > 0);
  await delay(100);
  expect(log.cause).toBeUndefined();
  connection.resume();
  expect(await log.ended).toBe('eof-clean');
});

it.each([0, -1, 1.5, READ_BUFFER_BYTES + 1, Number.NaN])(
  'pausing HTTP/1.1 refuses to read at most %s bytes',
  (maxReadBytes) => {
    expect(() => open(1, new StreamLog(), { maxReadBytes })).toThrow(UsageError);
  },
);

it('leaving HTTP/1.1: close() is a FIN and nothing else', async () => {
  const { server, heard } = await serveAndListen(() => {});
  const log = new StreamLog();
  const connection = open(server.port, log);
  await until('something has come', () => log.bodyBytes > 0);
  log.left = true;
  connection.close();
  await until('the server sees it gone', () => server.sockets.size === 0);
  expect(heard).toEqual(['FIN']);
});

it('leaving HTTP/1.1: close() is first of all a FIN when the stream is paused with bytes unread', async () => {
  const { server, heard } = await serveAndListen((socket) => socket.write(Buffer.alloc(8 * 1024 * 1024)));
  const log = new StreamLog();
  log.goOn = false;
  const connection = open(server.port, log);
  await until('something has come', () => log.bodyBytes > 0);
  await delay(100);
  log.left = true;
  connection.close();
  await until('the server sees it gone', () => server.sockets.size === 0);
  expect(heard[0]).toBe('FIN');
});

it.each([
  ['reading', true],
  ['paused', false],
])('leaving HTTP/1.1: reset() is an RST while %s', async (_title, goOn) => {
  const { server, heard } = await serveAndListen(() => {});
  const log = new StreamLog();
  log.goOn = goOn;
  const connection = open(server.port, log);
  await until('something has come', () => log.bodyBytes > 0);
  log.left = true;
  connection.reset();
  await until('the server sees it gone', () => server.sockets.size === 0);
  expect(heard).toEqual(['ECONNRESET']);
});

it.each(['close', 'reset'] as const)(
  'leaving HTTP/1.1: %s() makes a connection that is being made come to nothing',
  async (leave) => {
    const server = await serve((socket) => afterRequest(socket, () => socket.write(`${OK}\r\n: hi\n\n`)));
    const atOnce = new StreamLog();
    open(server.port, atOnce)[leave]();
    atOnce.left = true;
    // One turn later the kernel is at work, and on loopback may be done.
    const soon = new StreamLog();
    const connection = open(server.port, soon);
    await new Promise((resolve) => setImmediate(resolve));
    connection[leave]();
    soon.left = true;
    await delay(100);
    await until('the server has nobody', () => server.sockets.size === 0);
    expect(atOnce.calls).toEqual([]);
    expect(soon.cause).toBeUndefined();
  },
);

it.each(['close', 'reset'] as const)(
  'leaving HTTP/1.1: %s() releases descriptors that the network would hold for minutes',
  async (leave) => {
    // A stopped process with a short backlog: some connections stand and nobody reads, the others never come about.
    const listen = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 },
      function () { console.log(this.address().port); })`;
    const child = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [port] = (await once(child.stdout, 'data')) as [Buffer];
      child.kill('SIGSTOP');
      await delay(50);
      const before = openSockets();
      const logs = Array.from({ length: 12 }, () => new StreamLog());
      const large = Buffer.concat([bytes, Buffer.alloc(16 * 1024 * 1024)]);
      const connections = logs.map((log) => open(Number(port), log, { bytes: large }));
      await until('some stand', () => logs.some((log) => log.calls.includes('connect')));
      await delay(100);
      expect(logs.some((log) => log.calls.length === 0)).toBe(true);
      for (const connection of connections) connection[leave]();
      for (const log of logs) log.left = true;
      await until('all sockets are gone', () => openSockets() <= before);
    } finally {
      child.kill('SIGKILL');
    }
  },
);

it.each(['onConnect', 'onHead', 'onBody'] as const)(
  'leaving HTTP/1.1: may happen within %s, and nothing comes after',
  async (call) => {
    for (const leave of ['close', 'reset'] as const) {
      const server = await serve((socket) => {
        afterRequest(socket, () => socket.end(`${CHUNKED}5\r\n: hi\n\r\n5\r\n: ho\n\r\n0\r\n\r\n`));
      });
      const log = new StreamLog();
      const original = log[call].bind(log) as (...args: unknown[]) => unknown;
      log[call] = (...args: unknown[]): never => {
        const answer = original(...args);
        connection[leave]();
        log.left = true;
        return answer as never;
      };
      const connection = open(server.port, log);
      await until('it was left', () => log.left);
      await until('the server sees it gone', () => server.sockets.size === 0);
      expect(log.cause).toBeUndefined();
      expect(log.calls.at(-1)).toBe(call.slice(2).toLowerCase());
    }
  },
);

it('leaving HTTP/1.1: does nothing a second time, or after the end', async () => {
  const server = await serveText(`${OK}Content-Length: 2\r\n\r\nhi`, false);
  const log = new StreamLog();
  const connection = open(server.port, log);
  await log.ended;
  connection.resume();
  connection.close();
  connection.reset();
  const left = new StreamLog();
  const second = open(server.port, left);
  second.close();
  second.close();
  second.reset();
  second.resume();
  left.left = true;
  await delay(50);
  expect(log.calls).toEqual(['connect', 'head', 'body', 'end']);
  expect(left.calls).toEqual([]);
});

it('leaving HTTP/1.1: lets the receiver open the next stream within onEnd', async () => {
  const server = await serveText(`${OK}Content-Length: 2\r\n\r\nhi`, false);
  const next = new StreamLog();
  const first = new StreamLog();
  void first.ended.then(() => open(server.port, next));
  open(server.port, first);
  expect(await next.ended).toBe('eof-clean');
});

it('leaving HTTP/1.1: leaves no socket of ours behind', async () => {
  const server = await serve((socket, index) => {
    afterRequest(socket, () => (index % 2 === 0 ? socket.end(`${OK}\r\n: hi\n\n`) : socket.write(`${OK}\r\n: hi\n\n`)));
  });
  const before = openSockets();
  const logs = Array.from({ length: 30 }, () => new StreamLog());
  const connections = logs.map((log) => open(server.port, log));
  await until('all have something', () => logs.every((log) => log.bodyBytes > 0));
  for (const [n, connection] of connections.entries()) connection[n % 3 === 0 ? 'reset' : 'close']();
  await until('all sockets are gone', () => openSockets() <= before);
  expect(server.sockets.size).toBe(0);
});
