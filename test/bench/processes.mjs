/**
 * The processes of the benchmark: the C programs built into a temporary folder, servers, and what reads from them.
 * Every one is bounded in time, and none outlives the benchmark.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cpuSeconds, rssBytes } from './process-cost.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../bin/sse-probe.js', import.meta.url));
const CLIENTS = { ours: 'ours.mjs', http: 'node-http.mjs', undici: 'undici.mjs' };
const SERVERS = { betterSse: 'better-sse.mjs', http: 'node-http.mjs' };
/** Connecting, calm and the end, beside the measurement itself. */
const MAX_OVERHEAD_MS = 90_000;
const START_TIMEOUT_MS = 10_000;
const OTHER_DESCRIPTORS = 64;
const DEFAULT_DESCRIPTORS = 1024;
const COLLECT_TIMEOUT_MS = 10_000;
const EXIT_TIMEOUT_MS = 20_000;
/** Events as long as those of the C server. */
const SERVE_FLAGS = ['--port=0', '--event-size=128B', '--max-clients=1000000'];

export class Bench {
  /** Null where there is no compiler. */
  #programs;
  #folder;
  #signal;
  #children = new Set();
  mostClients = descriptorLimit() - OTHER_DESCRIPTORS;

  constructor(folder, programs, signal) {
    this.#folder = folder;
    this.#programs = programs;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#endChildren(), { once: true });
  }

  static async prepare(signal) {
    const folder = await mkdtemp(join(tmpdir(), 'sse-probe-bench-'));
    try {
      return new Bench(folder, await compile(folder, signal), signal);
    } catch (error) {
      await rm(folder, { recursive: true });
      throw error;
    }
  }

  get serverName() {
    return this.#programs === null ? 'sse-probe serve (no gcc here)' : 'test/bench/floor/fanout.c';
  }

  get readerName() {
    return this.#programs === null ? 'the clients of sse-probe (no gcc here)' : 'test/bench/floor/reader.c';
  }

  can(subject) {
    return subject !== 'c' || this.#programs !== null;
  }

  /** False, and said, where a process cannot have so many sockets. */
  allows({ clients }) {
    if (clients <= this.mostClients) return true;
    console.log(
      `skipped: ${clients} clients (this machine allows a process ${this.mostClients} sockets; raise "ulimit -n")`,
    );
    return false;
  }

  /** The figures of simulated clients; null, and said on stderr, when they failed. */
  async measureClient(subject, { clients, rate }, seconds, profileInto) {
    const server =
      this.#programs === null
        ? await this.startServe(rate, ['--heartbeat-kind=none', '--replay=0'])
        : await this.#startServer(this.#programs.fanout, [String(rate)]);
    const args = [clients, seconds, server.port].map(String);
    const profile = subject === 'ours' && profileInto !== null ? ['--cpu-prof', `--cpu-prof-dir=${profileInto}`] : [];
    const client =
      subject === 'c'
        ? this.#start(this.#programs.reader, args)
        : this.#start(process.execPath, ['--expose-gc', ...profile, join(HERE, CLIENTS[subject]), ...args]);
    try {
      return JSON.parse((await this.outcome(client, seconds)).at(-1));
    } catch (error) {
      return this.#failed(subject, error);
    } finally {
      server.child.kill('SIGKILL');
    }
  }

