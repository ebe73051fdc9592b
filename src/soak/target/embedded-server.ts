/**
 * `sse-probe serve` in a process of its own: started, asked, and ended by us. It dies with us: the channel
 * between the processes closes when either end is gone.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { StartError } from '../../core/errors.ts';
import { endsWithUs } from '../../machine/own-children.ts';

const START_TIMEOUT_MS = 15_000;
const GC_TIMEOUT_MS = 10_000;
/** The last words of a server that died, in characters. */
const MAX_LAST_WORDS = 4096;
/** The line with which runtimes begin a stack trace. */
const ERROR_LINE = /^(?:Uncaught )?(?:[A-Z]\w*)?(?:Error|Exception)\b.*: ./;
const LISTENING = /^listening on (http:\/\/\S+)$/m;

export class EmbeddedServer {
  exit: string | null = null;
  private readonly child: ChildProcess;
  private stdout = '';
  private lastWords = '';
  private stopping = false;

  /** @param program script and arguments; the runtime and what we need of it are put before */
  constructor(program: readonly string[]) {
    // Detached: a Ctrl-C in the terminal is for the run, which then stops its server itself.
    const child = endsWithUs(
      spawn(process.execPath, ['--expose-gc', ...program], {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        detached: true,
      }),
    );
    this.child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.lastWords = (this.lastWords + text).slice(-MAX_LAST_WORDS);
    });
    child.once('error', (error) => {
      this.exit = error.message;
    });
    child.once('exit', (code, signal) => {
      if (!this.stopping) this.exit = this.describeExit(code, signal);
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async listening(signal: AbortSignal): Promise<string> {
    const { child } = this;
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        child.kill('SIGKILL');
        done();
        reject(
          new StartError(`the built-in server did not start: ${why}`, {
            hint: 'Check --server-arg, and try the same flags with `sse-probe serve`.',
          }),
        );
      };
      const timer = setTimeout(() => fail(`no output after ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
      const onAbort = (): void => fail('interrupted');
      const onExit = (): void => fail(this.exit ?? 'it exited');
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        child.off('exit', onExit).off('error', onExit);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      child.once('exit', onExit).once('error', onExit);
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        this.stdout = (this.stdout + text).slice(-MAX_LAST_WORDS);
        const match = LISTENING.exec(this.stdout);
        if (match?.[1] === undefined) return;
        done();
        resolve(match[1]);
      });
    });
  }

  async collectGarbage(): Promise<boolean> {
    const { child } = this;
    if (!child.connected) return false;
    return new Promise((resolve) => {
      const done = (collected: boolean): void => {
        clearTimeout(timer);
        child.off('message', onMessage);
        child.off('exit', onExit);
        resolve(collected);
      };
      const timer = setTimeout(() => done(false), GC_TIMEOUT_MS);
      const onExit = (): void => done(false);
      const onMessage = (message: unknown): void => {
        if ((message as { type?: unknown }).type === 'garbage-collected') done(true);
      };
      child.on('message', onMessage);
      child.once('exit', onExit);
      child.send({ type: 'collect-garbage' }, (error) => {
        if (error !== null) done(false);
      });
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends the server: with SIGTERM, then with SIGKILL. */
  async stop(): Promise<void> {
    const { child } = this;
    if (this.exit !== null || child.exitCode !== null || child.signalCode !== null) return;
    this.stopping = true;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      child.kill('SIGTERM');
    });
  }

  private describeExit(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
    const words = lastWords(this.lastWords);
    return words === '' ? how : `${how}: ${words}`;
  }
}

/** What it complained of: of a stack, the line that says what it was; else its last lines. */
function lastWords(text: string): string {
  const lines = text.trim().split('\n');
  const complaint = lines.findLast((line) => ERROR_LINE.test(line));
  return complaint?.trim() ?? lines.slice(-3).join(' / ');
}
