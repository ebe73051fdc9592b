/** What breaks below a stream, through the real program: each trouble has its word, and what came before it counts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer, type Http2ServerResponse } from 'node:http2';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer as createTls, type TLSSocket, type TlsOptions } from 'node:tls';
import { createGzip, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  closed,
  comment,
  event,
  inPairs,
  Listening,
  listen,
  lost,
  opened,
  type ListenLine,
} from '../support/listen.ts';
import { OK, ScriptedServer, type Answer } from '../support/scripted-server.ts';
import { Authority, selfSigned, type Identity } from '../wire/certificates.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const HEADERS_TIMEOUT_MS = 1200;
const IDLE_TIMEOUT_MS = 1500;
const CHUNKED = OK.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n');
const withField = (field: string): string => OK.replace('\r\n\r\n', `\r\n${field}\r\n\r\n`);
const A = 'id: 1\ndata: a\n\n';
const a = event('a', '1');

function coded(coding: string, body: Uint8Array): Answer {
  return (socket) => {
    socket.write(withField(`Content-Encoding: ${coding}`));
    socket.end(body);
  };
}

/** What would be without end, for as long as somebody reads it. In turns, so that the other servers go on. */
function endless(beginning: string, piece: string): Answer {
  const pieces = piece.repeat(Math.ceil(16_384 / piece.length));
  return (socket) => {
    const pump = (): void => {
      if (!socket.destroyed && socket.write(pieces)) setImmediate(pump);
    };
    socket.on('drain', pump);
    socket.write(beginning);
    pump();
  };
}

function drip(beginning: string, piece: string, count: number, everyMs: number, end = ''): Answer {
  return async (socket) => {
    socket.write(beginning);
    for (let n = 0; n < count && !socket.destroyed; n++) {
      await delay(everyMs);
      socket.write(piece);
    }
    if (end !== '') socket.end(end);
  };
}

interface Fault {
  what: string;
  does: Answer;
  /** Before the end; nothing where the stream did not even open. */
  says?: ListenLine[];
  cause: string;
  message?: RegExp;
  /** undici judges otherwise: rightly, or as it may. */
  undici?: { says?: ListenLine[]; cause: string };
}

