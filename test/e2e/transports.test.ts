import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { failures, parseReport } from '../support/soak-report.ts';
import { Authority } from '../wire/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-transports-'));
const authority = new Authority();
const { certificate: cert, key } = authority.issue({ name: 'localhost', dnsNames: ['localhost'], ipv4: ['127.0.0.1'] });
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, authority.identity.certificate);

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});
afterAll(() => rm(folder, { recursive: true }));

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
    for (const stream of this.streams) stream.write(`id: ${this.seq}\ndata: {"seq":${this.seq},"scheduled":${Date.now()}}\n\n`);
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
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return (server.address() as AddressInfo).port;
}

async function secureServer(): Promise<number> {
  const ticker = new Ticker();
  return listen(createHttpsServer({ cert, key }, (_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    ticker.add(res);
  }));
}

const FEW = ['--clients', '60', '--ramp', '500ms', '--duration', '4s', '--mix', 'healthy=9,resuming=1', '--retry', '300ms', '--json'];

describe('a soak over TLS', () => {
  it('trusts the authority it is told, and loses nothing on open streams', async () => {
    const port = await secureServer();
    const { code, stdout } = await runProgram(['soak', '--url', `https://localhost:${port}/`, '--ca', caFile, ...FEW]);
    const report = parseReport(stdout);
    // This server knows no Last-Event-ID.
    expect([code, failures(report)], JSON.stringify(report.findings)).toEqual([1, ['resume-lost']]);
    expect(report.clients).toMatchObject({ connected: 60, dropped: 0, refused: 0 });
    expect(report.events).toMatchObject({ duplicated: 0, reordered: 0, lost: report.events['resumeLost'] });
    expect(report.latencyMs['count']).toBeGreaterThan(1000);
  });

  it('does not trust an authority that nobody knows: unreachable, with the reason', async () => {
    const port = await secureServer();
    const { code, stderr } = await runProgram(['soak', '--url', `https://localhost:${port}/`, ...FEW]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/cannot be reached: tls \(/);
  });

  it('accepts any certificate with --insecure', async () => {
    const port = await secureServer();
    const { stdout } = await runProgram(['soak', '--url', `https://127.0.0.1:${port}/`, '--insecure', ...FEW, '--mix', 'healthy=1']);
    expect(parseReport(stdout)).toMatchObject({ verdict: 'pass', clients: { connected: 60 } });
  });

  it('refuses a file of authorities that is none', async () => {
    const { code, stderr } = await runProgram(['soak', '--url', 'https://127.0.0.1:1/', '--ca', join(folder, 'none.pem'), ...FEW]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('none.pem cannot be read (ENOENT)')]);
  });
});

describe('a soak over HTTP/2', () => {
  it('puts many clients on one connection, and loses nothing', async () => {
    const ticker = new Ticker();
    let sessions = 0;
    const server = createSecureServer({ cert, key, allowHTTP1: false });
    server.on('session', () => { sessions += 1; });
    server.on('stream', (stream) => {
      stream.on('error', () => {});
      stream.respond({ ':status': 200, 'content-type': 'text/event-stream' });
      ticker.add(stream);
    });
    const port = await listen(server);
    const { code, stdout } = await runProgram(['soak', '--url', `https://localhost:${port}/`, '--ca', caFile, '--transport', 'undici',
      '--streams-per-connection', '20', ...FEW, '--mix', 'healthy=1']);
    const report = parseReport(stdout);
    expect([code, failures(report)], JSON.stringify(report.findings)).toEqual([0, []]);
    expect(report).toMatchObject({ target: { protocol: 'h2' }, clients: { connected: 60, dropped: 0 }, events: { lost: 0, duplicated: 0 } });
    // One more for the first look.
    expect(sessions).toBeGreaterThanOrEqual(3);
    expect(sessions).toBeLessThanOrEqual(6);
  });
});

describe('a proxy', () => {
  it('needs the transport that knows proxies', async () => {
    const { code, stderr } = await runProgram(['soak', '--url', 'http://127.0.0.1:1/', '--proxy', 'http://127.0.0.1:2', ...FEW]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Add --transport undici')]);
  });
});
