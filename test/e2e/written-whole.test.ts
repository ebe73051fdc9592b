import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root, runProgram } from '../support/program.ts';
import { PROBE_REPORT_FORMATS } from '../../src/options/values/report-target.ts';
import { readAnnotations } from '../support/annotations.ts';
import { OK, ScriptedServer } from '../support/scripted-server.ts';
import { readXml } from '../support/xml-reader.ts';

const SOAK =
  'soak --clients=3 --ramp=100ms --duration=1s --settle=200ms --mix=healthy=1 --server-arg=--rate=20/s --quiet'.split(
    ' ',
  );
const LOST = 74;
const FULL = 'ENOSPC: no space left on device';

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-'));
const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', folder]).status === 0;
let server: ScriptedServer;

function urlOf({ port }: ScriptedServer): string {
  return `http://127.0.0.1:${port}/`;
}

function fileOf(format: string): string {
  return join(folder, `all.${format}`);
}

beforeAll(async () => {
  server = await ScriptedServer.start({ text: `${OK}id: 1\ndata: a\n\nid: 2\ndata: b\n\n`, after: 'open' });
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.close();
});

it.concurrent.each([
  ['the help', () => ['--help']],
  ['the help of a command', () => ['probe', '--help']],
  ['the version', () => ['--version']],
  ['the text of a probe', () => ['probe', urlOf(server), '--until=event']],
  ['the JSON of a probe', () => ['probe', urlOf(server), '--until=event', '--json']],
  ['the events of a stream', () => ['listen', urlOf(server), '--events=2']],
  ['the summary of a soak', () => SOAK],
])('%s that does not fit on a full disk is one line on stderr, and exit 74', async (_, args) => {
  const { code, stderr } = await runProgram(args(), { limits: 'exec >/dev/full' });
  expect(stderr).toBe(`sse-probe: cannot write to stdout: ${FULL}, write\n`);
  expect(code).toBe(LOST);
});

it.concurrent.each([
  ['a device', '/dev/full', 'true', `cannot write the report /dev/full: ${FULL}, write`],
  ['a pipe that nobody reads', join(folder, 'pipe'), `mkfifo ${join(folder, 'pipe')}`, 'ENXIO'],
])(
  'a report that %s does not take comes behind the summary, with one line and exit 74',
  async (_, file, limits, said) => {
    const { code, stdout, stderr } = await runProgram([...SOAK, `--report=json=${file}`], { limits });
    expect(stdout).toContain('3 of 3 connected');
    expect(stderr).toContain(said);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(LOST);
  },
);

it.concurrent('a report goes whole into a descriptor that the shell has opened, and into stdout by each of its names', async () => {
  const file = join(folder, 'by-descriptor.json');
  const { code, stdout } = await runProgram([...SOAK, '--report=json=/dev/fd/3'], { limits: `exec 3>${file}` });
  expect([code, stdout.includes('3 of 3 connected')]).toEqual([0, true]);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ verdict: 'pass' });
  const named = join(folder, 'stdout.json');
  expect((await runProgram([...SOAK, '--report=json=/dev/stdout'], { limits: `exec >${named}` })).code).toBe(0);
  expect(JSON.parse(readFileSync(named, 'utf8'))).toMatchObject({ verdict: 'pass' });
});

