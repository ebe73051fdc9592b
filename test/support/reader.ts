/** A client in a process of its own (reader.mjs): one that can be stopped like a sleeping laptop, or killed. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('reader.mjs', import.meta.url));

export class Reader {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when its request is on the way. */
  static async start(port: number, { path = '/events', paused = false } = {}): Promise<Reader> {
    const child = fork(PROGRAM, [String(port), path, paused ? 'paused' : 'reading']);
    await once(child, 'message');
    return new Reader(child);
  }

  /** It reads everything from now on. */
  read(): void {
    this.#child.send('read');
  }

  /** What it has read, and how its stream ended (`open` while it has not). */
  async report(): Promise<{ readBytes: number; ended: string }> {
    const answer = once(this.#child, 'message');
    this.#child.send('report');
    return (await answer)[0] as { readBytes: number; ended: string };
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Also when it is stopped. */
  end(): void {
    this.#child.kill('SIGKILL');
  }
}
