import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { constants, createSecureServer, type ServerHttp2Stream } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runProgram, type ProgramOptions } from '../support/program.ts';
import { ProxyServer } from '../support/proxy-server.ts';
import { failures, parseReport } from '../support/soak-report.ts';
import { Authority } from '../wire/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-transports-'));
const authority = new Authority();
const { certificate: cert, key } = authority.issue({ name: 'localhost', dnsNames: ['localhost'], ipv4: ['127.0.0.1'] });
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, authority.identity.certificate);

const closers: (() => void)[] = [];
afterAll(async () => {
  for (const close of closers.splice(0)) close();
  await rm(folder, { recursive: true });
});

interface Stream {
  write(text: string): unknown;
  on(event: 'close', listener: () => void): unknown;
}

/** The same events for everybody, ten a second, with number and time. */
class Ticker {
  readonly streams = new Set<Stream>();
  private seq = 0;
  private readonly timer = setInterval(() => {
    this.seq += 1;
    for (const stream of this.streams)
      stream.write(`id: ${this.seq}\ndata: {"seq":${this.seq},"scheduled":${Date.now()}}\n\n`);
  }, 100);

  constructor() {
    closers.push(() => clearInterval(this.timer));
  }

  add(stream: Stream): void {
    this.streams.add(stream);
    stream.on('close', () => this.streams.delete(stream));
  }
}

async function listen(server: NetServer): Promise<number> {
  closers.push(() => {
    (server as Partial<Server>).closeAllConnections?.();
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function secureServer(): Promise<number> {
  const ticker = new Ticker();
  return listen(
    createHttpsServer({ cert, key }, (_req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      ticker.add(res);
    }),
  );
}

async function http2Server(): Promise<{ port: number; sessions: () => number }> {
  const ticker = new Ticker();
  let sessions = 0;
  const server = createSecureServer({ cert, key, allowHTTP1: false });
  server.on('session', () => {
    sessions += 1;
  });
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 200, 'content-type': 'text/event-stream' });
    ticker.add(stream);
  });
  return { port: await listen(server), sessions: () => sessions };
}

/** So short that a busy machine may leave the verdict open: what is asked of most of them is that nothing fails. */
const FEW = [
  '--clients',
  '60',
  '--ramp',
  '500ms',
  '--duration',
  '4s',
  '--mix',
  'healthy=9,resuming=1',
  '--retry',
  '300ms',
  '--json',
];

describe.concurrent('a soak over TLS', () => {
  it('a soak over TLS trusts the authority it is told, and loses nothing on open streams', async () => {
    const port = await secureServer();
    const { code, stdout } = await runProgram(['soak', '--url', `https://localhost:${port}/`, '--ca', caFile, ...FEW]);
    const report = parseReport(stdout);
    expect([code, failures(report)], JSON.stringify(report.findings)).toEqual([0, []]);
    // This server knows no Last-Event-ID, and promises none.
    expect(report.findings.find(({ id }) => id === 'resume-lost')?.title).toContain('Last-Event-ID is ignored');
    expect(report.clients).toMatchObject({ connected: 60, dropped: 0, refused: 0 });
    expect(report.events).toMatchObject({ duplicated: 0, reordered: 0, lost: report.events['resumeLost'] });
    expect(report.latencyMs['count']).toBeGreaterThan(1000);
  });

  it('a soak over TLS does not trust an authority that nobody knows: unreachable, with the reason', async () => {
    const port = await secureServer();
    const { code, stderr } = await runProgram(['soak', '--url', `https://localhost:${port}/`, ...FEW]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/cannot be reached: tls \(/);
  });

  it('a soak over TLS accepts any certificate with --insecure', async () => {
    const port = await secureServer();
    const { stdout } = await runProgram([
      'soak',
      '--url',
      `https://127.0.0.1:${port}/`,
      '--insecure',
      ...FEW,
      '--mix',
      'healthy=1',
    ]);
    expect(parseReport(stdout)).toMatchObject({ verdict: 'pass', clients: { connected: 60 } });
  });

  it('a soak over TLS refuses a file of authorities that is none', async () => {
    const { code, stderr } = await runProgram([
      'soak',
      '--url',
      'https://127.0.0.1:1/',
      '--ca',
      join(folder, 'none.pem'),
      ...FEW,
    ]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('none.pem cannot be read (ENOENT)')]);
  });
});