const FAULTS: readonly Fault[] = [
  { what: 'accepts and never answers', does: () => {}, cause: 'headers-timeout' },
  { what: 'answers one byte at a time', does: drip('', 'H', 40, 50), cause: 'http-protocol' },
  {
    what: 'sends a head one byte at a time',
    does: drip('HTTP/1.1 200 OK\r\nX: ', 'x', 60, 50),
    cause: 'headers-timeout',
  },
  {
    what: 'sends one header without end',
    does: endless('HTTP/1.1 200 OK\r\nX: ', 'x'.repeat(1000)),
    cause: 'headers-too-large',
  },
  {
    what: 'sends headers without end',
    does: endless('HTTP/1.1 200 OK\r\n', 'X-Filler: x\r\n'),
    cause: 'headers-too-large',
  },
  {
    what: 'says nothing more behind an event',
    does: { text: `${OK}${A}`, after: 'open' },
    says: [opened, a],
    cause: 'idle-timeout',
    message: /1500 ?ms|1\.5s/,
  },
  {
    what: 'stalls in the middle of an event',
    does: { text: `${OK}${A}id: 2\ndata: b`, after: 'open' },
    says: [opened, a],
    cause: 'idle-timeout',
    message: /an unfinished block was discarded/,
  },
  {
    what: 'sends a comment one byte at a time',
    does: drip(OK, ':', 20, 100, '\n'),
    says: [opened, comment(':'.repeat(19))],
    cause: 'eof-clean',
  },
  { what: 'resets before its answer', does: (socket) => socket.resetAndDestroy(), cause: 'reset' },
  {
    what: 'resets in the middle of an event',
    does: { text: `${OK}${A}data: b`, after: 'reset' },
    says: [opened, a],
    cause: 'reset',
  },
  { what: 'closes before its answer', does: '', cause: 'eof-truncated' },
  { what: 'closes in the middle of its head', does: 'HTTP/1.1 200 OK\r\nContent-Ty', cause: 'eof-truncated' },
  { what: 'closes without the last chunk', does: `${CHUNKED}f\r\n${A}\r\n`, says: [opened, a], cause: 'eof-truncated' },
  {
    what: 'closes in a chunk',
    does: `${CHUNKED}ff\r\n${A}data: b`,
    says: [opened, a],
    cause: 'eof-truncated',
    message: /an unfinished block was discarded/,
  },
  {
    what: 'sends less than it announced',
    does: `${withField('Content-Length: 99')}${A}`,
    says: [opened, a],
    cause: 'eof-truncated',
  },
  {
    what: 'ends its chunks in the middle of an event',
    does: `${CHUNKED}16\r\n${A}data: b\r\n0\r\n\r\n`,
    says: [opened, a],
    cause: 'eof-clean',
    message: /an unfinished block was discarded/,
  },
  {
    what: 'announces its length',
    does: { text: `${withField('Content-Length: 15')}${A}data: behind\n\n`, after: 'open' },
    says: [opened, a],
    cause: 'eof-clean',
  },
  { what: 'speaks HTTP/1.0', does: `${OK.replace('1.1', '1.0')}${A}`, says: [opened, a], cause: 'eof-clean' },
  {
    what: 'ends the lines of its head with LF',
    does: `${OK.replaceAll('\r\n', '\n')}${A}`,
    says: [opened, a],
    cause: 'eof-clean',
    undici: { cause: 'http-protocol' },
  },
  {
    what: 'sends 103 before',
    does: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}${A}`,
    says: [opened, a],
    cause: 'eof-clean',
  },
  {
    what: 'writes its chunks as it may',
    does: `${CHUNKED}000F;ext=1;b="c"\r\n${A}\r\n0A\r\ndata: bc\n\n\r\n000;last\r\nX-Trailer: 1\r\n\r\n`,
    says: [opened, a, event('bc', '1')],
    cause: 'eof-clean',
  },
  { what: 'has a bad chunk size', does: `${CHUNKED}f\r\n${A}\r\nzz\r\n`, says: [opened, a], cause: 'http-protocol' },
  {
    what: 'has a chunk of 2^68 bytes',
    does: `${CHUNKED}f\r\n${A}\r\n100000000000000000\r\nx`,
    says: [opened, a],
    cause: 'http-protocol',
  },
  {
    what: 'has a chunk extension without end',
    does: endless(`${CHUNKED}f\r\n${A}\r\n1;x=`, 'x'.repeat(1000)),
    says: [opened, a],
    cause: 'http-protocol',
    undici: { says: [opened, a], cause: 'idle-timeout' },
  },
  {
    what: 'frames its body in two ways',
    does: `${withField('Content-Length: 9\r\nTransfer-Encoding: chunked')}f\r\n${A}\r\n0\r\n\r\n`,
    cause: 'http-protocol',
    undici: { cause: 'eof-truncated' },
  },
  { what: 'speaks another protocol', does: 'SSH-2.0-OpenSSH_9.6\r\n', cause: 'http-protocol' },
  {
    what: 'says that it compresses, and does not',
    does: coded('gzip', Buffer.from(A)),
    says: [opened],
    cause: 'decode',
  },
  {
    what: 'ends in the middle of gzip',
    does: coded('gzip', gzipSync(A).subarray(0, -6)),
    says: [opened, a],
    cause: 'decode',
  },
  {
    what: 'compresses as nobody knows',
    does: coded('x-unknown', Buffer.from('28b52ffd0458490000', 'hex')),
    says: [opened],
    cause: 'decode',
    message: /x-unknown/,
  },
  {
    what: 'names a coding that nobody knows over text',
    does: coded('none', Buffer.from(A)),
    says: [opened, a],
    cause: 'eof-clean',
  },
  { what: 'compresses with gzip', does: coded('gzip', gzipSync(A)), says: [opened, a], cause: 'eof-clean' },
  { what: 'compresses with deflate', does: coded('deflate', deflateSync(A)), says: [opened, a], cause: 'eof-clean' },
  {
    what: 'sends a line without end',
    does: endless(`${OK}${A}data: `, 'x'.repeat(10_000)),
    says: [opened, a],
    cause: 'line-limit',
  },
  {
    what: 'sends an event without end',
    does: endless(`${OK}${A}`, `data: ${'x'.repeat(1000)}\n`),
    says: [opened, a],
    cause: 'event-limit',
  },
  {
    what: 'sends an id without end',
    does: endless(`${OK}${A}id: `, 'x'.repeat(10_000)),
    says: [opened, a],
    cause: 'line-limit',
  },
  {
    what: 'sends a comment without end',
    does: endless(`${OK}${A}:`, 'x'.repeat(10_000)),
    says: [opened, a],
    cause: 'line-limit',
  },
];

/** Between two faults, so that no failure is the second in a row, which waits longer. */
const SOUND: Answer = `${OK}id: 0\ndata: sound\n\n`;

const TRANSPORTS = ['wire', 'undici'] as const;

it.concurrent.each(TRANSPORTS)(
  'a server that does this and that, over %s, has the right word for each, and is asked again behind the last whole event',
  { timeout: 120_000 },
  async (transport) => {
    const server = await ScriptedServer.start(...FAULTS.flatMap(({ does }) => [SOUND, does]), SOUND);
    const { code, lines, stderr } = await listen(`http://127.0.0.1:${server.port}/`, [
      '--transport',
      transport,
      '--retry',
      '100ms',
      '--headers-timeout',
      `${HEADERS_TIMEOUT_MS}ms`,
      '--idle-timeout',
      `${IDLE_TIMEOUT_MS}ms`,
      '--max-reconnects',
      String(2 * FAULTS.length),
      '--duration',
      '100s',
    ]);
    await server.close();
    expect([stderr, code, lines.pop()]).toEqual(['', 0, closed('eof-clean')]);
    for (const [n, { what, says = [], cause, message = /./, undici }] of FAULTS.entries()) {
      const differs = transport === 'undici' ? undici : undefined;
      const heard = differs === undefined ? says : (differs.says ?? []);
      const end = {
        ...lost(differs?.cause ?? cause, 100),
        message: expect.stringMatching(differs === undefined ? message : /./) as string,
      };
      const sound = [opened, event('sound', '0'), lost('eof-clean', 100)];
      expect([what, ...lines.splice(0, sound.length + heard.length + 1)]).toEqual([what, ...sound, ...heard, end]);
      expect([what, server.lastEventId(2 * n + 2)]).toEqual([what, heard.includes(a) ? '1' : '0']);
    }
  },
);

