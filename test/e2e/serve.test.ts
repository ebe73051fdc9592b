import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Http2Client, http2Session, IDENTITY } from '../server/http2-client.ts';
import { PATIENCE, RawClient } from '../server/raw-client.ts';
import { root, runProgram, startProgram, type RunningProgram } from '../support/program.ts';

const cleanups: Array<() => void> = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

const LISTENING = /^listening on http:\/\/(.+):(\d+)\n$/;

function start(args: readonly string[], limits = ''): RunningProgram {
  const program = startProgram(['serve', ...args], { limits });
  cleanups.push(() => program.child.kill('SIGKILL'));
  return program;
}

/** What is said on stderr of every server that somebody starts. */
function addresses(origin: string): string {
  return `  stream     ${origin}/events\n  dashboard  ${origin}/\n`;
}

/** Started on a port of its own; resolves when it accepts. */
async function listening(args: readonly string[] = [], limits = ''): Promise<RunningProgram & { port: number }> {
  const program = start(['--port=0', ...args], limits);
  let stdout = '';
  program.child.stdout?.on('data', (text: string) => {
    stdout += text;
  });
  await program.says(/listening on/);
  await expect.poll(() => stdout, PATIENCE).toMatch(LISTENING);
  return { ...program, port: Number(LISTENING.exec(stdout)?.[2]) };
}

function client(port: number, options: { path?: string; paused?: boolean } = {}): RawClient {
  const made = new RawClient({ port, ...options });
  cleanups.push(() => made.destroy());
  return made;
}

it('sse-probe serve says where it listens, once and in one line, and by then accepts', async () => {
  const server = await listening();
  const one = client(server.port);
  await one.untilText('event: tick');
  server.child.kill('SIGTERM');
  const { code, stdout, stderr } = await server.outcome;
  expect([code, stderr]).toEqual([0, addresses(`http://127.0.0.1:${server.port}`)]);
  expect(stdout).toMatch(LISTENING);
});

it('sse-probe serve writes an IPv6 address in brackets', async () => {
  const server = await listening(['--host=::1']);
  server.child.kill('SIGINT');
  expect((await server.outcome).stdout).toMatch(/^listening on http:\/\/\[::1\]:\d+\n$/);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  it(`sse-probe serve drains its clients and exits with 0 on ${signal}`, async () => {
    const server = await listening(['--grace=20s']);
    const one = client(server.port);
    await one.untilConnected();
    server.child.kill(signal);
    expect(await server.outcome).toMatchObject({
      code: 0,
      signal: null,
      stderr: addresses(`http://127.0.0.1:${server.port}`),
    });
    await one.untilClosed();
    expect(one.ended).toBe('fin');
    expect(one.body).toMatch(/: shutdown\nretry: \d+\n\n$/);
  });
}

it('sse-probe serve is not held up by clients that do not read: it exits within its grace time', async () => {
  const server = await listening(['--grace=500ms', '--event-size=1MiB', '--rate=50/s', '--max-queue=1GiB']);
  const stuck = Array.from({ length: 10 }, () => client(server.port, { paused: true }));
  await blocked(server.port, stuck.length);
  server.child.kill('SIGTERM');
  expect(await server.outcome).toMatchObject({ code: 0, signal: null });
});

it('sse-probe serve resets everything at once on a second signal', async () => {
  const server = await listening(['--grace=10m', '--event-size=1MiB', '--rate=50/s', '--max-queue=1GiB']);
  client(server.port, { paused: true });
  await blocked(server.port, 1);
  server.child.kill('SIGTERM');
  await refused(server.port);
  server.child.kill('SIGTERM');
  expect(await server.outcome).toMatchObject({ code: 0, signal: null });
});

it('sse-probe serve on a port that is taken names it, says what to do, and exits with 1', async () => {
  const other = net.createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const { code, stdout, stderr } = await runProgram(['serve', `--port=${port}`]);
  other.close();
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    `sse-probe: cannot listen on 127.0.0.1:${port}: the port is in use (EADDRINUSE)\n  Choose another with --port, or use --port 0 for any free port.\n`,
  );
});

it('sse-probe serve on an address that is not ours exits with 1', async () => {
  const { code, stderr } = await runProgram(['serve', '--port=0', '--host=192.0.2.1']);
  expect([code, stderr.includes('192.0.2.1:0')]).toEqual([1, true]);
});

it('sse-probe serve lists the known faults when another is asked for, and exits with 2', async () => {
  const { code, stderr } = await runProgram(['serve', '--port=0', '--fault=no-such-fault']);
  expect(code).toBe(2);
  expect(stderr).toContain('naive');
  expect((await runProgram(['serve', '--port=0', '--fault=nave'])).stderr).toMatch(
    /^sse-probe: --fault: there is no fault "nave"; did you mean naive\?\n {2}Known faults: /,
  );
});

it('sse-probe serve warns when others than this machine can reach it', async () => {
  const server = await listening(['--host=0.0.0.0']);
  server.child.kill('SIGTERM');
  expect((await server.outcome).stderr).toMatch(
    /^sse-probe: listening on 0\.0\.0\.0: .*\n {2}stream .*\n {2}dashboard .*\n$/,
  );
});