it.concurrent('reports of all formats are written by one run, one of them to stdout, and each is what it says', async () => {
  const { code, stdout, stderr } = await runProgram([
    ...SOAK,
    '--threshold=latency.p99<1us',
    '--report=junit=-',
    ...['json', 'markdown', 'github', 'csv'].map((format) => `--report=${format}=${fileOf(format)}`),
  ]);
  expect(code).not.toBe(0);
  expect(readXml(stdout).map(({ name }) => name)).toContain('testcase');
  expect(JSON.parse(readFileSync(fileOf('json'), 'utf8'))).toMatchObject({ exitCode: code });
  for (const format of ['markdown', 'github']) expect(readFileSync(fileOf(format), 'utf8')).toMatch(/^## .+\n/);
  expect(readFileSync(fileOf('csv'), 'utf8')).toMatch(/^tMs,clients,/);
  const annotations = readAnnotations(stderr.slice(stderr.indexOf('::')));
  expect(annotations.map(({ properties }) => properties['title'])).toContain('sse-probe: latency.p99<1us');
});

it.concurrent('a probe writes reports beside its output, each as its format, and is lost with 74 where one cannot be written', async () => {
  const asked = ['probe', urlOf(server), '--until=event', '--ignore=completion'];
  const files = PROBE_REPORT_FORMATS.map((format) => [format, join(folder, 'probe', format)] as const);
  const { code, stdout, stderr } = await runProgram([
    ...asked,
    ...files.map(([format, file]) => `--report=${format}=${file}`),
    '--report=json=/dev/full',
  ]);
  expect(stdout).toMatch(/^(?:OK|WARNING) /m);
  const text = Object.fromEntries(files.map(([format, file]) => [format, readFileSync(file, 'utf8')]));
  expect(JSON.parse(text['json'] ?? '')).toMatchObject({ schema: 'sse-probe/probe@1' });
  expect(readXml(text['junit'] ?? '').map(({ name }) => name)).toContain('testcase');
  expect(text['github']).toBe(text['markdown']);
  expect(text['nagios']).toMatch(/^SSE /);
  expect(text['prometheus']).toContain('probe_success{');
  expect([code, stderr]).toEqual([
    LOST,
    expect.stringContaining(`sse-probe: cannot write the report /dev/full: ${FULL}, write\n`),
  ]);
});

it.concurrent('a report is appended to the summary of a GitHub step, which others write too, unless GitHub would drop it', async () => {
  const summary = join(folder, 'step-summary.md');
  writeFileSync(summary, 'of another step\n');
  const limits = `export GITHUB_STEP_SUMMARY=${summary}`;
  expect((await runProgram([...SOAK, `--report=github=${summary}`], { limits })).code).toBe(0);
  expect(readFileSync(summary, 'utf8')).toMatch(/^of another step\n## ✅ PASS/);
  writeFileSync(summary, 'x'.repeat(1024 ** 2));
  const { code, stderr } = await runProgram([...SOAK, `--report=github=${summary}`], { limits });
  expect(stderr).toContain('with the 1MiB that others have written it would be over 1 MiB');
  expect([code, readFileSync(summary).length]).toEqual([LOST, 1024 ** 2]);
});

/** A probe whose stdout is a pipe that nobody reads: its exit code, as text. */
function askForNobody(flag: string): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)('bash', [
    '-c',
    `"$0" "$1" probe ${urlOf(server)} --until=event ${flag} | true; echo "\${PIPESTATUS[0]}"`,
    process.execPath,
    join(root, 'bin', 'sse-probe.js'),
  ]);
}

it('a report for a program whose reader has gone is one line and exit 74, a text that nobody reads on is not', async () => {
  expect(await askForNobody('--json')).toEqual({
    stdout: '74\n',
    stderr: 'sse-probe: cannot write to stdout: write EPIPE\n',
  });
  expect((await askForNobody('')).stderr).toBe('');
});

it.runIf(canMount)(
  `a report is written whole or not at all${canMount ? '' : ' (skipped: no tmpfs can be mounted here)'}`,
  async () => {
    const disk = join(folder, 'disk');
    writeFileSync(
      join(folder, 'run.sh'),
      `
      mkdir ${disk} && mount -t tmpfs -o size=4k tmpfs ${disk} && echo before > ${disk}/kept.json
      "$@" --report json=${disk}/kept.json --report json=${folder}/other.json
      echo "exit $?: $(ls -A ${disk}): $(cat ${disk}/kept.json)"
      "$@" --json > ${disk}/short.json
      echo "exit $?"`,
    );
    const program = [process.execPath, join(root, 'bin', 'sse-probe.js'), ...SOAK];
    const { stdout, stderr } = await promisify(execFile)('unshare', [
      '-rm',
      'bash',
      join(folder, 'run.sh'),
      ...program,
    ]);
    expect(stdout).toContain('3 of 3 connected');
    expect(stdout).toContain('exit 74: kept.json: before\n');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('exit 74');
    expect(stderr).toBe(
      `sse-probe: cannot write the report ${disk}/kept.json: ${FULL}, write\nsse-probe: cannot write to stdout: ${FULL}, write\n`,
    );
    expect(JSON.parse(readFileSync(join(folder, 'other.json'), 'utf8'))).toMatchObject({ verdict: 'pass' });
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  },
);

it.each([
  ['is a folder', '.', 'exists and is not a file'],
  ['is no descriptor of anybody', '/dev/fd/97', 'is not open'],
  ['has a file for its folder', 'package.json/report.json', 'package.json cannot be created or written (ENOTDIR)'],
])('a report that cannot be written since it %s is refused before the run', async (_, file, said) => {
  const { code, stdout, stderr } = await runProgram([...SOAK, `--report=json=${file}`]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(said);
});

it('a probe refuses a folder for a report before it asks anything', async () => {
  const { code, stdout, stderr } = await runProgram(['probe', 'http://127.0.0.1:1/', '--report=json=.']);
  expect([code, stdout, stderr]).toEqual([3, '', 'sse-probe: --report: . exists and is not a file\n  Give a file.\n']);
});

it.each(['junit', 'prometheus'])(
  'a probe that watches refuses %s, to which nothing can be appended',
  async (format) => {
    const { code, stdout, stderr } = await runProgram([
      'probe',
      'http://127.0.0.1:1/',
      '--watch=1s',
      `--format=${format}`,
    ]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain(`--watch: --format ${format} is a single document, which --watch cannot extend\n`);
  },
);
