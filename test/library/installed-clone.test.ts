import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { root } from '../support/program.ts';

const run = promisify(execFile);
/** Only a hang takes so long: everything that a build needs is fetched. */
const TIMEOUT_MS = 240_000;
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sse-probe-clone-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As in a shell of one's own: what runs these tests may have told npm to run no scripts. */
function ownShell(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
}

/** What git would clone, with the changes that are not committed yet. */
function clone(): string {
  const place = join(folder, 'clone');
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root });
  for (const file of listed.toString().split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(place, file)), { recursive: true });
    cpSync(join(root, file), join(place, file));
  }
  return place;
}

it('npm install -g . in a fresh clone gives a program that runs', { tags: ['long'], timeout: TIMEOUT_MS }, async () => {
  const prefix = join(folder, 'prefix');
  const place = clone();
  await run('npm', ['install', '-g', '.', '--prefix', prefix], { cwd: place, timeout: TIMEOUT_MS, env: ownShell() });
  const { stdout } = await run(join(prefix, 'bin', 'sse-probe'), ['--version']);
  expect(stdout).toBe(`${version}\n`);
});

it('a clone that has not been built says what to do, with a code that says nothing of a stream', async () => {
  const place = join(folder, 'clone');
  for (const file of ['bin/sse-probe.js', 'package.json']) cpSync(join(root, file), join(place, file));
  await expect(run(process.execPath, [join(place, 'bin', 'sse-probe.js'), '--version'])).rejects.toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringContaining(`${place} is a clone that has not been built: run "npm ci" there once.`) as string,
  });
});
