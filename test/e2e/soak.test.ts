import { mkdtempSync, existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { childrenOf, isAlive } from '../support/children.ts';
import { runProgram, startProgram } from '../support/program.ts';
import { failures, parseReport, readReport } from '../support/soak-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-soak-'));
afterAll(() => rm(folder, { recursive: true }));

/** Small and quick, but with every kind of client in it. */
const SMALL = ['soak', '--clients', '200', '--ramp', '500ms', '--seed', '7'];
/** Some are always on their way out or back. */
const NEARLY_ALL = /(?:19\d|200)\/200 clients/;
const SHORT_LIFE = ['--server-arg=--heartbeat=500ms', '--server-arg=--evict-after=2s'];

it('a soak of the sound server passes, evicts every stalled client in time, loses nothing and leaves nothing behind', async () => {
  const { code, stdout, stderr } = await runProgram([
    ...SMALL,
    ...SHORT_LIFE,
    '--duration',
    '10s',
    '--json',
    '--churn',
    '3/s',
    '--mix',
    'healthy=80,slow=5,stalled=5,abrupt=5,resuming=5',
  ]);
  const report = parseReport(stdout);
  expect(failures(report), JSON.stringify(report.findings)).toEqual([]);
  expect([report.verdict, report.exitCode, code, stderr]).toEqual(['pass', 0, 0, '']);
  expect(report.clients).toMatchObject({
    planned: 200,
    connected: 200 + report.clients.churned,
    dropped: 0,
    refused: 0,
  });
  expect(report.clients.churned).toBeGreaterThan(10);
  // As many were gone before their stream began, and the server has forgotten them (clientsAfter).
  expect(report.clients.churnedEarly).toBe(report.clients.churned);
  expect(report.clients.reconnects).toBeGreaterThan(10);
  expect(report.events).toMatchObject({ lost: 0, duplicated: 0, reordered: 0, resumeLost: 0, resumeDuplicated: 0 });
  expect(report.eviction).toMatchObject({ expected: 10, evicted: 10, missed: 0, notMeasured: 0 });
  expect(report.eviction.timeMs['count']).toBe(10);
  // The kernel of a client that never reads takes some, before the server can know.
  expect(report.eviction.swallowedBytes).toBeGreaterThan(16 * 1024);
  expect(report.heartbeat).toMatchObject({ late: 0, missing: 0 });
  expect(report.heartbeat.count).toBeGreaterThan(1000);
  expect(report.latencyMs['count']).toBeGreaterThan(1000);
  expect(report.server.clientsAfter).toBe(0);
  expect(report.series.length).toBeGreaterThan(8);
  const inSeconds = (column: string): number => report.series.reduce((sum, point) => sum + (point[column] ?? 0), 0);
  expect(inSeconds('reconnects')).toBe(report.clients.reconnects);
  expect(inSeconds('heartbeats')).toBeLessThanOrEqual(report.heartbeat.count);
  expect(Object.values(report.clients.ends).reduce((sum, count) => sum + count, 0)).toBe(200 + report.clients.churned);
});

it('a soak of the sound server is judged by thresholds, and one without a sample fails', async () => {
  const { code, stdout } = await runProgram([
    'soak',
    '--clients',
    '20',
    '--ramp',
    '0s',
    '--duration',
    '3s',
    '--json',
    '--mix',
    'healthy=1',
    '--threshold',
    'events.lost==0',
    '--threshold',
    'clients.connected>=20',
    '--threshold',
    'clients.connected<20',
    '--threshold',
    'eviction.time.p50<10s',
  ]);
  const report = parseReport(stdout);
  expect(report.thresholds.map(({ expression, status }) => [expression, status])).toEqual([
    ['events.lost==0', 'pass'],
    ['clients.connected>=20', 'pass'],
    ['clients.connected<20', 'fail'],
    ['eviction.time.p50<10s', 'no-data'],
  ]);
  expect([report.verdict, code]).toEqual(['fail', 1]);
});

