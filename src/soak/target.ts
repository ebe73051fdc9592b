/**
 * What a run is aimed at: a server of its own in a process of its own, or something that is there already.
 *
 * Its own server is started with short intervals, so that half a minute shows a whole life; it tells its
 * memory and its clients on `/stats`, and collects its garbage when asked, so that what is left after a run is
 * what it really holds. It dies with us: the channel between the processes closes when either end is gone.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { isIP } from 'node:net';
import { StartError, UnreachableError, UsageError } from '../core/errors.ts';
import { tcpTableReadable } from '../core/proc-net-tcp.ts';
import type { ServerSample } from '../measure/server-memory.ts';
import { readStats } from './stats.ts';

const START_TIMEOUT_MS = 15_000;
const GC_TIMEOUT_MS = 10_000;
/** The last words of a server that died, in characters. */
const MAX_LAST_WORDS = 4096;
const LISTENING = /^listening on (http:\/\/\S+)$/m;

/** Filling comments that a stalled client asks our own server for: more than its own kernel takes for it. */
const FILL_BYTES = { kernelTells: 512 * 1024, blind: 8 * 1024 * 1024 } as const;

export interface Target {
  readonly url: URL;
  readonly embedded: boolean;
  /** Where the clients connect, resolved once. */
  readonly address: string;
  readonly port: number;
  /** The kernel's connection table shows both ends. */
  readonly local: boolean;
  /** What stalled clients ask for, or 0. */
  readonly fillBytes: number;
  /** Why it went away; null while it lives, as far as we know. */
  down(): string | null;
  sample(tMs: number): Promise<ServerSample | null>;
  /** Asks for a garbage collection; false where that is not possible. */
  collectGarbage(): Promise<boolean>;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** The program that understands `serve`: script and leading arguments. */
  command: readonly string[];
  /** Flags for `serve`, later ones win. */
  args: readonly string[];
  path: string;
}

/** @throws {StartError} with what the server said */
export async function startEmbedded({ command, args, path }: EmbeddedOptions, signal: AbortSignal): Promise<Target> {
  const fillBytes = tcpTableReadable() ? FILL_BYTES.kernelTells : FILL_BYTES.blind;
  const child = spawn(
    process.execPath,
    ['--expose-gc', ...command, 'serve', '--port=0', `--max-fill=${fillBytes}B`, ...args],
    // Detached: a Ctrl-C in the terminal is for the run, which then stops its server itself.
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true },
  );
  const server = new EmbeddedServer(child);
  const base = await server.listening(signal);
  const url = new URL(path, base);
  return {
    url,
    embedded: true,
    address: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port),
    local: tcpTableReadable(),
    fillBytes,
    down: () => server.exit,
    sample: (tMs) => readStats(new URL('/stats', base), tMs),
    collectGarbage: () => server.collectGarbage(),
    stop: () => server.stop(),
  };
}

/** @throws {UnreachableError} when the name does not resolve */
export async function remoteTarget(url: URL): Promise<Target> {
  if (url.protocol !== 'http:') {
    throw new UsageError(`--url: ${url.protocol}// is not spoken yet`, { hint: 'Use an http:// URL.' });
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const address = isIP(host) === 0 ? await resolve(host) : host;
  return {
    url,
    embedded: false,
    address,
    port: url.port === '' ? 80 : Number(url.port),
    local: isOwnAddress(address) && tcpTableReadable(),
    fillBytes: 0,
    down: () => null,
    sample: () => Promise.resolve(null),
    collectGarbage: () => Promise.resolve(false),
    stop: () => Promise.resolve(),
  };
}

async function resolve(host: string): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch (error) {
    throw new UnreachableError(`the host name ${host} could not be resolved (${(error as NodeJS.ErrnoException).code})`, {
      hint: 'Check the spelling of the URL, and that this machine can resolve the name.',
      cause: error,
    });
  }
}

function isOwnAddress(address: string): boolean {
  if (address.startsWith('127.') || address === '::1') return true;
  return Object.values(networkInterfaces()).some((list) => list?.some((own) => own.address === address));
}

class EmbeddedServer {
  exit: string | null = null;
  private readonly child: ChildProcess;
  private stdout = '';
  private lastWords = '';
  private stopping = false;

  constructor(child: ChildProcess) {
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

  async listening(signal: AbortSignal): Promise<string> {
    const { child } = this;
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        child.kill('SIGKILL');
        done();
        reject(new StartError(`the server of this run did not start: ${why}`, { hint: 'Check --server-arg, and try the same flags with `sse-probe serve`.' }));
      };
      const timer = setTimeout(() => fail(`nothing after ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
      const onAbort = (): void => fail('interrupted');
      const onExit = (): void => fail(this.exit ?? 'it exited');
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        child.off('exit', onExit);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      child.once('exit', onExit);
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

  /** Politely, then not. */
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
    const words = this.lastWords.trim().split('\n').slice(-3).join(' / ');
    return words === '' ? how : `${how}: ${words}`;
  }
}