it.each(TRANSPORTS)('a server that compresses is heard as it flushes, over %s, asked for or not', async (transport) => {
  let send: ((text: string) => void) | undefined;
  const server = await ScriptedServer.start((socket) => {
    const gzip = createGzip();
    gzip.on('data', (piece: Buffer) => socket.write(piece));
    socket.write(withField('Content-Encoding: gzip'));
    send = (text) => {
      gzip.write(text);
      gzip.flush();
    };
    send(': first\n');
  });
  closing.push(() => server.close());
  const listening = new Listening(`http://127.0.0.1:${server.port}/`, ['--transport', transport]);
  closing.push(() => listening.stop());
  const says: ListenLine[] = [opened, comment('first')];
  expect(await listening.linesWhen(2)).toEqual(says);
  for (let n = 0; n < 5; n++) {
    send?.(`data: ${n}\n\n`);
    says.push(event(String(n)));
    expect(await listening.linesWhen(says.length)).toEqual(says);
  }
  expect(server.requests[0]).toMatch(/\r\nAccept-Encoding: identity\r\n/i);
});

async function failsWith(url: string, args: readonly string[] = []): Promise<{ cause: string; message: string }> {
  const { code, lines } = await listen(url, ['--max-reconnects', '0', ...args]);
  const { cause, message } = lines[0] as { cause: string; message: string };
  expect([code, lines]).toEqual([1, [lost(cause, null), closed(cause)]]);
  return { cause, message };
}