describe.concurrent('a soak with the transport of HTTP/2', () => {
  it('a soak with the transport of HTTP/2 speaks HTTP/1.1 where the server offers nothing else, and says so', async () => {
    const port = await secureServer();
    const { stdout } = await runProgram([
      'soak',
      '--url',
      `https://localhost:${port}/`,
      '--ca',
      caFile,
      '--transport',
      'undici',
      ...FEW,
      '--mix',
      'healthy=1',
    ]);
    const report = parseReport(stdout);
    expect(failures(report), JSON.stringify(report.findings)).toEqual([]);
    expect(report).toMatchObject({
      target: { protocol: 'http/1.1', proxy: null },
      clients: { connected: 60, dropped: 0 },
      events: { lost: 0 },
    });
  });

  it('a soak with the transport of HTTP/2 asks anew where a redirect leads to another server', async () => {
    const port = await secureServer();
    const front = createSecureServer({ cert, key, allowHTTP1: false });
    front.on('stream', (stream) => {
      stream.on('error', () => {});
      stream.respond({ ':status': 307, location: `https://localhost:${port}/there` }, { endStream: true });
    });
    const { stdout } = await runProgram([
      'soak',
      '--url',
      `https://localhost:${await listen(front)}/`,
      '--ca',
      caFile,
      '--transport',
      'undici',
      ...FEW,
      '--mix',
      'healthy=1',
    ]);
    const report = parseReport(stdout);
    expect([failures(report), report.clients.connected], JSON.stringify(report.findings)).toEqual([[], 60]);
  });

  it('a soak with the transport of HTTP/2 has room for many clients among few descriptors', async () => {
    const { port } = await http2Server();
    const { stdout } = await runProgram(
      [
        'soak',
        '--url',
        `https://localhost:${port}/`,
        '--ca',
        caFile,
        '--transport',
        'undici',
        ...FEW,
        '--clients',
        '200',
        '--mix',
        'healthy=1',
      ],
      { limits: 'ulimit -n 100' },
    );
    expect(parseReport(stdout).clients.connected).toBe(200);
  });

  it('a soak with the transport of HTTP/2 says of stalled clients that could not be judged that they were not', async () => {
    const { port } = await http2Server();
    const { stdout } = await runProgram([
      'soak',
      '--url',
      `https://localhost:${port}/`,
      '--ca',
      caFile,
      '--transport',
      'undici',
      ...FEW,
      '--mix',
      'healthy=1,stalled=1',
    ]);
    const report = parseReport(stdout);
    expect(failures(report), JSON.stringify(report.findings)).toEqual([]);
    expect(report.eviction).toMatchObject({ expected: 0, evicted: 0, missed: 0, notMeasured: 30 });
    expect(report.findings.find(({ id }) => id === 'not-measured')).toMatchObject({
      severity: 'info',
      evidence: { evictionsUnknown: 30 },
      hint: expect.stringContaining('5MiB') as string,
    });
  });

  it('a soak with the transport of HTTP/2 puts many clients on one connection, and loses nothing', async () => {
    const { port, sessions } = await http2Server();
    const { stdout } = await runProgram([
      'soak',
      '--url',
      `https://localhost:${port}/`,
      '--ca',
      caFile,
      '--transport',
      'undici',
      '--streams-per-connection',
      '20',
      ...FEW,
      '--mix',
      'healthy=1',
    ]);
    const report = parseReport(stdout);
    expect(failures(report), JSON.stringify(report.findings)).toEqual([]);
    expect(report).toMatchObject({
      target: { protocol: 'h2' },
      clients: { connected: 60, dropped: 0 },
      events: { lost: 0, duplicated: 0 },
    });
    // One more for the question what it speaks, and one for the first look.
    expect(sessions()).toBeGreaterThanOrEqual(3);
    expect(sessions()).toBeLessThanOrEqual(7);
  });
});

