/** A Redis that writes every entry to its own folder before it answers, on a port of its own; it can be killed and started again. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { freePort } from './free-port.ts';
import { libraries } from './proxy.ts';

export interface RedisServer {
  url: string;
  /** Kills it. */
  kill(): Promise<void>;
  /** Starts it on the same port and folder. */
  start(): Promise<void>;
  /** Kills it and removes its folder. */
  stop(): Promise<void>;
}

export async function startRedis(program: string): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'sse-probe-redis-'));
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', dir: folder, appendonly: 'yes', appendfsync: 'always', save: '' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const url = `redis://127.0.0.1:${port}`;
  const launch = (): Promise<ServerProcess> =>
    startServerProcess({
      command: program,
      args,
      env: libraries(program.startsWith('/') ? join(program, '..', '..', '..') : null),
      says: /Ready to accept/,
      url,
    });
  let running = await launch();
  return {
    url,
    kill: () => running.stop(),
    async start() {
      running = await launch();
    },
    async stop() {
      await running.stop();
      await rm(folder, { recursive: true });
    },
  };
}
