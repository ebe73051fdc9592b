import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { readExposition } from '../support/exposition-reader.ts';
import { type Outcome, type RunningProgram, runProgram, startProgram } from '../support/program.ts';
import { OK, ScriptedServer } from '../support/scripted-server.ts';
import { Authority } from '../wire/certificates.ts';

const EVENT = 'retry: 1000\n\nid: 1\ndata: a\n\n';
const STREAM = { text: `${OK}${EVENT}`, after: 'open' } as const;

interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

class ExporterRig {
  readonly url: string;
  private readonly program: RunningProgram;

  private constructor(program: RunningProgram, url: string) {
    this.program = program;
    this.url = url;
  }

  static async start(...flags: string[]): Promise<ExporterRig> {
    const program = startProgram(['probe', '--serve', '127.0.0.1:0', '--until', 'event', ...flags]);
    const [, url = ''] = await program.says(/listening on (\S+)/);
    return new ExporterRig(program, url);
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, { headers });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  probe(target: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.get(`/probe?target=${encodeURIComponent(target)}`, headers);
  }

  /** What the exporter says of itself. */
  async figure(name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
    return readExposition((await this.get('/metrics')).text).value(name, labels);
  }

  /** Until it is that. */
  async figureIs(value: number, name: string, labels: Record<string, string> = {}): Promise<void> {
    await vi.waitFor(
      async () => {
        const now = await this.figure(name, labels);
        if (now !== value) throw new Error(`${name} is ${now}, not ${value}`);
      },
      { timeout: 20_000 },
    );
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Outcome> {
    this.program.child.kill(signal);
    return this.program.outcome;
  }
}

describe('probe --serve', () => {
  const servers: ScriptedServer[] = [];
  let exporter: ExporterRig;
  let sound: ScriptedServer;
  let forbidden: ScriptedServer;
  let silent: ScriptedServer;
  let leading: ScriptedServer;
  let broken: ScriptedServer;

  async function serving(...answers: Parameters<typeof ScriptedServer.start>): Promise<ScriptedServer> {
    const server = await ScriptedServer.start(...answers);
    servers.push(server);
    return server;
  }

  beforeAll(async () => {
    sound = await serving(STREAM);
    forbidden = await serving(STREAM);
    silent = await serving(() => {});
    leading = await serving(
      `HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:${forbidden.port}/events\r\nContent-Length: 0\r\n\r\n`,
    );
    broken = await serving('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>"} 1\nprobe_success 1\n');
    const allowed = [sound, silent, leading, broken].map(({ port }) => `--allow-target=127.0.0.1:${port}`);
    exporter = await ExporterRig.start(
      '--max-probes',
      '1',
      '--allow-target',
      'http://nosuch.invalid',
      '--allow-target',
      '127.0.0.1:1',
      ...allowed,
    );
  });

  afterAll(async () => {
    await exporter.stop();
    for (const server of servers) await server.close();
  });

  // One probe at a time is allowed here, so the next test must find none.
  afterEach(() => exporter.figureIs(0, 'sse_probe_exporter_probes_running'));

  it('probe --serve answers with what a probe of a sound stream found', async () => {
    const { status, headers, text } = await exporter.probe(`http://127.0.0.1:${sound.port}/events`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const { value } = readExposition(text);
    expect(value('probe_success')).toBe(1);
    expect(value('probe_http_status_code')).toBe(200);
    expect(value('probe_sse_events')).toBe(1);
    expect(value('probe_sse_retry_seconds')).toBe(1);
    expect(value('probe_duration_seconds')).toBeGreaterThan(0);
  });

  it.each([
    ['a name that does not exist', () => 'http://nosuch.invalid/events'],
    ['a port where nobody listens', () => 'http://127.0.0.1:1/events'],
    ['what is no stream', () => `http://127.0.0.1:${broken.port}/events`],
  ])('probe --serve answers with probe_success 0 for %s', async (_, target) => {
    const { status, text } = await exporter.probe(target());
    expect(status).toBe(200);
    const { value } = readExposition(text);
    expect(value('probe_success')).toBe(0);
    expect(value('probe_sse_status', { status: 'critical' })).toBe(1);
    expect(value('probe_sse_events') ?? 0).toBe(0);
  });

  it('probe --serve shows a person what its last probes saw', async () => {
    const target = `http://127.0.0.1:${broken.port}/events?x=<script>`;
    await exporter.probe(target);
    const { headers, text } = await exporter.get('/');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'");
    expect(text).not.toContain('<script>');
    const [, path = ''] = /href="(\/probes\/\d+)">critical<\/a>/.exec(text) ?? [];
    expect((await exporter.get(path)).text).toMatch(/CRITICAL {2}http:\/\/127\.0\.0\.1:\d+\/events\?x=/);
    const debug = await exporter.get(`/probe?debug=true&target=${encodeURIComponent(target)}`);
    expect(debug.text).toMatch(/CRITICAL.*\n\nMetrics that Prometheus would get:\n\n.*\n.*\nprobe_success 0\n/s);
  });

  it('probe --serve tells when the certificate of a target expires', async () => {
    const authority = new Authority();
    const notAfter = new Date(Math.ceil(Date.now() / 1000) * 1000 + 20 * 86_400_000);
    const { certificate: cert, key } = authority.issue({
      name: 'localhost',
      dnsNames: ['localhost'],
      ipv4: ['127.0.0.1'],
      notAfter,
    });
    const server = createServer({ cert, key }, (_, res) =>
      res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(EVENT),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const folder = await mkdtemp(join(tmpdir(), 'sse-probe-'));
    try {
      await writeFile(join(folder, 'ca.pem'), authority.identity.certificate);
      const { port } = server.address() as AddressInfo;
      const secure = await ExporterRig.start(
        '--ca',
        join(folder, 'ca.pem'),
        '--allow-target',
        `https://127.0.0.1:${port}/`,
      );
      const { value } = readExposition((await secure.probe(`https://127.0.0.1:${port}/events`)).text);
      expect(value('probe_success')).toBe(1);
      expect(value('probe_http_ssl')).toBe(1);
      expect(value('probe_ssl_earliest_cert_expiry')).toBe(notAfter.getTime() / 1000);
      expect((await secure.probe(`http://127.0.0.1:${port}/events`)).status).toBe(403);
      expect((await secure.stop()).code).toBe(0);
    } finally {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    }
  });

  it('probe --serve answers within the time that Prometheus gives it, whatever the server does', async () => {
    const { status, text } = await exporter.probe(`http://127.0.0.1:${silent.port}/events`, {
      'X-Prometheus-Scrape-Timeout-Seconds': '1.5',
    });
    expect(status).toBe(200);
    const { value } = readExposition(text);
    expect(value('probe_success')).toBe(0);
    expect(value('probe_duration_seconds')).toBeLessThan(1.5);
  });

  it('probe --serve goes nowhere that is not allowed, whatever is asked', async () => {
    const before = forbidden.requests.length;
    for (const target of [
      `http://127.0.0.1:${forbidden.port}/events`,
      `http://127.0.0.1:${sound.port}@127.0.0.1:${forbidden.port}/events`,
      `http://localhost:${forbidden.port}/`,
      'http://169.254.169.254/latest/meta-data/',
      'file:///etc/passwd',
    ]) {
      const { status, text } = await exporter.probe(target);
      expect([400, 403], target).toContain(status);
      expect(text).not.toContain('probe_success');
    }
    expect(forbidden.requests.length).toBe(before);
  });

  it('probe --serve follows no redirect to where it may not go', async () => {
    const { text } = await exporter.probe(`http://127.0.0.1:${leading.port}/events`);
    expect(readExposition(text).value('probe_success')).toBe(0);
    expect(forbidden.requests).toEqual([]);
  });

  it('probe --serve sends no POST with its token for a caller, unless its owner allows the profile', async () => {
    const asked = sound.requests.length;
    const target = `http://127.0.0.1:${sound.port}/events`;
    const { status, text } = await exporter.get(`/probe?profile=mcp&target=${target}`);
    expect([status, text]).toEqual([403, '--allow-profile does not allow the profile mcp\n']);
    expect(sound.requests.length).toBe(asked);
    const other = await ExporterRig.start('--allow-target', `127.0.0.1:${sound.port}`, '--allow-profile', 'openai');
    expect((await other.get(`/probe?profile=openai&target=${target}`)).status).toBe(200);
    expect((await other.get(`/probe?profile=mcp&target=${target}`)).status).toBe(403);
    await other.stop();
  });

  it.each([
    '',
    '?target=',
    '?target=x&target=y',
    '?target=http://127.0.0.1:1/&modul=x',
    '?target=http://127.0.0.1:1/&profile=smtp',
  ])('probe --serve refuses /probe%s with a sentence', async (query) => {
    const { status, text } = await exporter.get(`/probe${query}`);
    expect(status).toBe(400);
    expect(text.trim().split('\n').length).toBe(1);
  });

  it('probe --serve refuses what is above its bound, and ends a probe whose scraper has gone', async () => {
    const [abandoned = Number.NaN, busy = Number.NaN] = [
      await exporter.figure('sse_probe_exporter_probes_total', { outcome: 'abandoned' }),
      await exporter.figure('sse_probe_exporter_refused_total', { reason: 'busy' }),
    ];
    const waiting = get(`${exporter.url}/probe?target=http://127.0.0.1:${silent.port}/events`);
    const gone = once(waiting, 'error');
    await exporter.figureIs(1, 'sse_probe_exporter_probes_running');
    const { status, headers } = await exporter.probe(`http://127.0.0.1:${sound.port}/events`);
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('5');
    expect((await exporter.get('/healthz')).status).toBe(200);
    waiting.destroy();
    await gone;
    await exporter.figureIs(abandoned + 1, 'sse_probe_exporter_probes_total', { outcome: 'abandoned' });
    await exporter.figureIs(busy + 1, 'sse_probe_exporter_refused_total', { reason: 'busy' });
    expect((await exporter.probe(`http://127.0.0.1:${sound.port}/events`)).status).toBe(200);
  });

  it('probe --serve counts what it did, and is alive', async () => {
    const before = (await exporter.figure('sse_probe_exporter_probes_total', { outcome: 'ok' })) ?? Number.NaN;
    await exporter.probe(`http://127.0.0.1:${sound.port}/events`);
    expect(
      ((await exporter.figure('sse_probe_exporter_probes_total', { outcome: 'ok' })) ?? 0) +
        ((await exporter.figure('sse_probe_exporter_probes_total', { outcome: 'warning' })) ?? 0),
    ).toBeGreaterThan(before);
    expect(await exporter.figure('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(JSON.parse((await exporter.get('/healthz')).text)).toEqual({ status: 'ok' });
  });

  it('probe --serve knows no other paths and methods', async () => {
    expect((await exporter.get('/probes/99999')).status).toBe(404);
    const response = await fetch(`${exporter.url}/probe?target=http://127.0.0.1:1/`, { method: 'POST', body: 'x' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  });

  it('probe --serve ends at a signal, also while it probes', async () => {
    const other = await ExporterRig.start('--allow-target', `127.0.0.1:${silent.port}`);
    const waiting = other.probe(`http://127.0.0.1:${silent.port}/events`).then(
      ({ status }) => status,
      () => 'cut',
    );
    await other.figureIs(1, 'sse_probe_exporter_probes_running');
    const { code, stderr } = await other.stop();
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect([503, 'cut']).toContain(await waiting);
  });

  it.each([
    [['--serve', ':0'], '--serve: needs at least one --allow-target'],
    [['--serve', '9099', '--allow-target', 'a.example'], '--serve: "9099" is not HOST:PORT or :PORT'],
    [['--serve', ':0', '--allow-target', '*'], '--allow-target: "*" is not a target'],
    [
      ['--serve', ':0', '--allow-target', 'a.example', '--watch', '30s'],
      '--watch: cannot be combined with --serve: an exporter probes on request',
    ],
    [
      ['--serve', ':0', '--allow-target', 'a.test', '--wait', '30s'],
      '--wait: cannot be combined with --serve: an exporter reports an unreachable target immediately',
    ],
    [['--serve', ':0', '--allow-target', 'a.example', 'http://a.example/'], 'the target comes with each request'],
    [['--allow-target', 'a.example', 'http://a.example/'], '--allow-target: works only with --serve'],
    [['--allow-profile', 'mcp', 'http://a.example/'], '--allow-profile: works only with --serve'],
    [['--serve', '203.0.113.1:0', '--allow-target', 'a.example'], 'cannot listen on 203.0.113.1:0'],
  ])('probe --serve does not start with %j', async (flags, message) => {
    const { code, stdout, stderr } = await runProgram(['probe', ...flags]);
    expect(stderr).toContain(message);
    expect(code).toBe(3);
    expect(stdout).toBe('');
  });
});
