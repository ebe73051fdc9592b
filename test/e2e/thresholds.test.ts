import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { parseReport, readReport } from '../support/soak-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-thresholds-'));
afterAll(() => rm(folder, { recursive: true }));

/** Longer than a test may last: only an early end makes it pass. */
const LONG = [
  'soak',
  '--clients',
  '30',
  '--ramp',
  '500ms',
  '--duration',
  '10m',
  '--settle',
  '2s',
  '--mix',
  'healthy=1',
];

it.each(['1', '2'])(
  'a threshold that ends the run does so when it breaks, of a load of %s processes, and the report says why',
  async (processes) => {
    const { code, stdout } = await runProgram([
      ...LONG,
      '--processes',
      processes,
      '--json',
      '--threshold',
      'events.received<60 abort',
      '--threshold',
      'events.lost==0 abort',
    ]);
    const report = parseReport(stdout);
    expect([code, report.verdict, report.interrupted]).toEqual([1, 'fail', false]);
    expect(report.endedEarly?.expression).toBe('events.received<60');
    expect(report.endedEarly?.actual).toBeGreaterThanOrEqual(60);
    expect(report.thresholds.map(({ expression, status }) => [expression, status])).toEqual([
      ['events.received<60', 'fail'],
      ['events.lost==0', 'pass'],
    ]);
    expect(report.thresholds[0]?.actual).toBe(report.endedEarly?.actual);
    // Nobody is blamed for what did not happen any more.
    expect(
      report.findings.filter(({ severity }) => severity !== 'info'),
      JSON.stringify(report.findings),
    ).toEqual([]);
    expect(report.clients).toMatchObject({ connected: 30, dropped: 0 });
    expect(report.server.clientsAfter).toBe(0);
  },
);

it('a threshold that ends the run waits for its delay after the ramp, and says the same in words and in a file', async () => {
  const report = join(folder, 'early.json');
  const scenario = join(folder, 'early.yaml');
  writeFileSync(
    scenario,
    [
      'threshold:',
      '  - { expression: clients.connected<30, abortOnFail: true, delay: 4s }',
      '  - { expression: latency.p50<1m, abortOnFail: true }',
      '  - events.received<1',
    ].join('\n'),
  );
  const { code, stdout, stderr } = await runProgram([
    ...LONG.slice(0, 1),
    scenario,
    ...LONG.slice(1),
    '--report',
    `json=${report}`,
  ]);
  expect(code).toBe(1);
  const { endedEarly } = readReport(report);
  expect(endedEarly).toMatchObject({ expression: 'clients.connected<30', actual: 30 });
  expect(endedEarly?.tMs).toBeGreaterThanOrEqual(4500);
  expect(stdout).toMatch(/^\s*FAIL \(ended early, after \d+(?:\.\d+)?m?s: clients\.connected<30 was broken\)/);
  expect(stderr).toContain('ends early: clients.connected<30 is broken');
});

it('a threshold that ends the run that holds lets the run come to its end', async () => {
  const { code, stdout } = await runProgram([
    ...LONG,
    '--duration',
    '3s',
    '--json',
    '--threshold',
    'events.lost==0 abort',
    '--threshold',
    'clients.dropped==0 abort',
  ]);
  expect([code, parseReport(stdout).endedEarly]).toEqual([0, null]);
});

it('a threshold that ends the run is refused before the run where it could never end it', async () => {
  const { code, stderr } = await runProgram([...LONG, '--threshold', 'server.clients.leaked==0 abort']);
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('--threshold: server.clients.leaked is known only after the run, so it cannot end the run'),
  ]);
});
