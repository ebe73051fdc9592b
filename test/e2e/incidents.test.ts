import { expect, it } from 'vitest';
import { childrenOf } from '../support/children.ts';
import { runProgram, startProgram } from '../support/program.ts';
import { failures, parseReport } from '../support/soak-report.ts';

const SOAK = [
  'soak',
  '--clients',
  '200',
  '--ramp',
  '500ms',
  '--seed',
  '3',
  '--mix',
  'healthy=1',
  '--json',
  '--server-arg=--heartbeat=500ms',
  '--server-arg=--retry=500ms',
  '--server-arg=--rate=10/s',
];

it.each(['1', '2'])(
  'an incident that the plan asks for reconnect-all: everybody is back, nothing is lost, and it is reported apart (%s processes)',
  async (processes) => {
    const { code, stdout } = await runProgram([
      ...SOAK,
      '--duration',
      '6s',
      '--processes',
      processes,
      '--incident',
      'reconnect-all@2s',
    ]);
    const report = parseReport(stdout);
    expect([code, failures(report)], JSON.stringify(report.findings)).toEqual([0, []]);
    expect(report.clients).toMatchObject({ connected: 200, reconnects: 200, dropped: 0, refused: 0 });
    expect(report.events).toMatchObject({ lost: 0, duplicated: 0, resumeLost: 0 });
    expect(report.incidents).toMatchObject({ count: 1, notRecovered: 0, drops: 0 });
    expect(report.incidents.recoveryMs['count']).toBe(200);
    expect(report.incidents.peakReconnectsPerSecond).toBeGreaterThan(50);
    // The server said to wait this long, with 20 % jitter.
    expect(report.incidents.recoveryMs['p50']).toBeGreaterThan(350);
  },
);

it('an incident that the plan asks for restart-server: the streams end, are refused for a while, and everybody is back on the new one', async () => {
  const { code, stdout } = await runProgram([...SOAK, '--duration', '8s', '--incident', 'restart-server@2s']);
  const report = parseReport(stdout);
  expect([code, failures(report)], JSON.stringify(report.findings)).toEqual([0, []]);
  expect(report.clients).toMatchObject({ dropped: 0, refused: 0 });
  expect(report.clients.reconnects).toBeGreaterThanOrEqual(200);
  expect(report.incidents).toMatchObject({ count: 1, drops: 200, notRecovered: 0 });
  expect(report.events).toMatchObject({ lost: 0, duplicated: 0, reordered: 0 });
  expect(report.server.clientsAfter).toBe(0);
});

it('an incident that the plan asks for freeze: nobody is dropped, and what came late because of it is not held against the server', async () => {
  const { code, stdout } = await runProgram([...SOAK, '--duration', '9s', '--incident', 'freeze@2s+3s']);
  const report = parseReport(stdout);
  expect([code, failures(report)], JSON.stringify(report.findings)).toEqual([0, []]);
  expect(report.clients).toMatchObject({ dropped: 0, reconnects: 0 });
  expect(report.incidents).toMatchObject({ count: 1, drops: 0, notRecovered: 0 });
  // Ten events a second were due in three seconds, and arrived when it was over.
  expect(report.incidents.latencyMs['count']).toBeGreaterThan(200 * 20);
  expect(report.incidents.latencyMs['max']).toBeGreaterThan(2000);
  expect(report.latencyMs['max']).toBeLessThan(report.incidents.latencyMs['max'] as number);
  expect(report.events).toMatchObject({ lost: 0 });
});

it('an incident that the plan asks for does not keep a frozen server when it is interrupted', async () => {
  const running = startProgram([...SOAK, '--duration', '60s', '--incident', 'freeze@1s+30s']);
  await new Promise((resolve) => {
    setTimeout(resolve, 4000);
  });
  const children = childrenOf(running.child.pid ?? 0);
  expect(children).toHaveLength(1);
  running.child.kill('SIGINT');
  const { code } = await running.outcome;
  expect(code).toBe(130);
});

it.each([
  [
    'restart-server@2s for a server that is not ours',
    ['--url', 'http://127.0.0.1:1/', '--incident', 'restart-server@2s'],
    'needs the built-in server',
  ],
  ['one that would end after the run', ['--duration', '5s', '--incident', 'freeze@3s+5s'], 'would end after the run'],
  ['an unknown one', ['--incident', 'earthquake@3s'], 'is not an incident; use one of reconnect-all'],
  ['a time without a unit', ['--incident', 'freeze@3+5s'], '"3" has no unit'],
])('an incident that the plan asks for is refused before anything starts: %s', async (_name, args, complaint) => {
  const { code, stderr } = await runProgram(['soak', ...args]);
  expect(code).toBe(2);
  expect(stderr).toContain(complaint);
});
