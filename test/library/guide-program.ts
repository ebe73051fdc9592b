/** A program out of docs/hub.md, run as it stands there; a port is given to it by the variable that it reads. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { PackedProject } from './packed.ts';

/** Tells the test where the program listens. */
const TELL_PORT = `
  import cluster from 'node:cluster';
  import net from 'node:net';
  cluster.on('listening', (_worker, { port }) => process.send?.({ port }));
  const { listen } = net.Server.prototype;
  net.Server.prototype.listen = function (...args) {
    this.once('listening', () => process.send?.({ port: this.address().port }));
    return listen.apply(this, args);
  };`;
/** Only a hang takes so long. */
const PATIENCE_MS = 60_000;

export class GuideProgram {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  said = '';

  constructor(project: PackedProject, text: string, environment: NodeJS.ProcessEnv = {}) {
    project.write('tell-port.mjs', TELL_PORT);
    const file = project.write(`guide-${Math.random().toString(36).slice(2)}.mjs`, text);
    this.child = spawn(process.execPath, ['--import', './tell-port.mjs', file], {
      cwd: project.folder,
      env: { ...process.env, PORT: '0', NODE_ENV: 'production', ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.said += chunk;
      });
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  /** @throws when it ends before it listens, with what it said */
  async port(): Promise<number> {
    const told = once(this.child, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) }).then(
      ([message]) => (message as { port: number }).port,
    );
    const port = await Promise.race([told, this.ended]);
    if (typeof port === 'number') return port;
    throw new Error(`the program ended before it listened: ${this.said}`);
  }

  terminate(): void {
    this.child.kill('SIGTERM');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.ended;
  }
}
