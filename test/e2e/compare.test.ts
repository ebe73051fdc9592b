import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keptReport, later } from '../support/kept-report.ts';
import { type Outcome, root, startProgram } from '../support/program.ts';
import { undisturbed } from '../support/undisturbed.ts';

let folder = '';
const file = (name: string): string => join(folder, name);
const SHORT = ['--clients', '20', '--ramp', '200ms', '--duration', '3s', '--settle', '1s', '--server-arg=--rate=20/s'];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sse-probe-compare-'));
  const kept = {
    'base.json': keptReport(),
    'same.json': keptReport(() => {}, 2),
    'later.json': keptReport((report) => later(report, 20), 2),
    'crowd.json': keptReport((report) => Object.assign(report.plan, { clients: 2000 }), 2),
  };
  for (const [name, report] of Object.entries(kept)) writeFileSync(file(name), JSON.stringify(report));
  writeFileSync(file('broken.json'), '{\n  "schema": "sse-probe/soak@1",\n}');
  writeFileSync(file('page.html'), '<!doctype html>');
  const soak = async (name: string, ...more: string[]): Promise<void> => {
    const { report } = await undisturbed(['soak', ...SHORT, '--json', ...more]);
    writeFileSync(file(name), JSON.stringify(report));
  };
  await Promise.all([soak('one.json'), soak('other.json'), soak('lossy.json', '--fault', 'drop-events')]);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

function compare(...args: string[]): Promise<Outcome> {
  return startProgram(['compare', ...args], { cwd: folder }).outcome;
}

it('two runs of one build are never worse, in either order', async () => {
  for (const order of [
    ['one.json', 'other.json'],
    ['other.json', 'one.json'],
  ]) {
    const { code, stdout } = await compare(...order);
    expect(stdout).toContain('PASS  nothing is worse');
    expect(code).toBe(0);
  }
});

it('a build that loses events is worse than a sound one, and the way back is no worse', async () => {
  const { code, stdout } = await compare('one.json', 'lossy.json');
  expect(stdout).toMatch(/ ✗ events\.lost +0 +\d/);
  expect(stdout).toContain('✗ came fail event-lost');
  expect(stdout).toContain('also differs  fault none → drop-events');
  expect(code).toBe(1);
  expect((await compare('lossy.json', 'one.json')).code).toBe(0);
});

it.each([
  [['base.json', 'same.json'], 0, /\n {2}PASS {2}nothing is worse/],
  [['base.json', 'later.json'], 1, /\n {2}WORSE {2}\d+ figures are worse \(latency\./],
  [['base.json', 'later.json', '--tolerance', '1000%'], 0, /PASS/],
  [['base.json', 'later.json', '--tolerance=latency=1000%,10%'], 0, /PASS/],
  [['base.json', 'crowd.json'], 3, /INCONCLUSIVE {2}The load differs \(clients\)/],
  [['base.json', 'crowd.json', '--force'], 0, /PASS {2}.*\(judged with --force\)/],
  [['base.json', 'later.json', '--quiet'], 1, /^WORSE {2}\d+ figures are worse/],
  [['base.json', 'later.json', '--json'], 1, /^\{\n {2}"schema": "sse-probe\/compare@1",\n/],
  [['base.json', 'later.json', '--format', 'markdown'], 1, /^## ❌ WORSE/],
  [['base.json', 'later.json', '--format', 'html'], 1, /^<!doctype html>/],
  [['--list', 'metrics'], 0, /^latency\.p50 /],
])('compare %j ends with %d', async (args, exitCode, said) => {
  const { code, stdout, stderr } = await compare(...args);
  expect(stdout).toMatch(said);
  expect([code, stderr]).toEqual([exitCode, '']);
});

it.each([
  [['base.json'], /^sse-probe: missing required argument 'new'\n/],
  [['base.json', 'gone.json'], /^sse-probe: gone\.json: no such file\n {2}Give the JSON report of a soak/],
  [['base.json', '.'], /^sse-probe: \.: is a directory\n/],
  [['broken.json', 'base.json'], /^sse-probe: broken\.json:3:1: "}" is not JSON\n/],
  [['base.json', 'page.html'], /^sse-probe: page\.html:1:1: "<!doctype html>" is not JSON\n/],
  [['-', '-'], /^sse-probe: both reports are to come from stdin, which has only one\n/],
  [['base.json', 'same.json', '--tolerance', '10'], /^sse-probe: --tolerance: "10" has no unit; add %/],
  [
    ['base.json', 'same.json', '--tolerance', 'latncy.p99=5%'],
    /"latncy\.p99" is no metric; did you mean "latency\.p99"\?\n/,
  ],
  [['base.json', 'same.json', '--json', '--format', 'html'], /^sse-probe: --json: --json and --format html exclude/],
])('compare %j is wrong usage, in one or two lines', async (args, complaint) => {
  const { code, stdout, stderr } = await compare(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(complaint);
  expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
});

it('one of the reports may come from stdin or from a pipe', () => {
  const words = [process.execPath, join(root, 'bin', 'sse-probe.js'), file('base.json'), file('same.json')];
  for (const script of ['"$0" "$1" compare - "$3" < "$2"', 'cat "$2" | "$0" "$1" compare /dev/stdin "$3"']) {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', script, ...words], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/BASE +pass · (?:<stdin>|\/dev\/stdin)\n/);
  }
});