/** What a server does with a stream that takes nothing any more. */
type Manners = 'evicts' | 'keeps';

/** 2.5 MB a second to everybody; `evicts`: without the streams that have been full for a second. */
async function floodingServer(protocol: 'http/1.1' | 'h2', manners: Manners): Promise<number> {
  const fullSince = new Map<ServerHttp2Stream | ServerResponse, number>();
  const piece = `: ${'x'.repeat(256 * 1024)}\n\n`;
  const timer = setInterval(() => {
    for (const [stream, sinceMs] of fullSince) {
      if (!stream.writableNeedDrain) {
        stream.write(piece);
        fullSince.set(stream, performance.now());
      } else if (manners === 'evicts' && performance.now() - sinceMs > 1000) {
        if ('session' in stream) stream.close(constants.NGHTTP2_CANCEL);
        else stream.destroy();
      }
    }
  }, 100);
  closers.push(() => clearInterval(timer));
  const take = (stream: ServerHttp2Stream | ServerResponse): void => {
    fullSince.set(stream, performance.now());
    stream.on('error', () => {}).on('close', () => fullSince.delete(stream));
  };
  if (protocol === 'http/1.1') {
    return listen(
      createHttpsServer({ cert, key }, (_req, res) =>
        take(res.writeHead(200, { 'Content-Type': 'text/event-stream' })),
      ),
    );
  }
  const server = createSecureServer({ cert, key });
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'text/event-stream' });
    take(stream);
  });
  return listen(server);
}

const WITH_STALLED = [
  '--clients',
  '6',
  '--ramp',
  '0s',
  '--duration',
  '17s',
  '--evict-within',
  '3s',
  '--mix',
  'healthy=1,stalled=1',
  '--json',
];

describe.concurrent.each([
  ['http/1.1', 'wire'],
  ['http/1.1', 'undici'],
  ['h2', 'undici'],
] as const)('stalled clients over TLS, %s by the transport %s', (protocol, transport) => {
  it.each([
    ['evicts', 0],
    ['keeps', 3],
  ] as const)('of a server that %s them: %i of 3 are kept', async (manners, missed) => {
    const port = await floodingServer(protocol, manners);
    const { stdout } = await runProgram([
      'soak',
      '--url',
      `https://localhost:${port}/`,
      '--ca',
      caFile,
      '--transport',
      transport,
      ...WITH_STALLED,
    ]);
    const report = parseReport(stdout);
    expect(report).toMatchObject({ target: { protocol }, clients: { connected: 6, dropped: 0 } });
    expect(report.eviction, JSON.stringify(report.findings)).toMatchObject({
      expected: 3,
      evicted: 3 - missed,
      missed,
      notMeasured: 0,
    });
    expect(failures(report)).toEqual(missed > 0 ? ['stale-client-kept'] : []);
  });
});

async function proxyServer(): Promise<ProxyServer> {
  const proxy = await ProxyServer.start();
  closers.push(() => void proxy.close());
  return proxy;
}

function environment(variables: Record<string, string>): ProgramOptions {
  return {
    limits: Object.entries(variables)
      .map(([name, value]) => `export ${name}='${value}'`)
      .join('; '),
  };
}

