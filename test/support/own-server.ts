/** `sse-probe serve` in a process that collects its garbage when asked, and what Linux knows of that process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './program.ts';

export interface ServerStats {
  clients: { connected: number; accepting: number; blocked: number; total: number; peak: number };
  evicted: { stalled: number; unacknowledged: number; overflow: number };
  queuedBytes: number;
  events: { published: number; delivered: number; dropped: number };
  memory: { rssBytes: number; heapUsedBytes: number; externalBytes: number };
  eventLoopDelayMs: { p50: number; p99: number; max: number };
  cpuSeconds: number;
  openHandles: number;
}

export class OwnServer {
  readonly child: ChildProcess;
  readonly port: number;
  stderr = '';

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.port = port;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
  }

  /**
   * @param port 0: any free one
   * @param nodeArgs for Node itself
   */
  static async start(args: readonly string[], port = 0, nodeArgs: readonly string[] = []): Promise<OwnServer> {
    const child = spawn(
      process.execPath,
      ['--expose-gc', ...nodeArgs, join(root, 'bin', 'sse-probe.js'), 'serve', `--port=${port}`, ...args],
      { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
    );
    const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    return new OwnServer(child, Number(/:(\d+)\n/.exec(line.toString())?.[1]));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** By a connection of its own each time. */
  async ask(path: string): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, { headers: { Connection: 'close' } });
    return {
      status: answer.status,
      body: (answer.headers.get('content-type') ?? '').includes('json') ? await answer.json() : await answer.text(),
    };
  }

  async stats(): Promise<ServerStats> {
    return (await this.ask('/stats')).body as ServerStats;
  }

  async collectGarbage(): Promise<void> {
    const done = once(this.child, 'message');
    this.child.send({ type: 'collect-garbage' });
    await done;
  }

  files(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** @returns its exit code and signal */
  async exit(): Promise<[number | null, NodeJS.Signals | null]> {
    if (this.child.exitCode !== null || this.child.signalCode !== null)
      return [this.child.exitCode, this.child.signalCode];
    return (await once(this.child, 'exit')) as [number | null, NodeJS.Signals | null];
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exit();
  }
}