it('a soak of the naive server fails because stale clients are kept, clients leak and heartbeats are missing', async () => {
  const { code, stdout } = await runProgram([
    ...SMALL,
    ...SHORT_LIFE,
    '--duration',
    '9s',
    '--settle',
    '2s',
    '--fault',
    'naive',
    '--json',
    '--mix',
    'healthy=90,stalled=5,abrupt=5',
  ]);
  const report = parseReport(stdout);
  expect(failures(report)).toEqual(expect.arrayContaining(['client-leak', 'heartbeat-missing', 'stale-client-kept']));
  expect([report.verdict, code]).toEqual(['fail', 1]);
  expect(report.eviction).toMatchObject({ evicted: 0, missed: 10, expected: 10 });
  // Every stream that there ever was is still counted.
  expect(report.server.clientsAfter).toBe(report.clients.connected + report.clients.reconnects + 1);
  expect(report.findings.find(({ id }) => id === 'heartbeat-missing')?.evidence).toMatchObject({
    heartbeats: 0,
    missing: 180,
  });
});

it('a soak of the naive server says so in words, verdict first', async () => {
  const { code, stdout, stderr } = await runProgram([
    ...SMALL,
    ...SHORT_LIFE,
    '--duration',
    '5s',
    '--settle',
    '1s',
    '--fault',
    'naive',
  ]);
  expect(code).toBe(1);
  expect(stdout.trimStart()).toMatch(/^FAIL/);
  expect(stdout).toContain('client-leak');
  expect(stdout).toContain('seed 7');
  expect(stderr).toContain('starting the built-in server');
  expect(stderr).toMatch(NEARLY_ALL);
});

it.each(['SIGINT', 'SIGTERM'] as const)(
  'Ctrl-C on %s writes the report so far, exits with 130 and leaves no process behind',
  async (signal) => {
    const file = join(folder, `${signal}.json`);
    const running = startProgram([...SMALL, '--duration', '60s', '--report', `json=${file}`]);
    await running.says(NEARLY_ALL);
    const servers = childrenOf(running.child.pid ?? 0);
    expect(servers).toHaveLength(1);
    running.child.kill(signal);
    const { code, stdout } = await running.outcome;
    const report = readReport(file);
    expect([code, report.exitCode, report.interrupted, report.verdict]).toEqual([130, 130, true, 'interrupted']);
    // The 4 that stall had not come yet.
    expect(report.clients.connected).toBe(196);
    expect(stdout.trim()).toMatch(/^INTERRUPTED /);
    expect(servers.filter(isAlive)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  },
);

it('a server that dies in the middle of the run is target-down, exit 1, with the report written', async () => {
  const file = join(folder, 'killed.json');
  const running = startProgram([...SMALL, '--duration', '60s', '--report', `json=${file}`]);
  await running.says(NEARLY_ALL);
  const [server] = childrenOf(running.child.pid ?? 0);
  process.kill(server as number, 'SIGKILL');
  const { code, stderr } = await running.outcome;
  const report = readReport(file);
  expect([code, report.verdict]).toEqual([1, 'fail']);
  expect(failures(report)).toEqual(['target-down']);
  expect(report.server.down).toContain('SIGKILL');
  expect(stderr).toContain('the target stopped');
});

it('a server that dies in the middle of the run is target-down when it is not our own, too', async () => {
  const file = join(folder, 'remote-killed.json');
  const server = startProgram(['serve', '--port', '0', '--heartbeat', '1s']);
  const [, url = ''] = await server.says(/listening on (\S+)/);
  const running = startProgram([
    'soak',
    '--url',
    `${url}/events`,
    '--clients',
    '50',
    '--ramp',
    '0s',
    '--duration',
    '8s',
    '--report',
    `json=${file}`,
    '--retry',
    '200ms',
    '--mix',
    'healthy=1',
  ]);
  await running.says(/50\/50 clients/);
  server.child.kill('SIGKILL');
  const { code } = await running.outcome;
  const report = readReport(file);
  expect([code, report.verdict]).toEqual([1, 'fail']);
  expect(failures(report)).toContain('target-down');
  expect(existsSync(file)).toBe(true);
});
