/**
 * The real program in a pseudo-terminal of a given size, and what a person sees there. A terminal emulator (xterm.js)
 * interprets what the program writes, so that tests compare screens and not bytes; a resize reaches both.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Terminal } from '@xterm/headless';
import { root } from './program.ts';

const RELAY = join(root, 'test', 'support', 'pseudo-terminal.py');
const PROGRAM = join(root, 'bin', 'sse-probe.js');
/** Lines that have left the screen and are still there to scroll back to. */
const SCROLLBACK_LINES = 1000;
/** Makes the emulator cut lines when it gets narrower, as some terminals do, instead of wrapping them anew. */
const CUTS = { backend: 'conpty', buildNumber: 19_000 } as const;
/** More than any test waits for what it expects to see. */
const PATIENCE_MS = 50_000;

export const CTRL_C = '\u0003';

/** Whether programs can be run in a pseudo-terminal here, and what to add to the name of a test that is skipped. */
export const hasPseudoTerminal: boolean =
  process.platform !== 'win32' && spawnSync('python3', ['-c', 'import pty, termios']).status === 0;
export const needsPseudoTerminal: string = hasPseudoTerminal ? '' : ' (needs python3 with its module pty)';

export interface TerminalOptions {
  columns?: number;
  rows?: number;
  /** Added to an environment of TERM=xterm-256color and LANG=C.UTF-8 that has neither CI nor NO_COLOR. */
  variables?: Record<string, string>;
  /** Whether long lines are wrapped anew when the terminal gets narrower, as most terminals do; else they are cut. */
  reflows?: boolean;
  cwd?: string;
}

export class PseudoTerminal {
  /** The exit code, once everything that was written is on the screen. */
  readonly ended: Promise<number>;
  /** What the program has written, stdout and stderr together. */
  written = '';
  /** What did not fit into the line that it was written to: the rest that the terminal wrapped, each once. */
  readonly wrapped = new Set<string>();
  private readonly reflowed = new Set<string>();
  private readonly emulator: Terminal;
  private readonly relay: ChildProcessWithoutNullStreams;
  private readonly waiting = new Set<() => void>();

  private constructor(emulator: Terminal, relay: ChildProcessWithoutNullStreams) {
    this.emulator = emulator;
    this.relay = relay;
    const decoder = new TextDecoder();
    relay.stdout.on('data', (bytes: Buffer) => {
      this.written += decoder.decode(bytes, { stream: true });
      emulator.write(bytes);
    });
    emulator.onWriteParsed(() => {
      // A terminal shows at once what the program marks as one drawing.
      if (emulator.modes.synchronizedOutputMode) return;
      for (const text of wrappedIn(emulator)) if (!this.reflowed.has(text)) this.wrapped.add(text);
      for (const look of this.waiting) look();
    });
    this.ended = new Promise((resolve, reject) => {
      relay.once('error', reject);
      relay.once('close', (code) => emulator.write('', () => resolve(code ?? -1)));
    });
  }

  /** `sse-probe` with these arguments. */
  static start(args: readonly string[], options: TerminalOptions = {}): PseudoTerminal {
    return PseudoTerminal.run([process.execPath, PROGRAM, ...args], options);
  }

  /** Any program; `['sh', '-c', '…']` for what a shell does. */
  static run(
    command: readonly string[],
    { columns = 80, rows = 24, variables = {}, reflows = true, cwd = root }: TerminalOptions = {},
  ): PseudoTerminal {
    const { CI: _ci, NO_COLOR: _noColor, LC_ALL: _all, LC_CTYPE: _characters, ...inherited } = process.env;
    const relay = spawn('python3', [RELAY, String(columns), String(rows), ...command], {
      cwd,
      // Python would give the program another locale than LANG=C.
      env: { ...inherited, TERM: 'xterm-256color', LANG: 'C.UTF-8', PYTHONCOERCECLOCALE: '0', ...variables },
    });
    relay.stderr.pipe(process.stderr);
    relay.stdin.on('error', () => {});
    const emulator = new Terminal({
      cols: columns,
      rows,
      scrollback: SCROLLBACK_LINES,
      allowProposedApi: true,
      ...(reflows ? {} : { windowsPty: CUTS }),
    });
    return new PseudoTerminal(emulator, relay);
  }

  /** Gives the terminal another size, as somebody who drags the corner of its window. */
  resize(columns: number, rows: number): void {
    this.emulator.resize(columns, rows);
    for (const text of wrappedIn(this.emulator)) this.reflowed.add(text);
    this.relay.stdin.write(`resize ${columns} ${rows}\n`);
  }

  press(keys: string): void {
    this.relay.stdin.write(`keys ${Buffer.from(keys).toString('hex')}\n`);
  }

  /** The lines on the screen, from its top to the last that is not blank. */
  screen(): string[] {
    const { baseY } = this.emulator.buffer.active;
    return withoutBlankEnd(linesOf(this.emulator, baseY));
  }

  /** The lines on the screen and those that one can scroll back to. */
  lines(): string[] {
    return withoutBlankEnd(linesOf(this.emulator));
  }

  /** Whether the cursor is shown. */
  get isCursorVisible(): boolean {
    return this.written.lastIndexOf('\u001b[?25h') >= this.written.lastIndexOf('\u001b[?25l');
  }

  /** The screen as soon as it shows this. @throws when the program ends before, or nothing like it comes */
  shows(pattern: RegExp | ((lines: string[]) => boolean)): Promise<string[]> {
    const isThere = (lines: string[]): boolean =>
      typeof pattern === 'function' ? pattern(lines) : pattern.test(lines.join('\n'));
    return new Promise((resolve, reject) => {
      const finish = (why: string | null): void => {
        this.waiting.delete(look);
        clearTimeout(timer);
        const lines = this.screen();
        if (why === null) resolve(lines);
        else reject(new Error(`${why} before the screen showed ${String(pattern)}:\n${lines.join('\n')}`));
      };
      const look = (): void => {
        if (isThere(this.screen())) finish(null);
      };
      const timer = setTimeout(() => finish('time was over'), PATIENCE_MS);
      this.waiting.add(look);
      look();
      void this.ended.then(
        (code) => finish(isThere(this.screen()) ? null : `the program ended with ${code}`),
        (error: unknown) => finish(String(error)),
      );
    });
  }

  /** Hangs up, as somebody who closes the window. */
  close(): void {
    this.relay.stdin.end();
  }
}

interface Line {
  text: string;
  /** It continues the line above. */
  isWrapped: boolean;
}

function linesOf({ buffer, cols }: Terminal, from = 0): Line[] {
  const lines: Line[] = [];
  for (let y = from; y < buffer.active.length; y += 1) {
    const line = buffer.active.getLine(y);
    // What was cut may still be there.
    if (line !== undefined) lines.push({ text: line.translateToString(true, 0, cols), isWrapped: line.isWrapped });
  }
  return lines;
}

function wrappedIn(emulator: Terminal): string[] {
  return linesOf(emulator)
    .filter(({ isWrapped }) => isWrapped)
    .map(({ text }) => text);
}

function withoutBlankEnd(lines: readonly Line[]): string[] {
  const last = lines.findLastIndex(({ text }) => text !== '');
  return lines.slice(0, last + 1).map(({ text }) => text);
}