it('sse-probe serve publishes for who has the token, and never prints it', async () => {
  const server = await listening(['--publish-token=geheim-1234', '--rate=0/s', '--cors=https://app.example.com']);
  const one = client(server.port);
  await one.untilConnected();
  const ask = (token: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${server.port}/publish`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: '{"event":"news","data":"hello"}',
    });
  expect([(await ask('geheim-1235')).status, (await ask('geheim-1234')).status]).toEqual([401, 200]);
  await one.untilText('-1\nevent: news\ndata: hello\n\n');
  const told = await Promise.all(
    ['/stats', '/readyz', '/clients', '/metrics'].map(async (path) =>
      (await fetch(`http://127.0.0.1:${server.port}${path}`)).text(),
    ),
  );
  expect(told.join('\n')).not.toContain('geheim');
  server.child.kill('SIGTERM');
  const { stdout, stderr } = await server.outcome;
  expect(stdout + stderr).not.toContain('geheim');
});

it('sse-probe serve takes the token from a variable, where no list of processes shows it', async () => {
  const server = await listening(['--publish-token-env=OURS', '--rate=0/s'], 'export OURS=geheim-1234');
  const ask = (token: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${server.port}/publish`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: '{"data":"hello"}',
    });
  expect([(await ask('OURS')).status, (await ask('geheim-1234')).status]).toEqual([401, 200]);
  server.child.kill('SIGTERM');
  const { stdout, stderr } = await server.outcome;
  expect(stdout + stderr).not.toContain('geheim');
  expect(await runProgram(['serve', '--port=0', '--publish-token-env=NOT_SET_HERE'])).toMatchObject({
    code: 2,
    stdout: '',
    stderr:
      'sse-probe: --publish-token-env: the environment variable NOT_SET_HERE is not set\n  Export it, or remove the option.\n',
  });
  const unusable = await runProgram(['serve', '--port=0', '--publish-token-env=OURS'], {
    limits: 'export OURS="geheim 1234"',
  });
  expect([
    unusable.code,
    unusable.stderr.includes('the value of the environment variable OURS is not a bearer token'),
    unusable.stderr.includes('geheim'),
  ]).toEqual([2, true, false]);
});

it('sse-probe serve does not repeat a token that it refuses', async () => {
  const { code, stdout, stderr } = await runProgram(['serve', '--port=0', '--publish-token=geheim 1234']);
  expect([code, stdout, stderr.split('\n')[0]]).toEqual([
    2,
    '',
    'sse-probe: --publish-token: is not a bearer token: letters, digits and -._~+/ with = at the end',
  ]);
});

it('sse-probe serve serves TLS with a certificate of ours, over HTTP/1.1 and HTTP/2', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sse-probe-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  writeFileSync(cert, IDENTITY.certificate);
  writeFileSync(key, IDENTITY.key);
  const server = start(['--port=0', `--tls-cert=${cert}`, `--tls-key=${key}`, '--http2']);
  const [, port] = await server.says(/^listening on https:\/\/127\.0\.0\.1:(\d+)\n$/);
  const one = new Http2Client(http2Session(Number(port)));
  await one.untilText('event: tick');
  server.child.kill('SIGTERM');
  await one.untilClosed();
  expect([one.ended, /: shutdown\nretry: \d+\n\n$/.test(one.body)]).toEqual([true, true]);
  expect(await server.outcome).toMatchObject({ code: 0, signal: null, stderr: addresses(`https://127.0.0.1:${port}`) });
});

it('sse-probe serve names the certificate that it cannot read or use, and exits with 1', async () => {
  const missing = await runProgram(['serve', '--port=0', '--tls-cert=/nowhere/cert.pem', '--tls-key=/nowhere/key.pem']);
  expect([missing.code, missing.stdout, missing.stderr]).toEqual([
    1,
    '',
    'sse-probe: --tls-cert: cannot read /nowhere/cert.pem (ENOENT)\n',
  ]);
  const unusable = await runProgram(['serve', '--port=0', '--tls-cert=package.json', '--tls-key=package.json']);
  expect([unusable.code, unusable.stdout]).toEqual([1, '']);
  expect(unusable.stderr).toMatch(/^sse-probe: certificate and key cannot be used: .*\n {2}both are PEM files, .*\n$/);
});

function startWithChannel(): ReturnType<typeof spawn> {
  const child = spawn(
    process.execPath,
    ['--expose-gc', join(root, 'bin', 'sse-probe.js'), 'serve', '--port=0', '--grace=10m'],
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  cleanups.push(() => child.kill('SIGKILL'));
  return child;
}

it('sse-probe serve, started by a run collects garbage when asked, and exits on SIGTERM with the channel open', async () => {
  const child = startWithChannel();
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  child.send({ type: 'something else' });
  child.send({ type: 'collect-garbage' });
  expect((await once(child, 'message'))[0]).toEqual({ type: 'garbage-collected' });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it('sse-probe serve, started by a run goes when the process that started it has gone', async () => {
  const child = startWithChannel();
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

async function blocked(port: number, count: number): Promise<void> {
  await expect
    .poll(
      async () => {
        const asked = client(port, { path: '/stats' });
        await asked.untilText('"uptimeMs"');
        return (JSON.parse(asked.body) as { clients: { blocked: number } }).clients.blocked;
      },
      { ...PATIENCE, interval: 100 },
    )
    .toBe(count);
}

async function refused(port: number): Promise<void> {
  await expect
    .poll(async () => {
      const asked = client(port, { path: '/healthz' });
      await new Promise((resolve) => setTimeout(resolve, 100));
      return asked.ended;
    }, PATIENCE)
    .toBe('ECONNREFUSED');
}
