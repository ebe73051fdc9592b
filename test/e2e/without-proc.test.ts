/** A machine that shows nothing of itself: no /proc, as in some sandboxes and build systems. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/program.ts';
import { parseReport } from '../support/soak-report.ts';

const TIMEOUT_MS = 60_000;

function withoutProc(
  program: string,
  args: readonly string[],
): { status: number | null; stdout: string; stderr: string } {
  const hidden = ['-rm', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$0" "$@"', program, ...args];
  return spawnSync('unshare', hidden, { encoding: 'utf8', timeout: TIMEOUT_MS });
}

const canHide = process.platform === 'linux' && withoutProc('true', []).status === 0;
const binary = join(root, 'bin', 'sse-probe.js');

describe.runIf(canHide)('without /proc', () => {
  it('without /proc a soak starts its server and its load processes, and judges what it can', () => {
    const args = ['soak', '--json', '--clients=6', '--ramp=0s', '--duration=3s', '--settle=1s', '--processes=2'];
    const { status, stdout, stderr } = withoutProc(process.execPath, [binary, ...args]);
    const report = parseReport(stdout);
    expect({ status, stack: /^ +at /m.test(stderr) }, stderr).toEqual({ status: 0, stack: false });
    expect(report).toMatchObject({ verdict: 'pass', events: { lost: 0 }, server: { rssBytes: { baseline: null } } });
  });

  it('without /proc a process whose memory should be read is refused in a sentence that says why', () => {
    const args = ['soak', '--url=http://127.0.0.1:1/', '--clients=1', `--server-pid=${process.pid}`, '--quiet'];
    const { status, stderr } = withoutProc(process.execPath, [binary, ...args]);
    expect([status, stderr]).toEqual([
      2,
      'sse-probe: --server-pid needs /proc to read the memory of a process; it is not mounted here\n  Use --server-metrics with a URL of the server.\n',
    ]);
  });
});
