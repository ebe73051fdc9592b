/** A Redis that writes every entry to its own folder before it answers, on a port of its own; it can be killed and started again. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { freePort } from './free-port.ts';
import { libraries } from './proxy.ts';

export interface RedisServer {
  url: string;
  port: number;
  pid: number;
  /** Kills it. */
  kill(): Promise<void>;
  /** Starts it on the same port and folder. */
  start(): Promise<void>;
  /** Starts it with nothing that it had before. */
  startEmpty(): Promise<void>;
  /** Kills it and removes its folder. */
  stop(): Promise<void>;
}

export interface RedisAccess {
  /** Password of the default user. */
  password?: string;
  /** A user in the words of `ACL SETUSER`, such as `feed on >secret ~* +@all`. */
  user?: string;
  /** With TLS only: certificate and key, PEM. */
  tls?: { certificate: string; key: string };
}

export async function startRedis(program: string, { password, user, tls }: RedisAccess = {}): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'sse-probe-redis-'));
  const port = await freePort();
  const data = join(folder, 'data');
  if (tls !== undefined) {
    writeFileSync(join(folder, 'cert.pem'), tls.certificate);
    writeFileSync(join(folder, 'key.pem'), tls.key);
  }
  const settings = {
    ...(tls === undefined ? { port } : { port: 0, 'tls-port': port, 'tls-auth-clients': 'no' }),
    ...(tls === undefined
      ? {}
      : { 'tls-cert-file': join(folder, 'cert.pem'), 'tls-key-file': join(folder, 'key.pem') }),
    bind: '127.0.0.1',
    dir: folder,
    appenddirname: 'data',
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
    ...(password === undefined ? {} : { requirepass: password }),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const withUser = user === undefined ? args : [...args, '--user', ...user.split(' ')];
  const url = `${tls === undefined ? 'redis' : 'rediss'}://127.0.0.1:${port}`;
  const launch = (): Promise<ServerProcess> =>
    startServerProcess({
      command: program,
      args: withUser,
      env: libraries(program.startsWith('/') ? join(program, '..', '..', '..') : null),
      says: /Ready to accept/,
      url,
    });
  let running = await launch();
  return {
    url,
    port,
    get pid() {
      return running.pid;
    },
    kill: () => running.stop(),
    async start() {
      running = await launch();
    },
    async startEmpty() {
      await rm(data, { recursive: true, force: true });
      running = await launch();
    },
    async stop() {
      await running.stop();
      await rm(folder, { recursive: true });
    },
  };
}