/** Asks for streams at names that nobody but the proxy knows (RFC 6761, 6.4: they never resolve). */
describe.concurrent('a proxy of the environment', () => {
  const HEALTHY = [...FEW, '--mix', 'healthy=1', '--transport', 'undici'];

  it('a proxy of the environment is used, looks the names up, those of redirects too, and stands in the report without its password', async () => {
    const ticker = new Ticker();
    const port = await listen(
      createServer((req, res) => {
        if (req.headers.host?.startsWith('first.') === true) {
          res.writeHead(307, { Location: `http://second.invalid:${port}/there` }).end();
          return;
        }
        res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
        ticker.add(res);
      }),
    );
    const proxy = await proxyServer();
    const { stdout, stderr } = await runProgram(
      ['soak', '--url', `http://first.invalid:${port}/`, ...HEALTHY],
      environment({ http_proxy: `me:S3CRET@127.0.0.1:${proxy.port}` }),
    );
    const report = parseReport(stdout);
    expect([failures(report), report.clients.connected], JSON.stringify(report.findings)).toEqual([[], 60]);
    expect((report as unknown as { target: Record<string, unknown> }).target['proxy']).toBe(
      `http://REDACTED@127.0.0.1:${proxy.port}/`,
    );
    expect(stdout + stderr).not.toContain('S3CRET');
    expect(new Set(proxy.lines)).toEqual(
      new Set([`GET http://first.invalid:${port}/`, `GET http://second.invalid:${port}/there`]),
    );
  });

  it('a proxy of the environment is a tunnel for HTTP/2, also for the question whether the server speaks it', async () => {
    const named = authority.issue({ name: 'stream.invalid', dnsNames: ['stream.invalid'] });
    const ticker = new Ticker();
    const server = createSecureServer({ cert: named.certificate, key: named.key, allowHTTP1: false });
    server.on('stream', (stream) => {
      stream.on('error', () => {});
      stream.respond({ ':status': 200, 'content-type': 'text/event-stream' });
      ticker.add(stream);
    });
    const port = await listen(server);
    const proxy = await proxyServer();
    const { stdout } = await runProgram(
      ['soak', '--url', `https://stream.invalid:${port}/`, '--ca', caFile, ...HEALTHY],
      environment({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }),
    );
    const report = parseReport(stdout);
    expect(failures(report), JSON.stringify(report.findings)).toEqual([]);
    expect(report).toMatchObject({ target: { protocol: 'h2' }, clients: { connected: 60 } });
    expect(new Set(proxy.lines)).toEqual(new Set([`CONNECT stream.invalid:${port}`]));
  });

  it.each<[what: string, variables: Record<string, string>, code: number, said: RegExp]>([
    [
      'excepted by no_proxy',
      { http_proxy: 'http://127.0.0.1:1', no_proxy: 'invalid' },
      4,
      /stream\.invalid could not be resolved/,
    ],
    [
      'that is not there',
      { http_proxy: 'http://127.0.0.1:1' },
      4,
      /stream\.invalid:9 cannot be reached: refused \(proxy 127\.0\.0\.1:1: /,
    ],
    ['of another kind', { all_proxy: 'socks5://me:S3CRET@127.0.0.1:1' }, 2, /all_proxy does not name an HTTP proxy/],
  ])('a proxy of the environment %s', async (_what, variables, code, said) => {
    const outcome = await runProgram(['soak', '--url', 'http://stream.invalid:9/', ...HEALTHY], environment(variables));
    expect([outcome.code, outcome.stderr]).toEqual([code, expect.stringMatching(said)]);
    expect(outcome.stderr).not.toContain('S3CRET');
  });

  it('a proxy of the environment is not used for loopback', async () => {
    const port = await secureServer();
    const proxy = await proxyServer();
    const { stdout } = await runProgram(
      ['soak', '--url', `https://localhost:${port}/`, '--ca', caFile, ...HEALTHY],
      environment({ https_proxy: `http://127.0.0.1:${proxy.port}` }),
    );
    const report = parseReport(stdout);
    expect([failures(report), report.clients.connected, proxy.lines]).toEqual([[], 60, []]);
  });

  it('a proxy of the environment is not used by the lean transport, which says so once', async () => {
    const { code, stderr } = await runProgram(
      ['soak', '--url', 'http://stream.invalid:9/', ...FEW],
      environment({ http_proxy: 'http://me:S3CRET@127.0.0.1:1' }),
    );
    expect(code).toBe(4);
    expect(
      stderr.match(
        /^http_proxy sets a proxy, which the wire transport does not use: stream\.invalid is reached directly.*$/gm,
      ),
    ).toHaveLength(1);
    expect(stderr).not.toContain('S3CRET');
  });
});

describe.concurrent('a proxy', () => {
  it('a proxy needs the transport that knows proxies', async () => {
    const { code, stderr } = await runProgram([
      'soak',
      '--url',
      'http://127.0.0.1:1/',
      '--proxy',
      'http://127.0.0.1:2',
      ...FEW,
    ]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Add --transport undici')]);
  });
});
