/** A server of another process at an address and port of the test's choice (pouring-server.mjs). */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('pouring-server.mjs', import.meta.url));

export class ForeignServer {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #poured: Promise<unknown>;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    this.#poured = once(child, 'message');
  }

  /** @param port 0: any free one */
  static async start(host: string, port: number): Promise<ForeignServer> {
    const child = fork(PROGRAM, [host, String(port)]);
    const [message] = (await once(child, 'message')) as [{ port: number }];
    return new ForeignServer(child, message.port);
  }

  /** Resolves when the first client has come. */
  async pours(): Promise<void> {
    await this.#poured;
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }
}
