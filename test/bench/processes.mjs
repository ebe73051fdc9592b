/**
 * The processes of the benchmark: the C programs built into a temporary folder, a server for each measurement, and
 * the process that is measured. Every one is bounded in time, and none outlives the benchmark.
 */
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../bin/sse-probe.js', import.meta.url));
const SCRIPTS = { ours: 'ours.mjs', http: 'node-http.mjs', undici: 'undici.mjs' };
/** Connecting, calm and the end, beside the measurement itself. */
const MAX_OVERHEAD_MS = 90_000;
const START_TIMEOUT_MS = 10_000;
const OTHER_DESCRIPTORS = 64;
const DEFAULT_DESCRIPTORS = 1024;
/** As much as the C server's events have. */
const SERVE_FLAGS = ['--port=0', '--event-size=128B', '--heartbeat-kind=none', '--replay=0', '--max-clients=1000000'];

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

  can(subject) {
    return subject !== 'c' || this.#programs !== null;
  }

  /** The subject's figures; null, and said on stderr, when it failed. */
  async measure(subject, { clients, rate }, seconds, profileInto) {
    const server = await this.#startServer(rate);
    try {
      const args = [clients, seconds, server.port].map(String);
      const profile = subject === 'ours' && profileInto !== null ? ['--cpu-prof', `--cpu-prof-dir=${profileInto}`] : [];
      const [program, ...before] = subject === 'c'
        ? [this.#programs.reader]
        : [process.execPath, '--expose-gc', ...profile, join(HERE, SCRIPTS[subject])];
      const { code, stdout, stderr } = await this.#finish(this.#start(program, [...before, ...args]), seconds * 1000 + MAX_OVERHEAD_MS);
      this.#signal.throwIfAborted();
      if (code === 0) return JSON.parse(stdout);
      console.error(`\n${subject} failed: ${stderr.trim() || `it ended with ${code}`}`);
      return null;
    } finally {
      server.child.kill('SIGKILL');
    }
  }

  async close() {
    this.#endChildren();
    await rm(this.#folder, { recursive: true });
  }

  async #startServer(rate) {
    const child = this.#programs === null
      ? this.#start(process.execPath, [PROGRAM, 'serve', `--rate=${rate}/s`, ...SERVE_FLAGS], ['ignore', 'pipe', 'inherit', 'ipc'])
      : this.#start(this.#programs.fanout, [String(rate)], ['ignore', 'pipe', 'inherit']);
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

  #finish(child, withinMs) {
    return new Promise((resolve, reject) => {
      let stdout = '';
      let stderr = '';
      const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
      child.stdout.setEncoding('utf8').on('data', (text) => { stdout += text; });
      child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text; });
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        resolve({ code: code ?? signal, stdout, stderr });
      });
    });
  }

  #endChildren() {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}

/** @returns where the programs are; null without a compiler. @throws when there is one and it fails */
async function compile(folder, signal) {
  const programs = { fanout: join(folder, 'fanout'), reader: join(folder, 'reader') };
  try {
    await Promise.all(Object.entries(programs).map(([name, output]) =>
      promisify(execFile)('gcc', ['-O2', '-o', output, join(HERE, 'floor', `${name}.c`)], { signal })));
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
