/** Real workers, the soak that uses them, and their Redis, each ended after its test. */
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { type Outcome, type ProgramOptions, root, type RunningProgram, startProgram } from './program.ts';
import { found } from './real-servers/found.ts';
import { type RedisAccess, type RedisServer, startRedis } from './real-servers/redis.ts';
import { parseReport, type SoakReport } from './soak-report.ts';

const program = found('redis');
export const isRedisMissing: boolean = 'missing' in program;
/** For the name of a test that needs one. */
export const whereRedis: string = 'found' in program ? '' : ` (skipped: ${program.missing})`;

export async function redis(access: RedisAccess = {}): Promise<RedisServer> {
  const server = await startRedis('found' in program ? program.found : '', access);
  onTestFinished(() => server.stop());
  return server;
}

export interface WorkerProcess {
  name: string;
  pid: number;
  says: RunningProgram['says'];
  outcome: Promise<Outcome>;
  /** Asks it to end, and waits for that. */
  stop(): Promise<Outcome>;
  /** Ends it without its knowledge. */
  kill(): Promise<Outcome>;
}

export interface WorkerStart extends ProgramOptions {
  args?: readonly string[];
}

/** @returns once it waits for shards */
export async function worker(
  url: string,
  name: string,
  { args = [], ...options }: WorkerStart = {},
): Promise<WorkerProcess> {
  const running = startProgram(['worker', `--redis=${url}`, `--name=${name}`, ...args], options);
  onTestFinished(() => void running.child.kill('SIGKILL'));
  await running.says(/waits for shards/);
  const end = (signal: NodeJS.Signals): Promise<Outcome> => {
    running.child.kill(signal);
    return running.outcome;
  };
  return {
    name,
    pid: running.child.pid ?? 0,
    says: running.says,
    outcome: running.outcome,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

export function workers(url: string, names: readonly string[], start: WorkerStart = {}): Promise<WorkerProcess[]> {
  return Promise.all(names.map((name) => worker(url, name, start)));
}

/** The program as it would be in another version: a copy that differs by its package.json. */
export function otherVersion(version: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sse-probe-version-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const part of ['bin', 'dist']) cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as object;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, version }));
  return join(folder, 'bin', 'sse-probe.js');
}

export interface SpreadSoak {
  running: RunningProgram;
  /** What it ends with, and its report as the schema describes it. */
  over(): Promise<{ code: number | null; report: SoakReport; stderr: string }>;
}

/** A soak over workers, which writes its report to a file of its own. */
export function spreadSoak(url: string, args: readonly string[], limits = ''): SpreadSoak {
  const folder = mkdtempSync(join(tmpdir(), 'sse-probe-workers-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'report.json');
  const running = startProgram(['soak', ...args, `--redis=${url}`, `--report=json=${file}`], { limits });
  onTestFinished(() => void running.child.kill('SIGKILL'));
  return {
    running,
    async over() {
      const { code, stdout, stderr } = await running.outcome;
      const text = ((): string => {
        try {
          return readFileSync(file, 'utf8');
        } catch {
          throw new Error(`no report, exit code ${code}: ${stdout}${stderr}`);
        }
      })();
      return { code, report: parseReport(text), stderr };
    },
  };
}

/** One question to a Redis, by a connection of its own. */
async function asked<Answer>(url: string, question: (client: Redis) => Promise<Answer>): Promise<Answer> {
  const client = new Redis(url, { lazyConnect: true });
  try {
    await client.connect();
    return await question(client);
  } finally {
    client.disconnect();
  }
}

/** All that sse-probe has in a Redis, each key with the milliseconds until it expires. */
export function keysIn(url: string): Promise<Map<string, number>> {
  return asked(url, async (client) => {
    const names = (await client.keys('sse-probe:*')).toSorted();
    return new Map(await Promise.all(names.map(async (name) => [name, await client.pttl(name)] as const)));
  });
}

/** All values of a Redis as text, whatever they are. */
export function valuesIn(url: string): Promise<string> {
  return asked(url, async (client) => {
    const values = await Promise.all(
      (await client.keys('*')).map(async (key): Promise<unknown> => {
        switch (await client.type(key)) {
          case 'string':
            return client.get(key);
          case 'hash':
            return client.hgetall(key);
          case 'stream':
            return client.xrange(key, '-', '+');
          case 'list':
            return client.lrange(key, 0, -1);
          case 'set':
            return client.smembers(key);
          case 'zset':
            return client.zrange(key, 0, -1);
          default:
            return null;
        }
      }),
    );
    return JSON.stringify(values);
  });
}
