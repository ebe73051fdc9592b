/** `sse-probe init` beside a server: what it writes runs at once. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { root, runProgram } from '../support/program.ts';
import { serveStreams } from '../support/stream-server.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'sse-probe-init-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

/** Every event has a number and a time under names that nobody knows; a comment comes every second. */
async function numbered(): Promise<string> {
  let number = 0;
  const clients = new Set<(text: string) => void>();
  const say = (text: string): void => clients.forEach((client) => client(text));
  const events = setInterval(() => say(`data: {"n":${(number += 1)},"at":${Date.now()}}\n\n`), 200);
  const beats = setInterval(() => say(': \n\n'), 1000);
  events.unref();
  beats.unref();
  return serveStreams((_, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    res.flushHeaders();
    const client = (text: string): unknown => res.write(text);
    clients.add(client);
    res.on('close', () => clients.delete(client));
  });
}

it('init looks at a stream, names what it found, and its scenario passes', async () => {
  const url = await numbered();
  const made = await runProgram(['init', '--yes', '--url', url, '--clients=5', '--duration=2s', 'load/a.yaml'], {
    cwd,
  });
  expect([made.code, made.stdout]).toEqual([0, '']);
  expect(made.stderr).toContain('Run it: sse-probe soak load/a.yaml\n');
  const text = readFileSync(join(cwd, 'load', 'a.yaml'), 'utf8');
  expect(text).toContain('\nseq: /n\n');
  expect(text).toContain('\nsent-at: /at\n');
  expect(text).toMatch(/\nheartbeat-within: [23]s\n/);
  const run = await runProgram(['soak', 'load/a.yaml', '--mix=healthy=1', '--settle=1s', '--quiet', '--json'], { cwd });
  const { verdict, thresholds } = JSON.parse(run.stdout) as { verdict: string; thresholds: { status: string }[] };
  expect([run.code, verdict]).toEqual([0, 'pass']);
  expect(thresholds.map(({ status }) => status)).toEqual(['pass', 'pass', 'pass']);
}, 30_000);

it('init writes a scenario for a target that is not there, and says so', async () => {
  const made = await runProgram(['init', '--yes', '127.0.0.1:1/events'], { cwd });
  expect(made.code).toBe(0);
  expect(made.stderr).toContain('nothing is known about the stream: 127.0.0.1:1 cannot be reached: refused');
  expect(readFileSync(join(cwd, 'sse-probe.yaml'), 'utf8')).toContain('\nurl: http://127.0.0.1:1/events\n');
});

it('init replaces a file only with --force', async () => {
  const file = join(cwd, 'sse-probe.yaml');
  writeFileSync(file, 'clients: 1\n');
  expect(await runProgram(['init', '--yes'], { cwd })).toMatchObject({
    code: 2,
    stdout: '',
    stderr: 'sse-probe: sse-probe.yaml exists\n  Name another file, or add --force to replace it.\n',
  });
  expect(readFileSync(file, 'utf8')).toBe('clients: 1\n');
  expect((await runProgram(['init', '--yes', '--force'], { cwd })).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toContain('\nclients: 100\n');
  expect(readdirSync(cwd)).toEqual(['sse-probe.yaml']);
});

it('init without a terminal asks for --yes, and the scenario goes to stdout where that is asked for', async () => {
  const asked = await runProgram(['init'], { cwd });
  expect([asked.code, asked.stderr]).toEqual([
    2,
    'sse-probe: init asks its questions in a terminal, and stdin is none\n  Answer them with flags: sse-probe init --yes --url http://127.0.0.1:3000/events\n',
  ]);
  const printed = await runProgram(['init', '--yes', '-'], { cwd });
  expect([printed.code, readdirSync(cwd)]).toEqual([0, []]);
  expect(printed.stdout).toContain('\nserver-arg:\n  - --heartbeat=1s\n');
});

/** The program in a terminal: each answer is typed when its question is there. */
async function typed(
  answers: readonly (readonly [question: string, keys: string])[],
): Promise<{ code: number; text: string }> {
  const program = `${process.execPath} ${join(root, 'bin', 'sse-probe.js')} init`;
  const child = spawn('script', ['-qec', `stty cols 80 rows 24; exec ${program}`, '/dev/null'], {
    cwd,
    env: { ...process.env, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const left = [...answers];
  let [text, answered] = ['', 0];
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
    const [question, keys] = left[0] ?? [];
    if (question === undefined || !text.slice(answered).includes(question)) return;
    answered = text.length;
    left.shift();
    child.stdin.write(keys);
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, text };
}

it.runIf(hasScript)('init asks three questions in a terminal, and a wrong answer again', async () => {
  const { code, text } = await typed([
    ['[a built-in server]', '\r'],
    ['[100]', '0\r'],
    ['[100]', '9\r'],
    ['[30s]', '3s\r'],
  ]);
  expect([code, readdirSync(cwd)]).toEqual([0, ['sse-probe.yaml']]);
  expect(text).toContain('"0" is too small; the least is 1');
  expect(readFileSync(join(cwd, 'sse-probe.yaml'), 'utf8')).toMatch(/\nclients: 9\n[^]*\nduration: 3s\n/);
});

it.runIf(hasScript)('init that is interrupted by Ctrl-C at a question writes nothing', async () => {
  const { code, text } = await typed([
    ['[a built-in server]', '\r'],
    ['[100]', '\u0003'],
  ]);
  expect([code, readdirSync(cwd)]).toEqual([130, []]);
  expect(text).toContain('interrupted; nothing was written');
});
