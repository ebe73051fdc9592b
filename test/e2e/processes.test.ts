import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { childrenOf, commandOf, isAlive, isRunning } from '../support/children.ts';
import { runProgram, startProgram } from '../support/program.ts';
import { failures, parseReport, readReport } from '../support/soak-report.ts';
import { undisturbed } from '../support/undisturbed.ts';
import { until } from '../wire/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-processes-'));
afterAll(() => rm(folder, { recursive: true }));

const SOAK = [
  'soak',
  '--clients',
  '301',
  '--ramp',
  '500ms',
  '--seed',
  '5',
  '--server-arg=--heartbeat=500ms',
  '--server-arg=--evict-after=2s',
];

it('a load of several processes has the same clients as one process has, and the merged figures add up', async () => {
  const [one, three] = await Promise.all(
    ['1', '3'].map(async (processes) => {
      const { report } = await undisturbed([
        ...SOAK,
        '--duration',
        '9s',
        '--processes',
        processes,
        '--json',
        '--mix',
        'healthy=90,stalled=4,slow=2,abrupt=2,resuming=2',
      ]);
      return report;
    }),
  );
  for (const report of [one, three]) {
    expect([report?.verdict, failures(report as never)], JSON.stringify(report?.findings)).toEqual(['pass', []]);
    expect(report?.events).toMatchObject({ lost: 0, duplicated: 0, reordered: 0 });
    expect(report?.eviction).toMatchObject({ evicted: report?.clients.byKind['stalled']?.['planned'], missed: 0 });
    expect(Object.values(report?.clients.ends ?? {}).reduce((sum, count) => sum + count, 0)).toBe(301);
  }
  const planned = (report: typeof one): unknown =>
    Object.entries(report?.clients.byKind ?? {})
      .map(([kind, counts]) => [kind, counts['planned']])
      .toSorted();
  expect(planned(three)).toEqual(planned(one));
  expect([one?.generator.processes, three?.generator.processes]).toEqual([1, 3]);
});

it('a load of several processes spreads its clients over several URLs, each with numbers of its own', async () => {
  const servers = await Promise.all(['5/s', '9/s'].map((rate) => listening(['--heartbeat=500ms', `--rate=${rate}`])));
  const { code, stdout } = await runProgram([
    'soak',
    ...servers.flatMap(({ url }) => ['--url', `${url}/events`]),
    '--clients',
    '101',
    '--ramp',
    '500ms',
    '--duration',
    '4s',
    '--json',
    '--mix',
    'healthy=9,resuming=1',
  ]);
  const report = parseReport(stdout);
  expect([code, failures(report)], JSON.stringify(report.findings)).toEqual([0, []]);
  expect(report.generator.processes).toBe(2);
  expect(report.events).toMatchObject({ lost: 0, duplicated: 0 });
  expect(report.latencyMs['max']).toBeLessThan(60_000);
  for (const { child } of servers) child.kill('SIGTERM');
});

it('a server of the run of its own in several processes is counted as one, also after a restart of all', async () => {
  const { code, stdout } = await runProgram([
    'soak',
    '--clients',
    '90',
    '--server-processes',
    '3',
    '--ramp',
    '500ms',
    '--duration',
    '4s',
    '--json',
    '--mix',
    'healthy=1',
    '--fault',
    'leak-clients',
    '--incident',
    'restart-server@1s',
  ]);
  const report = parseReport(stdout);
  // Nobody comes to a restarted server but these clients: each is kept once, by one of the three.
  expect([code, report.server.clientsAfter, failures(report)], JSON.stringify(report.findings)).toEqual([
    1,
    90,
    ['client-leak'],
  ]);
  expect(report.target).toMatchObject({ embedded: true, processes: 3 });
  expect(report.generator.processes).toBe(3);
  expect(report.server.rssBytes['peak']).toBeGreaterThan(3 * 25 * 1024 * 1024);
});

it('a load of several processes that loses one is inconclusive, names it, and the others finish', async () => {
  const file = join(folder, 'lost.json');
  const running = startProgram([
    ...SOAK,
    '--duration',
    '6s',
    '--processes',
    '3',
    '--report',
    `json=${file}`,
    '--mix',
    'healthy=1',
  ]);
  await running.says(/30\d\/301 clients/);
  const children = childrenOf(running.child.pid ?? 0);
  const shards = children.filter((pid) => commandOf(pid).includes('shard-process'));
  expect(shards).toHaveLength(3);
  process.kill(shards[1] as number, 'SIGKILL');
  const { code } = await running.outcome;
  const report = readReport(file);
  expect([code, report.verdict, failures(report)]).toEqual([3, 'inconclusive', []]);
  expect(report.findings.map(({ id }) => id)).toEqual(['shard-lost']);
  expect(report.findings[0]?.evidence).toMatchObject({
    shards: [{ pid: shards[1], reason: 'was ended by SIGKILL' }],
  });
  expect([100, 101]).toContain(report.findings[0]?.evidence['clients']);
  expect(children.filter(isAlive)).toEqual([]);
});

