import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { childrenOf, commandOf, isAlive } from '../support/children.ts';
import { startProgram } from '../support/program.ts';
import { serveStreams } from '../support/stream-server.ts';
import { failures, readReport, type SoakReport } from '../support/soak-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-doubt-'));
afterAll(() => rm(folder, { recursive: true }));

const SOAK = [
  'soak',
  '--clients',
  '80',
  '--ramp',
  '500ms',
  '--seed',
  '5',
  '--server-arg=--heartbeat=500ms',
  '--server-arg=--evict-after=2s',
];
/** Some are always on their way out or back. */
const NEARLY_ALL = /(?:7[4-9]|80)\/80 clients/;

function ends(report: SoakReport): number {
  return Object.values(report.clients.ends).reduce((sum, count) => sum + count, 0);
}

// They mostly wait: at the same time, each with a server of its own.
describe.concurrent('a tool that is stopped for 5 s in the middle of a run', () => {
  it.each([
    ['the one process', '1', (pid: number): number[] => [pid]],
    ['all load processes', '2', (pid: number): number[] => loadProcessesOf(pid)],
    ['all of it', '2', (pid: number): number[] => [pid, ...loadProcessesOf(pid)]],
  ])(
    'a tool that is stopped for 5 s in the middle of a run blames nobody but itself: %s',
    async (name, processes, whom) => {
      const file = join(folder, `${name}.json`);
      const running = startProgram([
        ...SOAK,
        '--duration',
        '16s',
        '--processes',
        processes,
        '--report',
        `json=${file}`,
        '--mix',
        'healthy=90,stalled=5,resuming=5',
        '--threshold',
        'latency.p99<1s abort',
        '--threshold',
        'events.lost==0 abort',
      ]);
      await running.says(NEARLY_ALL);
      // Until the clients that stall have something to be evicted for.
      await delay(2000);
      const stopped = whom(running.child.pid ?? 0);
      expect(stopped.length).toBeGreaterThan(0);
      for (const pid of stopped) process.kill(pid, 'SIGSTOP');
      await delay(5000);
      for (const pid of stopped) process.kill(pid, 'SIGCONT');
      const { code, stdout } = await running.outcome;
      const report = readReport(file);
      expect([code, report.verdict, report.endedEarly], JSON.stringify(report.findings)).toEqual([
        3,
        'inconclusive',
        null,
      ]);
      expect(failures(report)).toEqual([]);
      const [finding] = report.findings.filter(({ severity }) => severity === 'inconclusive');
      expect(finding?.id).toBe('generator-saturated');
      expect(finding?.title).toMatch(/^The load process was stopped for \d/);
      expect(
        (finding as { evidence: { longestStop?: { durationMs: number } } } | undefined)?.evidence.longestStop
          ?.durationMs,
      ).toBeGreaterThan(4000);
      // Nothing that the stop has done is in the books of the server.
      expect(report.heartbeat).toMatchObject({ late: 0, missing: 0 });
      expect(report.events).toMatchObject({ lost: 0, duplicated: 0, reordered: 0 });
      expect(report.eviction).toMatchObject({ missed: 0 });
      expect(report.clients).toMatchObject({ connected: 80, dropped: 0, refused: 0 });
      expect(report.thresholds.map(({ expression, status }) => [expression, status])).toContainEqual([
        'events.lost==0',
        'pass',
      ]);
      expect(ends(report)).toBe(80);
      expect(stdout.trimStart()).toMatch(/^INCONCLUSIVE/);
    },
  );
});

it('a tool that is stopped for 3 s passes a server that it holds to nothing so fine, and says so', async () => {
  const streams = new Set<ServerResponse>();
  let n = 0;
  const url = await serveStreams((_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    res.flushHeaders();
    streams.add(res);
    res.once('close', () => streams.delete(res));
  });
  const ticking = setInterval(() => {
    n += 1;
    for (const res of streams) res.write(`id: ${n}\ndata: ${n}\n\n`);
  }, 200);
  const file = join(folder, 'not-decided.json');
  const running = startProgram([
    'soak',
    '--url',
    url,
    '--clients',
    '20',
    '--mix',
    'healthy=1',
    '--ramp',
    '500ms',
    '--duration',
    '10s',
    '--settle',
    '0s',
    '--report',
    `json=${file}`,
  ]);
  await running.says(/20\/20 clients/);
  await delay(1000);
  process.kill(running.child.pid ?? 0, 'SIGSTOP');
  await delay(3000);
  process.kill(running.child.pid ?? 0, 'SIGCONT');
  const { code } = await running.outcome;
  clearInterval(ticking);
  const report = readReport(file);
  expect([code, report.verdict], JSON.stringify(report.findings)).toEqual([0, 'pass']);
  const finding = report.findings.find(({ id }) => id === 'generator-saturated');
  expect(finding?.severity).toBe('info');
  expect(finding?.title).toMatch(
    /^The load process was stopped for .*, which does not change the result: the shortest time limit .* is 55\.5s/,
  );
});

it('load processes that all die make the run inconclusive, and are named', async () => {
  const file = join(folder, 'all-lost.json');
  const running = startProgram([...SOAK, '--duration', '60s', '--processes', '2', '--report', `json=${file}`]);
  await running.says(NEARLY_ALL);
  const children = childrenOf(running.child.pid ?? 0);
  for (const pid of loadProcessesOf(running.child.pid ?? 0)) process.kill(pid, 'SIGKILL');
  const { code } = await running.outcome;
  const report = readReport(file);
  expect([code, report.verdict, failures(report)]).toEqual([3, 'inconclusive', []]);
  const lost = report.findings.find(({ id }) => id === 'shard-lost');
  expect(lost?.evidence).toMatchObject({ clients: 80, shards: [{ shard: 0 }, { shard: 1 }] });
  expect(JSON.stringify(report.findings)).not.toContain('books');
  expect(children.filter(isAlive)).toEqual([]);
});

it.each(['1', '2'])(
  'our own books add up with churn and every kind of client when a run of %s processes is interrupted',
  async (processes) => {
    const file = join(folder, `books-${processes}.json`);
    const running = startProgram([
      ...SOAK,
      '--ramp',
      '4s',
      '--duration',
      '60s',
      '--churn',
      '20/s',
      '--processes',
      processes,
      '--report',
      `json=${file}`,
      '--mix',
      'healthy=70,slow=5,stalled=5,abrupt=10,resuming=10',
    ]);
    await running.says(/[4-8]\d\/80 clients/);
    await delay(2000);
    running.child.kill('SIGINT');
    const { code } = await running.outcome;
    const report = readReport(file);
    expect([code, failures(report)], JSON.stringify(report.findings)).toEqual([130, []]);
    expect(report.clients.churned).toBeGreaterThan(0);
    expect(ends(report)).toBe(80 + report.clients.churned);
    expect(JSON.stringify(report.findings)).not.toContain('books');
  },
);

it('our own books add up when a run is interrupted before all have come', async () => {
  const file = join(folder, 'books-early.json');
  const running = startProgram([
    ...SOAK,
    '--ramp',
    '30s',
    '--duration',
    '60s',
    '--churn',
    '20/s',
    '--report',
    `json=${file}`,
  ]);
  await running.says(/[1-9]\/80 clients/);
  running.child.kill('SIGINT');
  const { code } = await running.outcome;
  const report = readReport(file);
  expect([code, ends(report)]).toEqual([130, 80 + report.clients.churned]);
  expect(report.clients.ends['idle']).toBeGreaterThan(0);
});

function loadProcessesOf(pid: number): number[] {
  return childrenOf(pid).filter((child) => commandOf(child).includes('shard-process'));
}
