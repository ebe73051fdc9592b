import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../support/program.ts';

/** `sse-probe soak` with a scenario on stdin. */
function soak(args: readonly string[], input: string): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, SSE_PROBE_TEST_TOKEN: 'S3CRET-0123' };
  const program = [join(root, 'bin', 'sse-probe.js'), 'soak', ...args];
  return spawnSync(process.execPath, program, { input, env, cwd: root, encoding: 'utf8' });
}

it('soak --dry-run prints the plan of a scenario from stdin, with variables and without secrets, and its output is that plan again', () => {
  const scenario = 'clients: 7\nheader: "X-Key: ${SSE_PROBE_TEST_TOKEN}"\nramp: ${RAMP:-1500ms}\n';
  const first = soak(['-', '--dry-run', '--url', 'http://127.0.0.1:1/'], scenario);
  expect(first).toMatchObject({ status: 0, stderr: '' });
  expect(first.stdout).toContain('\nurl:\n  - http://127.0.0.1:1/\n');
  expect(first.stdout).toContain('\nclients: 7\nramp: 1.5s\nduration: 30s\n');
  expect(first.stdout).not.toContain('S3CRET');
  expect(soak(['-', '--dry-run'], first.stdout)).toEqual({ ...first, pid: expect.any(Number) as number });
});

it('soak --dry-run refuses what a run would refuse, with its place in stdin', () => {
  expect(soak(['-', '--dry-run'], '\nclients: ${NOT_SET_ANYWHERE}\n')).toMatchObject({
    status: 2,
    stdout: '',
    stderr:
      'sse-probe: <stdin>:2:10: the environment variable NOT_SET_ANYWHERE is not set\n  Export it, or write ${NOT_SET_ANYWHERE:-default}.\n',
  });
  const { status, stderr } = soak(['-', '--dry-run'], 'fault: no-such-fault\n');
  expect([status, stderr]).toEqual([2, expect.stringContaining('there is no fault "no-such-fault"')]);
});

it('soak of a shipped scenario with --url says once what of the file is left out', () => {
  const { status, stdout, stderr } = soak(['scenarios/ci.yaml', '--dry-run', '--url', 'http://127.0.0.1:1/'], '');
  expect([status, stderr]).toEqual([
    0,
    'sse-probe: --url names the server, so these keys of the file for the built-in server are ignored: server-arg\n',
  ]);
  expect(stdout).not.toContain('server-arg');
});