it('a load of several processes ends with its run on Ctrl-C, with what was measured so far', async () => {
  const file = join(folder, 'stopped.json');
  const running = startProgram([...SOAK, '--duration', '60s', '--processes', '2', '--report', `json=${file}`]);
  await running.says(/(?:2[89]\d|30\d)\/301 clients/);
  const children = childrenOf(running.child.pid ?? 0);
  running.child.kill('SIGINT');
  const { code } = await running.outcome;
  expect(code).toBe(130);
  // Those that stall come later than the others.
  expect(readReport(file).clients.connected).toBeGreaterThan(280);
  expect(children.filter(isAlive)).toEqual([]);
});

async function frozen(
  options: readonly string[],
): Promise<{ running: ReturnType<typeof startProgram>; still: number; children: number[] }> {
  const running = startProgram([...SOAK, '--duration', '6s', '--processes', '2', '--mix', 'healthy=1', ...options]);
  await running.says(/30\d\/301 clients/);
  const children = childrenOf(running.child.pid ?? 0);
  const [still] = children.filter((pid) => commandOf(pid).includes('shard-process'));
  if (still === undefined) throw new Error('there is no load process');
  process.kill(still, 'SIGSTOP');
  return { running, still, children };
}

it('a load of several processes of which one stands still ends on one Ctrl-C, and names it', async () => {
  const file = join(folder, 'still.json');
  const { running, still, children } = await frozen(['--report', `json=${file}`]);
  running.child.kill('SIGINT');
  const { code, stdout } = await running.outcome;
  const report = readReport(file);
  expect([code, report.verdict, stdout.trim().slice(0, 11)]).toEqual([130, 'interrupted', 'INTERRUPTED']);
  expect(report.findings.find(({ id }) => id === 'shard-lost')?.evidence).toMatchObject({
    shards: [{ pid: still, reason: expect.stringMatching(/^hung: it reported nothing for \d+ s$/) as string }],
  });
  expect(children.filter(isAlive)).toEqual([]);
});

it('a load of several processes of which one stands still leaves no child behind on the second Ctrl-C', async () => {
  const { running, children } = await frozen([]);
  running.child.kill('SIGINT');
  await new Promise((resolve) => {
    setTimeout(resolve, 500);
  });
  running.child.kill('SIGINT');
  expect((await running.outcome).code).toBe(130);
  await until('all have ended', () => children.every((pid) => !isRunning(pid)));
});

it('a load of several processes of which one stands still finishes without it', { tags: ['long'] }, async () => {
  const file = join(folder, 'without.json');
  const { running, still, children } = await frozen(['--report', `json=${file}`]);
  const { code } = await running.outcome;
  const report = readReport(file);
  expect([code, report.verdict, report.findings.map(({ id }) => id)]).toEqual([3, 'inconclusive', ['shard-lost']]);
  expect(report.findings[0]?.evidence).toMatchObject({ shards: [{ pid: still }] });
  expect(children.filter(isAlive)).toEqual([]);
});

it('a run that is interrupted while its server starts says so, with 130, whenever that is', async () => {
  for (let delayMs = 150; delayMs <= 650; delayMs += 100) {
    const running = startProgram(['soak', '--clients', '5', '--ramp', '0s', '--duration', '60s', '--settle', '0s']);
    await new Promise((resolve) => {
      setTimeout(resolve, delayMs);
    });
    running.child.kill('SIGINT');
    const { code, signal, stderr } = await running.outcome;
    // Before it hears signals the system ends it, which a shell calls 130 too.
    expect(signal ?? code, stderr).toBe(signal === null ? 130 : 'SIGINT');
    expect(stderr).not.toContain('did not start');
  }
});

async function listening(
  args: readonly string[],
): Promise<{ url: string; child: ReturnType<typeof startProgram>['child'] }> {
  const server = startProgram(['serve', '--port=0', ...args]);
  const [, url = ''] = await server.says(/listening on (\S+)/);
  return { url, child: server.child };
}
