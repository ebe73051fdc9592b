import { once } from 'node:events';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer, type TLSSocket, type TlsOptions as ServerOptions } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { Http1Transport } from '../../src/wire/http1.ts';
import { encodeRequest } from '../../src/wire/request.ts';
import type { TlsOptions } from '../../src/wire/tls.ts';
import type { StreamConnection, StreamReceiver, Transport } from '../../src/wire/transport.ts';
import { createUndiciTransport } from '../../src/wire/undici.ts';
import { Authority, selfSigned, type Identity } from './certificates.ts';
import { CA, LOCALHOST } from './exchange.ts';
import { StreamLog } from './stream-log.ts';
import { openSockets, until } from './until.ts';

const DAY_MS = 86_400_000;
const FOR_LOCALHOST = { name: 'localhost', dnsNames: ['localhost'] };
const { bytes } = encodeRequest({ method: 'GET', path: '/', host: 'localhost', headers: [], version: '0' });
const authority = new Authority();
const TRUSTED = { servername: 'localhost', ca: authority.identity.certificate };

const engines: ReadonlyArray<[name: string, create: (tls: TlsOptions) => Transport | Promise<Transport>]> = [
  ['Http1Transport', (tls) => new Http1Transport({ tls })],
  ['undici', (tls) => createUndiciTransport({ tls })],
  ['HTTP/2', (tls) => createUndiciTransport({ tls, http2: true })],
];

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => once(server.close(), 'close')));
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A TLS server that answers with what `answer` writes; ALPN as a server of both versions of HTTP. */
function serveTls(
  { certificate, key }: Identity,
  answer: (socket: TLSSocket) => void = () => {},
  more: ServerOptions = {},
): Promise<number> {
  const options = { cert: certificate, key, ALPNProtocols: ['h2', 'http/1.1'], ...more };
  return listen(
    createServer(options, (socket) => {
      socket.on('error', () => {}).resume();
      answer(socket);
    }),
  );
}

function open(transport: Transport, port: number, receiver: StreamReceiver): StreamConnection {
  return transport.open({ host: '127.0.0.1', port, bytes }, receiver);
}

async function endOf(transport: Transport, port: number): Promise<StreamLog> {
  const log = new StreamLog();
  open(transport, port, log);
  await log.ended;
  return log;
}

describe.each(engines)('certificates, over %s', (_name, create) => {
  const bad: ReadonlyArray<[why: string, identity: Identity, tls: TlsOptions, detail: RegExp]> = [
    [
      'expired',
      authority.issue({
        ...FOR_LOCALHOST,
        notBefore: new Date(Date.now() - 9 * DAY_MS),
        notAfter: new Date(Date.now() - DAY_MS),
      }),
      TRUSTED,
      /certificate has expired \(CERT_HAS_EXPIRED\)/,
    ],
    [
      'not valid yet',
      authority.issue({ ...FOR_LOCALHOST, notBefore: new Date(Date.now() + DAY_MS) }),
      TRUSTED,
      /not valid yet/,
    ],
    ['self-signed', selfSigned(FOR_LOCALHOST), TRUSTED, /self-signed/],
    ['of an unknown CA', new Authority('Another CA').issue(FOR_LOCALHOST), TRUSTED, /issuer is unknown/],
    ['of no CA that Node trusts', authority.issue(FOR_LOCALHOST), { servername: 'localhost' }, /issuer is unknown/],
    [
      'for another host',
      authority.issue({ name: 'other.example', dnsNames: ['other.example'] }),
      TRUSTED,
      /localhost.*other\.example/,
    ],
    [
      'for another address',
      authority.issue({ name: 'x', ipv4: ['127.0.0.2'] }),
      { ...TRUSTED, servername: '127.0.0.1' },
      /127\.0\.0\.1.*127\.0\.0\.2/,
    ],
  ];

  it.each(bad)('%s is "tls" with the reason', async (_why, identity, tls, detail) => {
    const port = await serveTls(identity);
    const log = await endOf(await create(tls), port);
    expect(log.cause).toBe('tls');
    expect(log.detail).toMatch(detail);
    expect(log.detail).not.toMatch(/\n/);
    expect(log.calls).toEqual(['end']);
    await until('the server sees it gone', () => sockets.size === 0);
  });

  it('of any kind will do for `insecure`', async () => {
    for (const [, identity, tls] of bad) {
      const port = await serveTls(identity);
      const log = new StreamLog();
      let secured = 0;
      servers.at(-1)?.on('secureConnection', () => secured++);
      const connection = open(await create({ ...tls, insecure: true }), port, log);
      await until('the handshake is done', () => secured === 1);
      expect(log.cause).toBeUndefined();
      connection.reset();
    }
  });
});

