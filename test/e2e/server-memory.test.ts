import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { soakAsNobody } from '../support/as-nobody.ts';
import { childrenOf, isAlive } from '../support/children.ts';
import { type Outcome, runProgram, startProgram } from '../support/program.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { failures, parseReport, readReport, type SoakReport } from '../support/soak-report.ts';

const MB = 1_000_000;
const SCRIPT = fileURLToPath(new URL('../support/memory-server.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sse-probe-memory-'));
const servers: ServerProcess[] = [];
const workers: number[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  for (const pid of workers) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true });
});

interface MemoryServer extends ServerProcess {
  metrics: string;
  json: string;
}

async function start(behaviour: string): Promise<MemoryServer> {
  const server = await startServerProcess({ command: process.execPath, args: [SCRIPT, behaviour] });
  servers.push(server);
  const origin = new URL(server.url).origin;
  return { ...server, metrics: `${origin}/metrics`, json: `${origin}/json` };
}

/** For all who only look at it. */
let steady: MemoryServer;
beforeAll(async () => {
  steady = await start('steady');
});

const HEALTHY = ['--clients', '20', '--ramp', '500ms', '--mix', 'healthy=1', '--settle', '1s'];

function soak(url: string, ...flags: string[]): Promise<Outcome> {
  return runProgram(['soak', '--url', url, ...HEALTHY, '--duration', '3s', '--quiet', '--json', ...flags]);
}

async function report(outcome: Promise<Outcome>): Promise<SoakReport> {
  const { stdout, stderr, code } = await outcome;
  expect(stderr).toBe('');
  const read = parseReport(stdout);
  expect(read.exitCode).toBe(code);
  return read;
}

function peakBytes(read: SoakReport | undefined): number {
  return read?.server.rssBytes['peak'] ?? Number.NaN;
}

describe.runIf(process.platform === 'linux').concurrent('--server-pid', () => {
  it('--server-pid has the server’s memory in the report and for thresholds', async () => {
    const { url, pid } = steady;
    const read = await report(
      soak(
        url,
        '--server-pid',
        String(pid),
        '--threshold',
        'server.rss.peak<500MB',
        '--threshold',
        'server.rss.peak>1MB',
        '--threshold',
        'server.cpu<100%',
      ),
    );
    expect(read.server).toMatchObject({ source: 'pid', memory: 'pss', restarts: 0, down: null, clientsAfter: null });
    for (const bytes of Object.values(read.server.rssBytes)) expect(bytes).toBeGreaterThan(MB);
    expect(read.series.every(({ rssBytes }) => (rssBytes ?? 0) > MB)).toBe(true);
    expect([read.thresholds.map(({ status }) => status), read.verdict]).toEqual([['pass', 'pass', 'pass'], 'pass']);
  });

  it('--server-pid counts the workers of a cluster, also those that come later', async () => {
    const { url, pid } = await start('cluster');
    workers.push(...childrenOf(pid));
    const read = await report(soak(url, '--server-pid', String(pid), '--duration', '8s'));
    workers.push(...childrenOf(pid));
    // Two with 30 MB each; one is replaced meanwhile.
    expect(read.server.rssBytes['baseline']).toBeGreaterThan(60 * MB);
    expect(read.server.rssBytes['end']).toBeGreaterThan(60 * MB);
    expect(read.server.rssBytes['peak']).toBeLessThan(250 * MB);
    expect([read.server.restarts, read.server.down]).toEqual([0, null]);
  });

  it('--server-pid says that the server ended, at once, and has no zero for what was not there any more', async () => {
    const { url, pid } = await start('dies');
    const read = await report(soak(url, '--server-pid', String(pid), '--duration', '60s'));
    expect(failures(read)).toContain('target-down');
    expect(read.server).toMatchObject({ down: `ended (process ${pid}, node)`, rssBytes: { end: null, settled: null } });
    expect(read.series.filter(({ rssBytes }) => rssBytes === 0)).toEqual([]);
    expect(read.series.length).toBeLessThan(30);
  });

  it.each([
    ['0', 'too small', 2],
    ['node', 'not a whole number', 2],
    [String(process.pid), 'sse-probe itself was started by', 2],
    ['4194304', 'there is no process 4194304', 4],
  ])('--server-pid of %s is refused before anything is sent', async (pid, why, exitCode) => {
    const { url } = steady;
    const { code, stdout, stderr } = await soak(url, '--server-pid', pid);
    expect([code, stdout]).toEqual([exitCode, '']);
    expect(stderr).toMatch(/^sse-probe: --server-pid: [^\n]+\n( {2}[^\n]+\n)?$/);
    expect(stderr).toContain(why);
  });

  it('--server-pid of a process that ended before the run is refused', async () => {
    const { url, pid, stop } = await start('steady');
    await stop();
    const { code, stderr } = await soak(steady.url, '--server-pid', String(pid));
    expect([code, stderr]).toEqual([4, expect.stringContaining(`there is no process ${pid}`)]);
    expect(url).not.toBe(steady.url);
  });

  it.runIf(process.getuid?.() === 0)(
    '--server-pid of another user’s process is its resident memory, and says so',
    async () => {
      const { url, pid } = steady;
      const asked = ['--url', url, ...HEALTHY, '--duration', '2s', '--server-pid', String(pid)];
      const { code, report: read } = await soakAsNobody(asked);
      expect(code).toBe(0);
      expect(read.server).toMatchObject({ source: 'pid', memory: 'rss' });
      expect(read.server.rssBytes['peak']).toBeGreaterThan(30 * MB);
    },
  );
});

