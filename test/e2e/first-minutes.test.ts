/**
 * The first ten minutes of a new user: what was typed, and what the terminal showed.
 *
 * `first-minutes/typed.txt` is the list of what users typed and stumbled over, each with what happens now: it is a
 * transcript, and is run as one. `first-minutes/*-80x24.txt` and `*-120x40.txt` are screens of a terminal of that size.
 * Words are compared, figures are not (test/docs/shape.ts). `UPDATE_SCREENS=1` writes both anew.
 */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shapeDifference } from '../docs/shape.ts';
import { root, type RunningProgram, startProgram } from '../support/program.ts';
import { CTRL_C, hasPseudoTerminal, needsPseudoTerminal, PseudoTerminal } from '../support/pseudo-terminal.ts';
import { ScriptedServer } from '../support/scripted-server.ts';

const FOLDER = join(root, 'test', 'e2e', 'first-minutes');
const isUpdate = process.env['UPDATE_SCREENS'] === '1';
const REFUSAL =
  'HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nWWW-Authenticate: Bearer realm="events"\r\nRetry-After: 30\r\n\r\n{"message":"the token has expired"}';

let folder: string;
let serving: RunningProgram;
let refusing: ScriptedServer;
/** Host and port of a server of `sse-probe serve`, and of one that refuses. */
let address: string;
let refusal: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sse-probe-minutes-'));
  const program = join(folder, 'sse-probe');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'bin', 'sse-probe.js')}" "$@"\n`);
  chmodSync(program, 0o755);
  refusing = await ScriptedServer.start(REFUSAL);
  refusal = `127.0.0.1:${refusing.port}`;
  serving = startProgram(['serve', '--port', '0', '--heartbeat', '1s', '--rate', '5/s']);
  const [, host = ''] = await serving.says(/listening on http:\/\/(\S+)/);
  address = host;
});

afterAll(async () => {
  serving.child.kill();
  await serving.outcome;
  await refusing.close();
  rmSync(folder, { recursive: true });
});

interface Typed {
  command: string;
  shown: string;
}

/** `$ COMMAND`, what it says on stdout and stderr, and `[exit N]` where that is not 0. */
function transcript(): Typed[] {
  return readFileSync(join(FOLDER, 'typed.txt'), 'utf8')
    .split(/^\$ /m)
    .slice(1)
    .map((block) => {
      const [command = '', ...shown] = block.split('\n');
      return { command, shown: shown.join('\n').trim() };
    });
}

/** In a shell of its own, whose folder has nothing but the program. */
function typed(command: string): Promise<string> {
  const env = { PATH: `${folder}:${process.env['PATH']}`, HOME: folder, LANG: 'C.UTF-8', STREAM: address };
  return new Promise((resolve) => {
    const child = execFile(
      'bash',
      ['-c', `{ ${command}\n} 2>&1`],
      { cwd: folder, env, timeout: 40_000 },
      (error, stdout) => {
        const exit = error === null ? '' : `[exit ${String(error.code)}]`;
        resolve(`${stdout.trimEnd().replaceAll(address, 'HOST:PORT')}\n${exit}`.trim());
      },
    );
    child.stdin?.end();
  });
}

describe.concurrent('what users typed', () => {
  const rows = transcript();
  const answers = new Map<string, string>();

  afterAll(() => {
    if (!isUpdate) return;
    const blocks = rows.map(({ command, shown }) => `$ ${command}\n${answers.get(command) ?? shown}\n`);
    writeFileSync(join(FOLDER, 'typed.txt'), blocks.join('\n'));
  });

  it.each(rows.map(({ command, shown }): [string, string] => [command, shown]))(
    'what happens now at: %s',
    async (command, shown) => {
      const said = await typed(command);
      answers.set(command, said);
      expect(isUpdate ? null : shapeDifference(shown, said), said).toBeNull();
    },
  );
});

/** What a screen must look like, by its file. */
function compare(name: string, columns: number, rows: number, lines: readonly string[]): void {
  const file = join(FOLDER, `${name}-${columns}x${rows}.txt`);
  const said = `${lines.join('\n').replaceAll(address, 'HOST:PORT').replaceAll(refusal, 'HOST:PORT')}\n`;
  if (isUpdate || !existsSync(file)) writeFileSync(file, said);
  expect(shapeDifference(readFileSync(file, 'utf8'), said), said).toBeNull();
}

describe.skipIf(!hasPseudoTerminal)(`the first screens${needsPseudoTerminal}`, () => {
  const SIZES = [
    [80, 24],
    [120, 40],
  ] as const;
  const SCREENS: readonly [name: string, args: () => string[], code: number][] = [
    ['help', () => [], 0],
    ['probe', () => ['probe', `${address}/events`, '--until', 'heartbeat'], 0],
    ['probe-refused', () => ['probe', `${refusal}/events`], 2],
    ['probe-nobody', () => ['probe', 'localhost:1/events'], 2],
    ['listen-refused', () => ['listen', `${refusal}/events`], 1],
    [
      'soak-threshold',
      () =>
        ['soak', `${address}/events`, '--clients=5', '--ramp=0s', '--duration=2s', '--settle=0s'].concat([
          '--mix=healthy=1',
          '--threshold=events.received<1',
        ]),
      1,
    ],
  ];

  describe.each(SIZES)('at %d × %d', (columns, rows) => {
    it.each(SCREENS)('the screen of %s is as it was looked at, and no line is wider', async (name, args, code) => {
      const terminal = PseudoTerminal.start(args(), { columns, rows });
      expect(await terminal.ended).toBe(code);
      compare(name, columns, rows, terminal.screen());
      expect(terminal.isCursorVisible).toBe(true);
    });

    it('the verdict of a soak is in sight when it is over', async () => {
      const terminal = PseudoTerminal.start(
        ['soak', `${address}/events`, '--clients=20', '--ramp=0s', '--duration=3s', '--settle=0s'],
        { columns, rows },
      );
      await terminal.ended;
      expect(terminal.screen().join('\n')).toMatch(/^(PASS|FAIL|INCONCLUSIVE) {2}http:\/\/\S+\/events/m);
      expect([...terminal.wrapped]).toEqual([]);
    });

    it('Ctrl-C ends listen and serve, and leaves a clean screen', async () => {
      const listening = PseudoTerminal.start(['listen', `${address}/events`], { columns, rows });
      await listening.shows(/tick/);
      listening.press(CTRL_C);
      expect(await listening.ended).toBe(130);
      const server = PseudoTerminal.start(['serve', '--port', '0'], { columns, rows });
      await server.shows(/listening on/);
      server.press(CTRL_C);
      expect(await server.ended).toBe(0);
      for (const { isCursorVisible } of [listening, server]) expect(isCursorVisible).toBe(true);
    });
  });
});
