/**
 * One shell for a page, in a folder and a network of its own: the ports that the page names are free there, and nothing
 * outlives it. A server that a page starts is ended with the shell, by its process id.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { root } from '../support/program.ts';
import { found } from '../support/real-servers/found.ts';
import { libraries } from '../support/real-servers/proxy.ts';

/** Processes of its own too, so that all of them end with the first; root needs no user namespace for that. */
const APART = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc', ...(process.getuid?.() === 0 ? [] : ['-r'])];
const LOOPBACK_UP = 'ip link set lo up';

/** Null, or why no shell can have a network of its own. */
export const noShell: string | null = (() => {
  const { status, stderr, error } = spawnSync('unshare', [...APART, 'sh', '-c', LOOPBACK_UP], { encoding: 'utf8' });
  return status === 0 ? null : (error?.message ?? stderr.trim());
})();

const redis = found('redis');
/** The server that the tests use, where it was unpacked; null where the machine has one of its own, or none was found. */
const REDIS = 'found' in redis && redis.found.startsWith('/') ? redis.found : null;

export interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

export class PageShell {
  private readonly folder = mkdtempSync(join(tmpdir(), 'sse-probe-page-'));
  private readonly shell: ChildProcess;
  private readonly ended: Promise<unknown>;
  private done = '';
  private count = 0;

  constructor() {
    for (const name of ['scenarios', 'schemas']) symlinkSync(join(root, name), join(this.folder, name));
    const programs = join(this.folder, 'node_modules', '.bin');
    mkdirSync(programs, { recursive: true });
    const provide = (name: string, command: string): void => {
      writeFileSync(join(programs, name), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
    };
    provide('sse-probe', `"${process.execPath}" "${join(root, 'bin', 'sse-probe.js')}"`);
    if (REDIS !== null) {
      const settings = Object.entries(libraries(join(REDIS, '..', '..', '..'))).map(
        ([name, value]) => `${name}="${value}"`,
      );
      for (const name of ['redis-server', 'redis-cli'])
        provide(name, ['env', ...settings, `"${join(REDIS, '..', name)}"`].join(' '));
    }
    this.shell = spawn('unshare', [...APART, 'bash', '--noprofile', '--norc'], {
      cwd: this.folder,
      env: {
        HOME: process.env['HOME'],
        PATH: `${programs}:${process.env['PATH']}`,
        LC_ALL: 'C.UTF-8',
        TERM: 'dumb',
        ROOT: root,
      },
      stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    });
    this.ended = once(this.shell, 'close');
    (this.shell.stdio[3] as Readable).setEncoding('utf8').on('data', (text: string) => {
      this.done += text;
    });
    this.tell(LOOPBACK_UP);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /**
   * Runs it in the shell, to its end; what goes on behind it goes on. What has been said may be asked for again.
   *
   * @throws when it does not end in time
   */
  async run(text: string, timeoutMs: number): Promise<() => Said> {
    const name = `block-${++this.count}`;
    this.write(`${name}.sh`, text);
    this.tell(`exec >${name}.out 2>${name}.err; . ./${name}.sh </dev/null 3>&-; echo "${name} $?." >&3`);
    const pattern = new RegExp(String.raw`^${name} (\d+)\.`, 'm');
    const stopAtMs = Date.now() + timeoutMs;
    while (!pattern.test(this.done)) {
      if (this.shell.exitCode !== null) throw new Error(`the shell ended in:\n${text}`);
      if (Date.now() > stopAtMs) throw new Error(`does not end:\n${text}\n${this.read(`${name}.err`)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const code = Number(pattern.exec(this.done)?.[1]);
    return () => ({ code, stdout: this.read(`${name}.out`), stderr: this.read(`${name}.err`) });
  }

  async close(): Promise<void> {
    this.shell.kill('SIGKILL');
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  private tell(line: string): void {
    (this.shell.stdin as Writable).write(`${line}\n`);
  }
}
