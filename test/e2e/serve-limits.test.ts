/** The server at its limits, each in a process of its own: time, descriptors, events without end, a proxy in front. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, it, type TestContext } from 'vitest';
import { PATIENCE, RawClient } from '../server/raw-client.ts';
import { startProgram } from '../support/program.ts';
import { found } from '../support/real-servers/found.ts';
import { startNginx } from '../support/real-servers/nginx.ts';
import { OwnServer } from '../support/own-server.ts';

const onLinux = process.platform === 'linux';
const nginx = found('nginx');
/** The end of one: a piece of the network holds it whole. */
const BEAT = 'ing\n\n';
const LONG = { timeout: 60_000, interval: 50 };

/** What one test started, and ends with it. */
interface Scene {
  serving(args: readonly string[], nodeArgs?: readonly string[]): Promise<OwnServer>;
  client(port: number, options?: { path?: string; paused?: boolean; headers?: Record<string, string> }): RawClient;
  after(cleanup: () => unknown): void;
  expect: TestContext['expect'];
}

function scene({ onTestFinished, expect }: TestContext): Scene {
  const after: Scene['after'] = (cleanup) =>
    onTestFinished(async () => {
      await cleanup();
    });
  return {
    after,
    expect,
    async serving(args, nodeArgs = []) {
      const server = await OwnServer.start(args, 0, nodeArgs);
      after(() => server.kill());
      return server;
    },
    client(port, options = {}) {
      const made = new RawClient({ port, ...options });
      after(() => made.destroy());
      return made;
    },
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe.concurrent('heartbeats of a server that is busy', () => {
  it('heartbeats of a server that is busy keep their period over 35 of them, while events flow and others read nothing, on a stream older than any time-out', async (context) => {
    const { serving, client, expect } = scene(context);
    const server = await serving([
      '--heartbeat=500ms',
      '--rate=50/s',
      '--event-size=4KB',
      '--max-fill=16MiB',
      '--max-queue=64MiB',
      '--evict-after=10m',
    ]);
    for (let count = 0; count < 5; count++) client(server.port, { path: '/events?fill=16777216', paused: true });
    const healthy = Array.from({ length: 5 }, () => client(server.port));
    const beatsMs = healthy.map((): number[] => []);
    for (const [index, { socket }] of healthy.entries()) {
      socket.on('data', (chunk: Buffer) => {
        for (let at = chunk.indexOf(BEAT); at !== -1; at = chunk.indexOf(BEAT, at + 1))
          beatsMs[index]?.push(performance.now());
      });
    }
    await expect.poll(() => Math.min(...beatsMs.map((beats) => beats.length)), LONG).toBeGreaterThan(35);
    for (const beats of beatsMs) {
      const meanMs = ((beats[35] ?? 0) - (beats[0] ?? 0)) / 35;
      expect(meanMs).toBeGreaterThan(450);
      expect(meanMs).toBeLessThan(550);
    }
    expect((await server.stats()).clients).toMatchObject({ connected: 10, blocked: 5 });
    for (const one of healthy) {
      const blocks = one.body.slice(0, one.body.lastIndexOf('\n\n')).split('\n\n').slice(1);
      expect(
        blocks.filter(
          (block) => block !== ': ping' && !/^id: \S+-\d+\nevent: tick\ndata: \{"seq":\d+,.*\}$/.test(block),
        ),
      ).toEqual([]);
    }
  });
});

describe.concurrent('a wall clock that is set an hour forward, and two back', () => {
  it('a wall clock that is set an hour forward, and two back moves no heartbeat, no eviction and no due time', async (context) => {
    const { serving, client, expect } = scene(context);
    const server = await serving(
      ['--heartbeat=100ms', '--rate=20/s', '--evict-after=2s', '--max-fill=1MiB'],
      ['--import', fileURLToPath(new URL('../support/stepped-clock.mjs', import.meta.url))],
    );
    const one = client(server.port);
    await one.untilConnected();
    for (const stepMs of [3_600_000, -3_600_000]) {
      const [beats, ticks] = [one.body.split(': ping\n').length, one.messagesOf('tick').length];
      server.child.kill('SIGUSR2');
      await expect
        .poll(() => Math.round((Number(/it is (\d+)\n$/.exec(server.stderr)?.[1]) - Date.now()) / 3_600_000), PATIENCE)
        .toBe(stepMs / 3_600_000);
      // It must not go for what the clock says, and must go for what it does not accept.
      client(server.port, { path: '/events?fill=524288', paused: true });
      await expect.poll(() => one.body.split(': ping\n').length, PATIENCE).toBeGreaterThan(beats + 20);
      expect(one.messagesOf('tick').length).toBeGreaterThan(ticks + 20);
    }
    await expect.poll(async () => (await server.stats()).evicted.unacknowledged, PATIENCE).toBe(onLinux ? 2 : 0);
    expect((await server.stats()).clients.connected).toBe(onLinux ? 1 : 3);
    const due = one.messagesOf('tick').map(({ data }) => (JSON.parse(data) as { scheduled: number }).scheduled);
    for (const [index, scheduledMs] of due.entries()) expect(scheduledMs).toBeCloseTo((due[0] ?? 0) + index * 50, 2);
    expect(((await server.ask('/readyz')).body as { ready: boolean }).ready).toBe(true);
  });
});

describe.concurrent('a million events that nobody listens to', { tags: ['long'] }, () => {
  it('a million events that nobody listens to leave no memory behind: the oldest go', async (context) => {
    const { serving, expect } = scene(context);
    const few = await serving(['--rate=100000/s', '--event-size=200B', '--replay=1000']);
    await expect.poll(() => published(few), LONG).toBeGreaterThan(200_000);
    await few.collectGarbage();
    const before = (await few.stats()).memory;
    await expect.poll(() => published(few), LONG).toBeGreaterThan(1_200_000);
    await few.collectGarbage();
    const after = (await few.stats()).memory;
    // Each event kept would be some 500 bytes: half a gigabyte.
    expect(after.rssBytes - before.rssBytes).toBeLessThan(40e6);
    expect(after.heapUsedBytes - before.heapUsedBytes).toBeLessThan(10e6);
  });

  it('a million events that nobody listens to are bounded by their bytes too, and who asks for the first ones is told the range lost', async (context) => {
    const { serving, client, expect } = scene(context);
    const large = await serving(['--rate=200/s', '--event-size=1MiB', '--replay=1000000', '--replay-bytes=8MiB']);
    await expect.poll(() => published(large), LONG).toBeGreaterThan(500);
    await large.collectGarbage();
    expect((await large.stats()).memory.rssBytes).toBeLessThan(250e6);
    const live = client(large.port);
    await live.untilText('event: tick');
    const first = `${/^id: ([a-z0-9]+)-/m.exec(live.text)?.[1]}-1`;
    live.destroy();
    const late = client(large.port, { headers: { 'Last-Event-ID': first } });
    await late.untilConnected();
    expect(late.greeting).toMatchObject({ resumedFrom: first, replayed: 7 });
    expect(JSON.parse(late.messagesOf('missed')[0]?.data ?? '')).toMatchObject({ from: 2, reason: 'expired' });
  });
});

describe.concurrent('without descriptors', () => {
  it.runIf(onLinux)(
    'without descriptors the server answers those it has, waits without a busy loop, says which limit it is, and serves again later',
    async (context) => {
      const { client, after, expect } = scene(context);
      const { child, outcome, says } = startProgram(['serve', '--port=0', '--rate=20/s'], { limits: 'ulimit -n 64' });
      after(() => child.kill('SIGKILL'));
      const port = Number((await says(/listening on \S+:(\d+)\n/))[1]);
      const seated = client(port);
      await seated.untilConnected();
      const paths = ['/metrics', '/stats', '/readyz', '/clients', '/', '/dashboard/events'];
      const askers = paths.map(() => net.connect(port, '127.0.0.1').setEncoding('latin1'));
      const answers = askers.map((asker, index) => {
        after(() => asker.destroy());
        const said = { path: paths[index], text: '' };
        asker.on('data', (text: string) => {
          said.text += text;
        });
        return said;
      });
      await sleep(300);
      const crowd = Array.from({ length: 100 }, () => client(port));
      await says(/^sse-probe: a client could not be accepted \(EMFILE\): .*ulimit -n$/m);
      const cpuBefore = cpuSeconds(child.pid ?? 0);
      for (const [index, asker] of askers.entries()) asker.write(`GET ${paths[index]} HTTP/1.1\r\nHost: x\r\n\r\n`);
      const ticks = seated.messagesOf('tick').length;
      await expect.poll(() => answers.filter(({ text }) => text === ''), PATIENCE).toEqual([]);
      expect(answers.find(({ path }) => path === '/readyz')?.text).toMatch(
        /^HTTP\/1\.1 503 [^]*no file descriptor left for a new client \(EMFILE\)/,
      );
      expect(answers.find(({ path }) => path === '/metrics')?.text).toMatch(
        /^HTTP\/1\.1 200 [^]*sse_probe_ready\{component="listener"\} 0/,
      );
      await sleep(3000);
      expect(cpuSeconds(child.pid ?? 0) - cpuBefore).toBeLessThan(1.5);
      expect(seated.messagesOf('tick').length).toBeGreaterThan(ticks + 20);
      for (const each of crowd) each.destroy();
      await expect
        .poll(async () => {
          const late = client(port);
          await sleep(200);
          return late.text.includes('event: connected');
        }, PATIENCE)
        .toBe(true);
      await expect.poll(async () => (await fetch(`http://127.0.0.1:${port}/`)).status, PATIENCE).toBe(200);
      child.kill('SIGTERM');
      const { code, stderr } = await outcome;
      expect([code, stderr.split('\n').filter((line) => line.includes('EMFILE')).length]).toEqual([0, 1]);
    },
  );
});

describe.concurrent('behind nginx', () => {
  const why = 'missing' in nginx ? ` (${nginx.missing})` : '';
  it.skipIf('missing' in nginx)(
    `behind nginx that collects and compresses where it may, events arrive one by one and a leaver is noticed${why}`,
    async (context) => {
      const { serving, after, expect } = scene(context);
      const server = await serving(['--rate=0/s', '--publish-token=ours', '--heartbeat=200ms']);
      const proxy = await startNginx('missing' in nginx ? '' : nginx.found, `http://127.0.0.1:${server.port}`, [
        'gzip on',
        'gzip_types *',
        'gzip_min_length 1',
        'gzip_proxied any',
        'proxy_buffering on',
      ]);
      after(() => proxy.stop());
      const leaving = new AbortController();
      // As curl has it and as a browser: nginx compresses for the second, whatever `no-transform` says.
      const readers = await Promise.all(
        ['identity', 'gzip'].map(async (coding) => {
          const { headers, body } = await fetch(proxy.url, {
            headers: { 'Accept-Encoding': coding },
            signal: leaving.signal,
          });
          expect(headers.get('content-encoding')).toBe(coding === 'gzip' ? 'gzip' : null);
          return { body: (body as ReadableStream<Uint8Array>).getReader(), text: '' };
        }),
      );
      const untilAll = (part: string): Promise<unknown> =>
        Promise.all(
          readers.map(async (reader) => {
            while (!reader.text.includes(part))
              reader.text += Buffer.from((await reader.body.read()).value ?? []).toString();
          }),
        );
      await untilAll('event: connected\n');
      await untilAll(': ping\n');
      for (let count = 1; count <= 20; count++) {
        await fetch(`http://127.0.0.1:${server.port}/publish`, {
          method: 'POST',
          headers: { Authorization: 'Bearer ours', 'Content-Type': 'application/json' },
          body: JSON.stringify({ data: `number ${count}` }),
        });
        // The next one is sent when this one is here: nothing may wait for company.
        await untilAll(`data: number ${count}\n\n`);
      }
      expect((await server.stats()).clients.connected).toBe(2);
      leaving.abort();
      await expect.poll(async () => (await server.stats()).clients.connected, PATIENCE).toBe(0);
    },
  );
});

async function published(server: OwnServer): Promise<number> {
  return (await server.stats()).events.published;
}

/** User and system time of a process so far. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
