import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, closeSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { OPTION_TABLES, type OptionTable } from '../../src/options/schema.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const binary = join(root, 'bin', 'sse-probe.js');

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The built binary. Its stdout may be a descriptor, or a pipe that nobody reads. */
function run(args: string[], stdout: 'read' | 'closed' | number = 'read'): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [binary, ...args], {
      stdio: ['ignore', typeof stdout === 'number' ? stdout : 'pipe', 'pipe'],
    });
    const outcome: Outcome = { code: null, stdout: '', stderr: '' };
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      outcome.stderr += text;
    });
    if (stdout === 'closed') child.stdout?.destroy();
    else
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        outcome.stdout += text;
      });
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...outcome, code }));
  });
}

it.each(['--version', '-v', '-V'])('sse-probe %s prints the version of the package', async (flag) => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(await run([flag])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

it.each([[['--help']], [['-h']], [['help']], [[]]])(
  'sse-probe with %j lists the commands with examples',
  async (args) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ {2}serve /m);
    expect(stdout).toMatch(/^ {2}soak \[options\] \[scenario\|url\] /m);
    expect(stdout).toContain('Examples:\n');
  },
);

it.each(Object.entries<OptionTable>(OPTION_TABLES))(
  'sse-probe --help and --version lists every flag of %s in its group, with its default and examples',
  async (name, table) => {
    const { code, stdout, stderr } = await run([name, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    const words = stdout.replaceAll(/\s+/g, ' ');
    for (const row of Object.values(table)) {
      expect(words).toContain(
        row.kind.placeholder === null
          ? ` --${row.flag} ${row.help}`
          : ` --${row.flag} <${row.kind.placeholder}> ${row.help}`,
      );
      expect(stdout).toContain(`\n${row.group}:\n`);
      const shown =
        row.unset ?? (typeof row.default === 'string' && row.kind.placeholder !== null ? row.default : undefined);
      expect(words).toContain(shown === undefined ? row.help : `default: ${shown}`);
    }
    expect(stdout).toContain('Examples:\n');
  },
);

it.each([
  ['listen', '-h'],
  ['help', 'listen'],
  ['--help', 'listen'],
])('sse-probe %s %s prints the help of the command', async (...args) => {
  const { code, stdout } = await run(args);
  expect([code, stdout.startsWith('Usage: sse-probe listen [options] <url>\n')]).toEqual([0, true]);
  expect(stdout).toContain('\n  -X, --method <method> ');
});

it.each([
  ['probe', '-v', 'http://127.0.0.1:1/'],
  ['prob', '--help'],
  ['help', 'prob'],
])('sse-probe %s %s ends with the code of no verdict, as probe does for every mistake', async (...args) => {
  const { code, stdout, stderr } = await run(args);
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toMatch(/^sse-probe: unknown (?:option '-v'|command "prob"; did you mean probe\?)\n/);
});

it('sse-probe --help and --version loads none of the heavy packages before a command runs', () => {
  const { files, packages } = loadedWith('src/cli/main.ts');
  expect(files).toContain('src/cli/planned-commands.ts');
  expect(files.filter((file) => file.endsWith('-options.ts'))).toEqual([]);
  expect(packages).toEqual(['commander']);
});

it.each(['src/cli/probe.ts', 'src/report/probe/formats.ts', 'src/cli/soak.ts', 'src/cli/listen.ts'])(
  'sse-probe --help and --version loads %s without prom-client, which is for metrics alone',
  (file) => {
    expect(loadedWith('src/cli/probe-serve.ts').packages).toContain('prom-client');
    expect(loadedWith(file).packages).not.toContain('prom-client');
  },
);

/** What a file of ours loads before anything runs. Imports of types alone are not there when the program runs. */
function loadedWith(entry: string): { files: string[]; packages: string[] } {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, from] of readFileSync(file, 'utf8').matchAll(
      /^(?:import|export)\b(?! type\b)[^;]*?\bfrom '([^']+)'/gm,
    )) {
      if (from?.startsWith('.')) visit(join(dirname(file), from));
      else if (from !== undefined && !from.startsWith('node:')) packages.add(from);
    }
  };
  visit(join(root, entry));
  return { files: [...seen].map((file) => relative(root, file)), packages: [...packages] };
}

const missing = join(root, 'scenarios', 'missing.yaml');