it('a connection that does not come about is told by its cause: no such name, nobody there', async () => {
  const places: readonly (readonly [url: string, cause: string, says: RegExp])[] = [
    ['http://no-such-host.invalid/', 'dns', /no-such-host\.invalid/],
    ['http://www.m%C3%BCller.invalid/', 'dns', /www\.xn--mller-kva\.invalid/],
    ['http://127.0.0.1:1/', 'refused', /127\.0\.0\.1:1/],
  ];
  await inPairs(places, async ([url, cause, says]) => {
    for (const transport of TRANSPORTS) {
      const outcome = await failsWith(url, ['--transport', transport]);
      expect([url, outcome.cause]).toEqual([url, cause]);
      expect(outcome.message).toMatch(says);
    }
  });
});

it('a connection that does not come about is tried again, later and later, as often as it may', async () => {
  const { code, lines } = await listen('http://127.0.0.1:1/', ['--retry', '100ms', '--max-reconnects', '3']);
  expect([code, lines]).toEqual([
    1,
    [lost('refused', 100), lost('refused', 150), lost('refused', 225), lost('refused', null), closed('refused')],
  ]);
});

it('a connection that does not come about to a name with two addresses is made to the one that answers', async () => {
  const server = await ScriptedServer.start(`${OK}data: a\n\n`);
  closing.push(() => server.close());
  for (const transport of TRANSPORTS) {
    const { lines } = await listen(`http://localhost:${server.port}/#fragment`, [
      '--events',
      '1',
      '--transport',
      transport,
    ]);
    expect(lines).toEqual([opened, event('a'), closed('closed-by-us')]);
  }
  expect(server.requests.every((request) => request.startsWith('GET / HTTP/1.1\r\n'))).toBe(true);
});

it('a connection that does not come about is not looked for at a proxy of the environment when it is on this machine', async () => {
  const server = await ScriptedServer.start(`${OK}data: a\n\n`);
  closing.push(() => server.close());
  for (const transport of TRANSPORTS) {
    const { lines, stderr } = await listen(
      `http://127.0.0.1:${server.port}/`,
      ['--events', '1', '--transport', transport],
      { limits: 'export http_proxy=http://127.0.0.1:1 all_proxy=http://127.0.0.1:1' },
    );
    expect([lines.length, stderr]).toEqual([3, '']);
  }
});

