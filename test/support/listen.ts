/** `sse-probe listen --jsonl`, run as a user runs it, and what it said. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { startProgram, type ProgramOptions, type RunningProgram } from './program.ts';

export type ListenLine =
  | { kind: 'open'; status: number; contentType: string }
  | { kind: 'event'; type: string; data: string; id: string }
  | { kind: 'comment'; comment: string }
  | { kind: 'retry'; retryMs: number }
  | { kind: 'error'; cause: string; message: string; willRetryInMs: number | null }
  | { kind: 'closed'; cause: string };

export interface Heard {
  code: number | null;
  lines: ListenLine[];
  stderr: string;
}

/** Every field of each kind of line, in its order: programs depend on it. */
const FIELDS: Record<ListenLine['kind'], string> = {
  open: 'kind,status,contentType,atMs',
  event: 'kind,type,data,id,atMs',
  comment: 'kind,comment,atMs',
  retry: 'kind,retryMs,atMs',
  error: 'kind,cause,message,willRetryInMs,atMs',
  closed: 'kind,cause,atMs',
};
/** Only a hanging program takes so long. */
const PATIENCE_MS = 20_000;

/** The lines that are complete, without their times. */
function linesOf(stdout: string): ListenLine[] {
  let lastMs = 0;
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((text) => {
      const { atMs, ...line } = JSON.parse(text) as ListenLine & { atMs: number };
      expect(Object.keys(JSON.parse(text) as object).join(',')).toBe(FIELDS[line.kind]);
      expect(atMs).toBeGreaterThanOrEqual(lastMs);
      lastMs = atMs;
      return line as ListenLine;
    });
}

export const opened: ListenLine = { kind: 'open', status: 200, contentType: 'text/event-stream' };
export const event = (data: string, id = '', type = 'message'): ListenLine => ({ kind: 'event', type, data, id });
export const comment = (text: string): ListenLine => ({ kind: 'comment', comment: text });
export const retry = (retryMs: number): ListenLine => ({ kind: 'retry', retryMs });
export const closed = (cause: string): ListenLine => ({ kind: 'closed', cause });
/** Whatever its message, as long as it has one. */
export const lost = (cause: string, willRetryInMs: number | null): ListenLine => ({
  kind: 'error',
  cause,
  message: expect.stringMatching(/./) as string,
  willRetryInMs,
});

/** A listener that is still running. */
export class Listening {
  readonly program: RunningProgram;
  private stdout = '';

  constructor(url: string, args: readonly string[] = [], options: ProgramOptions = {}) {
    this.program = startProgram(['listen', url, '--jsonl', ...args], options);
    this.program.child.stdout?.on('data', (text: string) => {
      this.stdout += text;
    });
  }

  get lines(): ListenLine[] {
    return linesOf(this.stdout);
  }

  get outputLength(): number {
    return this.stdout.length;
  }

  /** The last line that is complete begins like this. */
  isAt(beginning: string): boolean {
    const end = this.stdout.lastIndexOf('\n');
    return this.stdout.startsWith(beginning, this.stdout.lastIndexOf('\n', end - 1) + 1);
  }

  /** @throws when it does not come to hold */
  async until(what: string, condition: () => boolean): Promise<void> {
    const endMs = performance.now() + PATIENCE_MS;
    while (!condition()) {
      if (performance.now() > endMs)
        throw new Error(`not seen in ${PATIENCE_MS} ms: ${what}; so far ${this.stdout.slice(-2000)}`);
      await delay(5);
    }
  }

  /** All lines, when there are so many at least. */
  async linesWhen(count: number): Promise<ListenLine[]> {
    await this.until(`${count} lines`, () => this.lines.length >= count);
    return this.lines;
  }

  async ended(): Promise<Heard> {
    const { code, stdout, stderr } = await this.program.outcome;
    return { code, lines: linesOf(stdout), stderr };
  }

  /** Reads on if the test had stopped, so that it can end. */
  async stop(): Promise<void> {
    const { child, outcome } = this.program;
    if (child.exitCode === null) child.kill('SIGKILL');
    child.stdout?.resume();
    await outcome;
  }
}

/** Most memory that a process had so far; 0 when it is gone. */
export function peakBytesOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

export function listen(url: string, args: readonly string[] = [], options: ProgramOptions = {}): Promise<Heard> {
  return new Listening(url, args, options).ended();
}

/** A start of Node takes a core for 200 ms, so two at a time. */
export async function inPairs<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const work = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await run(item);
  };
  await Promise.all([work(), work()]);
}