describe.concurrent('--server-metrics', () => {
  it('--server-metrics has the server’s memory from Prometheus text, by its usual name, by another, and as a sum', async () => {
    const { url, metrics } = steady;
    const [usual, summed, half] = await Promise.all(
      [metrics, `${metrics}#pool_bytes{pool="a \\"quoted\\" one"}`, `${metrics}#pool_bytes{part="1"}`].map((source) =>
        report(soak(url, '--server-metrics', source)),
      ),
    );
    expect(usual?.server).toMatchObject({ source: 'metrics', memory: 'metric', restarts: 0, clientsAfter: null });
    expect(peakBytes(usual)).toBeGreaterThan(30 * MB);
    expect(Math.abs(peakBytes(summed) / peakBytes(usual) - 1)).toBeLessThan(0.1);
    expect(Math.abs((2 * peakBytes(half)) / peakBytes(usual) - 1)).toBeLessThan(0.1);
  });

  it('--server-metrics has it from JSON, and hides the secrets of the URL', async () => {
    const { url, json } = steady;
    const { stdout, code } = await soak(
      url,
      '--server-metrics',
      `${json.replace('//', '//user:p%40ss@')}?basic&token=hunter2#/memory/rssBytes`,
      '--threshold',
      'server.rss.peak>30MB',
    );
    expect([code, parseReport(stdout).server.source]).toEqual([0, 'metrics']);
    expect(stdout).not.toMatch(/hunter2|p@ss|p%40ss/);
  });

  it('--server-metrics tells a restart by the start time, and blames nobody for it', async () => {
    const { url, metrics } = steady;
    const read = await report(soak(url, '--server-metrics', `${metrics}?reborn`, '--duration', '6s'));
    expect(read.server.restarts).toBe(1);
    expect(read.findings).toEqual([
      expect.objectContaining({
        id: 'not-measured',
        severity: 'info',
        title: expect.stringContaining('before its last restart,') as string,
      }),
    ]);
    expect(read.verdict).toBe('pass');
  });

  it('--server-metrics of a server that is killed is a gap from then on, and the server is down', async () => {
    const { url, metrics } = await start('dies');
    const read = await report(soak(url, '--server-metrics', metrics, '--duration', '8s', '--retry', '200ms'));
    expect(failures(read)).toContain('target-down');
    expect(read.series.at(-1)?.['rssBytes']).toBeNull();
    expect(read.series.filter(({ rssBytes }) => rssBytes === 0)).toEqual([]);
  });

  it.each([
    ['#process_resident_memory_byte', 'has no process_resident_memory_byte', 'process_resident_memory_bytes', 2],
    ['#nan_bytes', 'without a value', '', 2],
    ['?moved', 'redirect (302), which is not followed', '', 4],
    ['?big', 'more than 1048576 bytes', '', 4],
    ['?slow', 'did not respond within 3 s', '', 4],
    ['?basic', 'status 401', '', 4],
    ['#/memory/rssBytes', 'does not return JSON', 'process_resident_memory_bytes', 2],
    ['#', 'is neither a series', '', 2],
  ])('--server-metrics with %s is refused before anything is sent', async (rest, why, hint, exitCode) => {
    const { url, metrics } = steady;
    const { code, stdout, stderr } = await soak(url, '--server-metrics', `${metrics}${rest}`);
    expect([code, stdout]).toEqual([exitCode, '']);
    expect(stderr).toMatch(/^sse-probe: --server-metrics: [^\n]+\n( {2}[^\n]+\n)?$/);
    expect(stderr).toContain(why);
    expect(stderr).toContain(hint);
  });

  it('--server-metrics of nobody is refused', async () => {
    const { url } = steady;
    const gone = await start('steady');
    await gone.stop();
    const { code, stderr } = await soak(url, '--server-metrics', gone.metrics);
    expect([code, stderr]).toEqual([4, expect.stringContaining('cannot be read (ECONNREFUSED)')]);
  });

  it('--server-metrics of a run that is interrupted tells the memory so far', async () => {
    const { url, metrics } = steady;
    const file = join(folder, 'interrupted.json');
    const run = startProgram([
      'soak',
      '--url',
      url,
      ...HEALTHY,
      '--duration',
      '60s',
      '--report',
      `json=${file}`,
      '--server-metrics',
      metrics,
    ]);
    await run.says(/20\/20 clients/);
    run.child.kill('SIGINT');
    expect((await run.outcome).code).toBe(130);
    expect(readReport(file).server.rssBytes['peak']).toBeGreaterThan(MB);
  });
});