describe('TLS', () => {
  const DAY_MS = 86_400_000;
  const authority = new Authority();
  const folder = mkdtempSync(join(tmpdir(), 'sse-probe-listen-'));
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, authority.identity.certificate);
  const localhost = { name: 'localhost', dnsNames: ['localhost'] };
  const good = authority.issue(localhost);
  const sockets = new Set<Socket>();
  afterAll(() => rmSync(folder, { recursive: true }));

  async function started(server: Server): Promise<string> {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });
    return `https://localhost:${(server.address() as AddressInfo).port}/`;
  }

  function serve(
    { certificate, key }: Identity,
    answer: (socket: TLSSocket) => void,
    more: TlsOptions = {},
  ): Promise<string> {
    return started(
      createTls({ cert: certificate, key, ...more }, (socket) => {
        socket.on('error', () => {});
        socket.once('data', () => answer(socket));
      }),
    );
  }

  const BAD: readonly (readonly [what: string, identity: Identity, more: TlsOptions, says: RegExp])[] = [
    ['of an unknown authority', new Authority('Strangers').issue(localhost), {}, /authority|issuer|verify/i],
    ['signed by itself', selfSigned(localhost), {}, /self.signed/i],
    [
      'expired',
      authority.issue({
        ...localhost,
        notBefore: new Date(Date.now() - 9 * DAY_MS),
        notAfter: new Date(Date.now() - DAY_MS),
      }),
      {},
      /expired/i,
    ],
    [
      'not valid yet',
      authority.issue({ ...localhost, notBefore: new Date(Date.now() + DAY_MS) }),
      {},
      /not (?:yet valid|valid yet)/i,
    ],
    ['for another host', authority.issue({ name: 'other.example', dnsNames: ['other.example'] }), {}, /other\.example/],
    ['asked of us too', good, { requestCert: true, ca: authority.identity.certificate }, /certificate/i],
    [
      'with a TLS of long ago',
      good,
      { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' },
      /version|protocol/i,
    ],
  ];

  it.each(TRANSPORTS)('TLS over %s says what is wrong with a certificate', async (transport) => {
    await inPairs(BAD, async ([what, identity, more, says]) => {
      const url = await serve(identity, (socket) => socket.end(`${OK}data: a\n\n`), more);
      const { code, lines } = await listen(url, ['--ca', ca, '--transport', transport, '--max-reconnects', '0']);
      expect([what, code, lines]).toEqual([what, 1, [lost('tls', null), closed('tls')]]);
      expect([what, (lines[0] as { message: string }).message]).toEqual([what, expect.stringMatching(says)]);
    });
  });

  it.each(TRANSPORTS)('TLS over %s carries a stream that is trusted, or that nobody asks about', async (transport) => {
    const strange = await serve(selfSigned({ name: 'strange' }), (socket) => socket.end(`${OK}data: a\n\n`));
    const trusted = await serve(good, (socket) => socket.end(`${OK}data: a\n\n`));
    for (const [url, args] of [
      [trusted, ['--ca', ca]],
      [strange, ['--insecure']],
    ] as const) {
      const { code, lines } = await listen(url, [...args, '--transport', transport, '--max-reconnects', '0']);
      expect([code, lines]).toEqual([0, [opened, event('a'), lost('eof-clean', null), closed('eof-clean')]]);
    }
  });

  it('TLS that is cut without its alert has truncated what was still to come', async () => {
    const server = createTcp();
    const url = await started(server);
    const inner = createTls({ cert: good.certificate, key: good.key }, (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write(`${CHUNKED}f\r\n${A}\r\n`));
    });
    server.on('connection', (socket) => {
      inner.emit('connection', socket);
      setTimeout(() => socket.end(), 500);
    });
    const { lines } = await listen(url, ['--ca', ca, '--max-reconnects', '0']);
    expect(lines).toEqual([opened, a, lost('eof-truncated', null), closed('eof-truncated')]);
  });

  it('TLS over undici carries HTTP/2 where it is offered: the same stream, the same words', async () => {
    const asked: string[] = [];
    const answers: ((response: Http2ServerResponse) => void)[] = [
      (response) => response.end(`retry: 100\n${A}data: b`),
      (response) => {
        response.write(': here\n');
        setTimeout(() => response.stream.close(2), 100);
      },
      (response) => response.end('data: c\n\n'),
      (response) => response.end(),
    ];
    const server = createSecureServer(
      { cert: good.certificate, key: good.key, allowHTTP1: true },
      ({ method, url, headers }, response) => {
        response.stream.on('error', () => {});
        const answer = answers[asked.length];
        asked.push(`${method} ${url} ${headers.accept} ${headers['last-event-id'] ?? '-'}`);
        response.writeHead(asked.length === answers.length ? 204 : 200, { 'content-type': 'text/event-stream' });
        answer?.(response);
      },
    );
    const url = await started(server);
    const { code, lines } = await listen(`${url}events`, ['--ca', ca, '--transport', 'undici']);
    expect(lines).toEqual([
      opened,
      { kind: 'retry', retryMs: 100 },
      a,
      lost('eof-clean', 100),
      opened,
      comment('here'),
      lost('reset', 100),
      opened,
      event('c', '1'),
      lost('eof-clean', 100),
      closed('server-stop'),
    ]);
    expect(asked).toEqual(['-', '1', '1', '1'].map((id) => `GET /events text/event-stream ${id}`));
    expect(code).toBe(0);
  });
});
