/** The Redis of deploy/kubernetes, started by the command of its manifest, with another port and folder. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { found } from '../support/real-servers/found.ts';
import { freePort } from '../support/real-servers/free-port.ts';
import { libraries } from '../support/real-servers/proxy.ts';
import { startServerProcess } from '../support/server-process.ts';
import { WORKLOADS } from './kubernetes-schema.ts';

const PASSWORD = '5f0c1c8e9a7b';
const program = found('redis');
const where = 'found' in program ? '' : ` (skipped: ${program.missing})`;
const [script = ''] = WORKLOADS.find(({ kind }) => kind === 'Deployment')!.spec.template.spec.containers[0].args;

/** What Redis responds to these lines, which are commands of its inline protocol. */
function responseTo(port: number, lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let response = '';
    const socket = connect(port, '127.0.0.1', () => socket.end([...lines, 'QUIT', ''].join('\r\n')));
    socket.setEncoding('utf8').on('data', (text: string) => (response += text));
    socket.once('close', () => resolve(response)).once('error', reject);
  });
}

it.skipIf('missing' in program || !existsSync('/proc/self/cmdline'))(
  `the Redis of the manifests asks for the password of the Secret, which is on no command line${where}`,
  async () => {
    const redis = 'found' in program ? program.found : '';
    const folder = mkdtempSync(join(tmpdir(), 'sse-probe-redis-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const port = await freePort();
    expect(script).toContain('--dir /data ');
    const { pid, stop } = await startServerProcess({
      command: 'sh',
      args: ['-c', script.replace('--dir /data ', `--dir ${folder} --bind 127.0.0.1 --port ${port} `)],
      env: {
        ...libraries(redis.startsWith('/') ? join(redis, '..', '..', '..') : null),
        PATH: `${dirname(redis)}:${process.env['PATH']}`,
        REDIS_PASSWORD: PASSWORD,
      },
      says: /Ready to accept/,
      url: `redis://127.0.0.1:${port}`,
    });
    onTestFinished(stop);
    expect(await responseTo(port, ['PING'])).toMatch(/^-NOAUTH/);
    const known = await responseTo(port, [
      `AUTH ${PASSWORD}`,
      'PING',
      'CONFIG GET maxmemory-policy',
      'CONFIG GET appendonly',
    ]);
    expect(known).toMatch(/^\+OK\r\n\+PONG\r\n[^]*noeviction[^]*appendonly\r\n\$3\r\nyes/);
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    expect(commandLine).toContain('redis-server');
    expect(commandLine).not.toContain(PASSWORD);
  },
);