  /** The figures of a server, read by the leanest client there is; null, and said on stderr, when it failed. */
  async measureServer(subject, { clients, rate }, seconds, { profileInto = null, program = PROGRAM } = {}) {
    const profile = subject === 'ours' && profileInto !== null ? ['--cpu-prof', `--cpu-prof-dir=${profileInto}`] : [];
    const server =
      subject === 'c'
        ? await this.#startServer(this.#programs.fanout, [String(rate)])
        : Object.hasOwn(SERVERS, subject)
          ? await this.#startServer(
              process.execPath,
              ['--expose-gc', join(HERE, 'servers', SERVERS[subject]), String(rate)],
              'ipc',
            )
          : await this.startServe(rate, [], { program, execArgs: ['--expose-gc', ...profile] });
    try {
      await this.collectGarbage(server.child);
      const before = rssBytes(server.child.pid);
      const reader = this.startReader(clients, seconds, server.port);
      let cpuBefore = 0;
      let figures = null;
      const onLine = (line) => {
        if (line === 'measuring') cpuBefore = cpuSeconds(server.child.pid);
        else if (line.startsWith('{')) {
          const read = JSON.parse(line);
          const cpu = cpuSeconds(server.child.pid) - cpuBefore;
          const delivered = read.eventsPerSecond * seconds;
          figures = {
            ...read,
            usPerEvent: (cpu * 1e6) / delivered,
            cpu: cpu / seconds,
            dueShare: (100 * read.eventsPerSecond) / (clients * rate),
          };
          figures.fanOutMs = (clients * figures.usPerEvent) / 1000;
          void this.collectGarbage(server.child).then(
            () => {
              figures.kbPerClient = (rssBytes(server.child.pid) - before) / 1024 / clients;
              reader.stdin.end();
            },
            () => reader.kill('SIGKILL'),
          );
        }
      };
      await this.outcome(reader, seconds, onLine);
      if (profile.length > 0) await this.#stop(server.child);
      return figures;
    } catch (error) {
      return this.#failed(subject, error);
    } finally {
      server.child.kill('SIGKILL');
    }
  }

  /** `sse-probe serve` of this tree, or of another one. */
  startServe(rate, flags, { program = PROGRAM, execArgs = ['--expose-gc'] } = {}) {
    return this.#startServer(
      process.execPath,
      [...execArgs, program, 'serve', `--rate=${rate}/s`, ...SERVE_FLAGS, ...flags],
      'ipc',
    );
  }

  /** Reads until its standard input ends. */
  startReader(clients, seconds, port) {
    const args = [clients, seconds, port].map(String);
    const stdio = ['pipe', 'pipe', 'pipe'];
    return this.#programs === null
      ? this.#start(process.execPath, ['--expose-gc', join(HERE, CLIENTS.ours), ...args, 'server'], stdio)
      : this.#start(this.#programs.reader, [...args, 'server'], stdio);
  }

  /** What is garbage must not count as what a connection takes. The C server has none, and no channel. */
  async collectGarbage(child) {
    if (child.channel === undefined) return;
    child.send({ type: 'collect-garbage' });
    await once(child, 'message', { signal: AbortSignal.timeout(COLLECT_TIMEOUT_MS) });
  }

  async close() {
    this.#endChildren();
    await rm(this.#folder, { recursive: true });
  }

  async #startServer(program, args, channel = 'ignore') {
    const child = this.#start(program, args, ['ignore', 'pipe', 'inherit', channel]);
    const port = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the server did not start')), START_TIMEOUT_MS);
      child.once('exit', () => reject(new Error('the server did not start')));
      child.stdout.setEncoding('utf8').once('data', (line) => resolve(Number(/(\d+)\s*$/.exec(line)?.[1])));
      child.once('exit', () => clearTimeout(timer));
      child.stdout.once('data', () => clearTimeout(timer));
    });
    return { child, port };
  }

  #start(program, args, stdio = ['ignore', 'pipe', 'pipe']) {
    this.#signal.throwIfAborted();
    const child = spawn(program, args, { stdio });
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    return child;
  }

  /** The lines that a process printed. @throws when it did not end well */
  outcome(child, seconds, onLine = () => {}) {
    return new Promise((resolve, reject) => {
      const lines = [''];
      let stderr = '';
      const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000 + MAX_OVERHEAD_MS);
      child.stdout.setEncoding('utf8').on('data', (text) => {
        const [first, ...rest] = text.split('\n');
        lines[lines.length - 1] += first;
        for (const line of rest) {
          onLine(lines.at(-1));
          lines.push(line);
        }
      });
      child.stderr.setEncoding('utf8').on('data', (text) => {
        stderr += text;
      });
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        if (code === 0) resolve(lines.filter((line) => line !== ''));
        else reject(new Error(stderr.trim() || `it ended with ${code ?? signal}`));
      });
    });
  }

  /** So that it writes its profile. */
  async #stop(child) {
    child.kill('SIGTERM');
    await once(child, 'exit', { signal: AbortSignal.timeout(EXIT_TIMEOUT_MS) });
  }

  #failed(subject, error) {
    this.#signal.throwIfAborted();
    console.error(`\n${subject} failed: ${error.message}`);
    return null;
  }

  #endChildren() {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}

/** @returns where the programs are; null without a compiler. @throws when there is one and it fails */
async function compile(folder, signal) {
  const programs = { fanout: join(folder, 'fanout'), reader: join(folder, 'reader') };
  try {
    await Promise.all(
      Object.entries(programs).map(([name, output]) =>
        promisify(execFile)('gcc', ['-O2', '-o', output, join(HERE, 'floor', `${name}.c`)], { signal }),
      ),
    );
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
  return programs;
}

/** Node raises it to the hard limit when it starts, and so do the C programs. */
function descriptorLimit() {
  try {
    const match = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return match === null ? DEFAULT_DESCRIPTORS : Number(match[1]);
  } catch {
    return DEFAULT_DESCRIPTORS;
  }
}