describe.each(engines)('the handshake, over %s', (_name, create) => {
  it.each([
    [
      'speaks no TLS',
      createTcp((socket) => void socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n')),
      /does not speak TLS/,
    ],
    [
      'closes at once',
      createTcp(
        (socket) =>
          void socket
            .on('error', () => {})
            .on('data', () => {})
            .end(),
      ),
      /closed the connection during the handshake/,
    ],
    [
      'knows only TLS 1.1',
      createServer({
        cert: LOCALHOST.certificate,
        key: LOCALHOST.key,
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      }),
      /no common TLS version/,
    ],
    [
      'wants a client certificate',
      createServer(
        {
          cert: LOCALHOST.certificate,
          key: LOCALHOST.key,
          requestCert: true,
          ca: CA,
          ALPNProtocols: ['h2', 'http/1.1'],
        },
        (socket) => void socket.on('error', () => {}),
      ),
      /client certificate/,
    ],
    [
      'speaks neither version of HTTP',
      createServer({
        cert: LOCALHOST.certificate,
        key: LOCALHOST.key,
        ALPNProtocols: ['imap'],
      }),
      /ALPN/,
    ],
  ])('with a server that %s ends in "tls"', async (_what, server, detail) => {
    const port = await listen(server);
    const log = await endOf(await create({ servername: 'localhost', ca: CA }), port);
    expect(log.cause).toBe('tls');
    expect(log.detail).toMatch(detail);
  });

  it('ends in "reset" when the server resets it', async () => {
    const port = await listen(
      createTcp((socket) => {
        socket.on('error', () => {}).on('data', () => socket.resetAndDestroy());
      }),
    );
    expect((await endOf(await create(TRUSTED), port)).cause).toBe('reset');
  });

  it.each(['close', 'reset'] as const)(
    'that never ends is left by %s() with no call and no socket behind',
    async (how) => {
      const before = openSockets();
      const port = await listen(createTcp((socket) => void socket.on('error', () => {}).resume()));
      const log = new StreamLog();
      const connection = open(await create(TRUSTED), port, log);
      await until('the connection stands', () => sockets.size === 1);
      log.left = true;
      connection[how]();
      await until('the server sees it gone', () => sockets.size === 0);
      await until('no socket of ours is left', () => openSockets() <= before);
      expect(log.calls).toEqual([]);
    },
  );

  it('names the host and offers one protocol; an address is not named (RFC 6066, 3)', async () => {
    const seen: unknown[] = [];
    const identity = authority.issue({ name: 'localhost', dnsNames: ['localhost'], ipv4: ['127.0.0.1'] });
    const port = await serveTls(identity, (socket) => {
      seen.push(socket.servername, socket.alpnProtocol, socket.isSessionReused());
    });
    for (const servername of ['localhost', '127.0.0.1', 'localhost']) {
      const log = new StreamLog();
      const connection = open(await create({ ...TRUSTED, servername }), port, log);
      const expected = seen.length + 3;
      await until('the server has it', () => seen.length === expected);
      connection.reset();
    }
    const protocol = _name === 'HTTP/2' ? 'h2' : 'http/1.1';
    expect(seen).toEqual(['localhost', protocol, false, false, protocol, false, 'localhost', protocol, false]);
  });

  it('is never resumed, also by the same transport', async () => {
    const reused: boolean[] = [];
    const port = await serveTls(authority.issue(FOR_LOCALHOST), (socket) => reused.push(socket.isSessionReused()));
    const transport = await create(TRUSTED);
    for (let n = 1; n <= 3; n++) {
      const log = new StreamLog();
      const connection = open(transport, port, log);
      await until('the server has it', () => reused.length === n);
      connection.reset();
      await until('it is gone', () => sockets.size === 0);
    }
    expect(reused).toEqual([false, false, false]);
  });

  it.each(['', 'not a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
    'is not begun with the CA file %j',
    async (ca) => {
      await expect((async () => create({ servername: 'localhost', ca }))()).rejects.toThrow(UsageError);
    },
  );
});

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';

it.each([
  ['behind a closure alert', '\r\ndata: x\n\n', true, 'eof-clean'],
  // RFC 9112, 9.8 calls this one incomplete; Node cannot tell it from the one before.
  ['by a bare FIN', '\r\ndata: x\n\n', false, 'eof-clean'],
  ['by a bare FIN in a chunk', 'Transfer-Encoding: chunked\r\n\r\nff\r\ndata: x\n\n', false, 'eof-truncated'],
  ['behind a closure alert in a chunk', 'Transfer-Encoding: chunked\r\n\r\nff\r\ndata: x\n\n', true, 'eof-truncated'],
] as const)('the end of a stream over TLS, with Http1Transport %s is told', async (_how, response, alert, cause) => {
  const port = await serveTls(authority.issue(FOR_LOCALHOST), (socket) => {
    socket.once('data', () =>
      socket.write(HEAD + response, () => {
        if (alert) socket.end();
        else for (const below of sockets) below.end();
      }),
    );
  });
  const log = await endOf(new Http1Transport({ tls: TRUSTED }), port);
  expect(log.cause).toBe(cause);
  expect(log.body.toString()).toBe('data: x\n\n');
});

it('the end of a stream over TLS, with Http1Transport as RST is "reset" also when bytes came right before it, many times', async () => {
  const port = await serveTls(authority.issue(FOR_LOCALHOST), (socket) => {
    socket.once('data', () => {
      socket.write(`${HEAD}\r\n${'x'.repeat(5000)}`, () => {
        for (const below of sockets) below.resetAndDestroy();
      });
    });
  });
  const transport = new Http1Transport({ tls: TRUSTED });
  const causes = [];
  for (let n = 0; n < 30; n++) causes.push((await endOf(transport, port)).cause);
  expect(new Set(causes)).toEqual(new Set(['reset']));
});