it.each<[string, string[], RegExp]>([
  ['an unknown command', ['soke'], /^sse-probe: unknown command "soke"; did you mean soak\?$/m],
  ['help for an unknown command', ['help', 'lisen'], /^sse-probe: unknown command "lisen"; did you mean listen\?$/m],
  ['the help of an unknown command', ['lisen', '-h'], /^sse-probe: unknown command "lisen"; did you mean listen\?$/m],
  [
    'a URL where a command stands',
    ['http://u:S3CRET@h.test/x'],
    /^sse-probe: "http:\/\/REDACTED@h\.test\/x" is a URL, not a command\n {2}.* sse-probe probe URL/,
  ],
  [
    'a flag where a command stands',
    ['--clients', '5'],
    /^sse-probe: "--clients" stands where a command is expected\n {2}A flag stands behind its command/,
  ],
  [
    'a flag with a secret where a command stands',
    ['-uS3CRET', 'https://h.test/'],
    /^sse-probe: "-u" stands where a command is expected$/m,
  ],
  [
    'a threshold whose value a shell has taken',
    ['soak', '--threshold', 'latency.p99'],
    /\n {2}Put the whole condition in quotes/,
  ],
  [
    'a shell that is not known',
    ['completion', 'powershell'],
    /^sse-probe: shell: "powershell" is none of bash, zsh, fish$/m,
  ],
  ['an unknown flag before the command', ['--verbos'], /^sse-probe: unknown option '--verbos'/m],
  [
    'a mistyped flag of serve',
    ['serve', '--heartbeet', '1s'],
    /^sse-probe: unknown option '--heartbeet'; did you mean --heartbeat\?$/m,
  ],
  [
    'a mistyped flag of soak',
    ['soak', '--clientz', '5'],
    /^sse-probe: unknown option '--clientz'; did you mean --clients\?$/m,
  ],
  ['a flag without its value', ['serve', '--port'], /^sse-probe: --port: takes a value: --port <number>$/m],
  [
    'a scenario and a URL',
    ['soak', 'a.yaml', 'localhost:3000'],
    /^sse-probe: too many arguments.*\n {2}With a scenario file, give the stream with --url/,
  ],
  [
    'no URL to listen to',
    ['listen'],
    /^sse-probe: missing required argument 'url'\n {2}See "sse-probe listen --help"\.\n$/,
  ],
  [
    'a heartbeat without a unit',
    ['serve', '--heartbeat', '5'],
    /^sse-probe: --heartbeat: "5" has no unit; add ms, s, m or h/m,
  ],
  ['a negative heartbeat', ['serve', '--heartbeat', '-5s'], /^sse-probe: --heartbeat: "-5s" is negative/m],
  [
    'a port that does not exist',
    ['serve', '--port', '65536'],
    /^sse-probe: --port: "65536" is too large; the most is 65535$/m,
  ],
  ['a host in brackets', ['serve', '--host', '[::1]'], /^sse-probe: --host: "\[::1\]" is not an address/m],
  [
    'a stream on an endpoint of the server',
    ['serve', '--path', '/stats'],
    /^sse-probe: --path: "\/stats" is one of the server's own endpoints$/m,
  ],
  ['a path without its slash', ['serve', '--path', 'events'], /^sse-probe: --path: "events" is not a path/m],
  [
    'an unknown overflow policy',
    ['serve', '--overflow', 'evicts'],
    /^sse-probe: --overflow: "evicts" is not known; did you mean "evict"\?$/m,
  ],
  ['a flag of another program', ['serve', '--workers', '4'], /^sse-probe: unknown option '--workers'/m],
  [
    'a flag that does not exist, whose value may be a secret',
    ['serve', '--publish-tokem=S3CRET'],
    /^sse-probe: unknown option '--publish-tokem'$/m,
  ],
  ['HTTP/2 without a certificate', ['serve', '--http2'], /^sse-probe: --http2: needs --tls-cert/m],
  ['a ramp without a unit', ['soak', '--ramp', '5'], /^sse-probe: --ramp: "5" has no unit; add ms, s, m or h/m],
  [
    'a threshold that nobody measures',
    ['soak', '--threshold', 'latenzy.p99<1s'],
    /"latenzy\.p99" is not a metric; did you mean "latency\.p99"\?$/m,
  ],
  ['a scenario that is missing', ['soak', missing], /^sse-probe: .*missing\.yaml": no such file, and not a URL$/m],
  [
    'what is neither a file nor a URL',
    ['soak', 'quick'],
    /^sse-probe: "quick": no such file, and not a URL\n.*YAML.*:\/\//,
  ],
  [
    'a stream that is given twice',
    ['soak', 'localhost:3000/x', '--url', 'http://127.0.0.1:1/'],
    /^sse-probe: --url: the argument already gives a stream: "localhost:3000\/x"$/m,
  ],
  ['a URL with port 0', ['soak', 'localhost:0'], /^sse-probe: "localhost:0" has port 0/],
  [
    'a secret behind the letter of another program',
    ['listen', '-uuser:S3CRET', 'http://127.0.0.1:1/'],
    /^sse-probe: unknown option '-u'$/m,
  ],
  ['a scenario that is a folder', ['soak', dirname(missing)], /^sse-probe: .*scenarios: is a directory$/m],
])('wrong usage %s is one or two lines on stderr and exit 2', async (_, args, complaint) => {
  const { code, stdout, stderr } = await run(args);
  expect(stderr).toMatch(complaint);
  expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  expect([code, stdout]).toEqual([2, '']);
});

it('an output that is gone is no reason to crash when a pipe was closed', async () => {
  expect(await run(['soak', '--help'], 'closed')).toEqual({ code: 0, stdout: '', stderr: '' });
});

it.runIf(existsSync('/dev/full'))('an output that is gone is said and ends with 74 when a disk is full', async () => {
  const full = openSync('/dev/full', 'w');
  try {
    const { code, stderr } = await run(['--help'], full);
    expect(stderr).toMatch(/^sse-probe: cannot write to stdout: ENOSPC[^\n]*\n$/);
    expect(code).toBe(74);
  } finally {
    closeSync(full);
  }
});

it.each([
  ['soak', ['--clients', '1', '--url'], 70],
  ['listen', [], 70],
  ['probe', [], 3],
])('a bug ends %s with its stack, and with the code of no verdict', async (command, flags, code) => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  // Thrown outside of all that we catch, once the command is at work.
  const bug = 'data:text/javascript,process.stdin.once("end",()=>{throw new Error("boom")}).resume()';
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  const child = spawn(process.execPath, ['--import', bug, binary, command, ...flags, url]);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdout.resume();
  silent.once('connection', () => child.stdin.end());
  const [ended] = (await once(child, 'close')) as [number];
  silent.close();
  expect([ended, /Error: boom\n +at /.test(stderr)]).toEqual([code, true]);
});
