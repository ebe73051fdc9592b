import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FINDING_IDS } from '../../src/findings/finding-rows.ts';
import { faults } from '../../src/server/faults/registry.ts';
import { METRICS } from '../../src/verdict/metrics.ts';
import { root, startProgram } from '../support/program.ts';

const firstWords = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[0] as string);

it.each([
  [['soak', '--list', 'metrics'], [...METRICS.keys()]],
  [['--list', 'findings'], FINDING_IDS],
  [['serve', '--list=faults'], [...faults.keys()]],
  [['listen', '--list'], ['causes']],
  [['--list'], ['metrics', 'findings', 'checks', 'faults', 'causes', 'kinds']],
])('%j prints the list, one row a line', async (args, names) => {
  const { code, stdout, stderr } = await startProgram(args).outcome;
  expect([code, stderr]).toEqual([0, '']);
  expect(firstWords(stdout)).toEqual(names);
});

it.each([
  [
    ['soak', '--list', 'metrix'],
    2,
    /^sse-probe: --list: "metrix" is not a list of soak; did you mean metrics\?\n {2}Use one of metrics, findings, faults, causes, kinds\.\n$/,
  ],
  [
    ['probe', '--list', 'kinds'],
    3,
    /^sse-probe: --list: "kinds" is not a list of probe\n {2}Use sse-probe --list kinds; probe has metrics, checks, causes\.\n$/,
  ],
  [['--list', 'nothing'], 2, /^sse-probe: --list: "nothing" is not a list of sse-probe\n {2}Use one of metrics, /],
])('%j is wrong usage that names the lists', async (args, exitCode, complaint) => {
  const { code, stdout, stderr } = await startProgram(args).outcome;
  expect([code, stdout]).toEqual([exitCode, '']);
  expect(stderr).toMatch(complaint);
});

it.runIf(existsSync('/dev/full'))('a list that cannot be written is said and ends with 74', () => {
  const words = [process.execPath, join(root, 'bin', 'sse-probe.js'), '--list', 'metrics'];
  const { status, stderr } = spawnSync('sh', ['-c', '"$0" "$@" > /dev/full', ...words], { encoding: 'utf8' });
  expect(stderr).toMatch(/^sse-probe: cannot write to stdout: ENOSPC/);
  expect(status).toBe(74);
});
