/** What somebody sees while a soak goes on, in terminals of several sizes, and what is left on the screen when it is over. */
import { describe, expect, it } from 'vitest';
import {
  CTRL_C,
  hasPseudoTerminal,
  needsPseudoTerminal,
  PseudoTerminal,
  type TerminalOptions,
} from '../support/pseudo-terminal.ts';

const LOAD = ['--clients=20', '--ramp=300ms', '--settle=300ms', '--mix=healthy=18,abrupt=2'];
/** The head of the panel while the load goes on, in a bar of either kind of characters. */
const LOADED = /load +[█░#.]+ +\d+% /;
const LABELS = /^(?:[^ ] (?:starting|target|ramp|load|closing|settling)| {2}(?:clients|events|dropped|server|judged)) /;

function soak(args: readonly string[], options: TerminalOptions = {}): PseudoTerminal {
  return PseudoTerminal.start(['soak', ...LOAD, ...args], options);
}

/** The same behind a line of the shell. */
function soakBehind(line: string, args: readonly string[], options: TerminalOptions): PseudoTerminal {
  const program = [process.execPath, 'bin/sse-probe.js', 'soak', ...LOAD, ...args];
  return PseudoTerminal.run(['sh', '-c', `echo "${line}"; exec "$@"`, 'sh', ...program], options);
}

function panelIn(lines: readonly string[]): string[] {
  return lines.filter((line) => LABELS.test(line)).map((line) => line.slice(2, 10).trim());
}

describe.skipIf(!hasPseudoTerminal).concurrent(`the screen of a soak${needsPseudoTerminal}`, () => {
  it.each([
    { columns: 80, rows: 24 },
    { columns: 120, rows: 40 },
    { columns: 40, rows: 10 },
  ])('in %j has a panel while it goes on, and the summary alone when it is over', async (size) => {
    const terminal = soak(['--duration=3s'], size);
    const lines = await terminal.shows((shown) => LOADED.test(shown.join('\n')) && panelIn(shown).includes('judged'));
    expect(panelIn(lines)).toEqual(['load', 'clients', 'events', 'dropped', 'server', 'judged']);
    expect(lines.length).toBeLessThan(size.rows);
    expect(lines.join('\n')).toMatch(/clients +\d+ of 20 connected/);
    expect(lines.join('\n')).toMatch(/judged +\d of \d/);
    expect([...terminal.wrapped]).toEqual([]);
    expect(await terminal.ended).toBe(0);
    expect(terminal.lines().find((line) => line !== '')).toMatch(/^PASS /);
    expect(terminal.lines().filter((line) => line.includes('left of'))).toEqual([]);
    expect(terminal.isCursorVisible).toBe(true);
  });

  it.each([
    ['wraps its lines anew', { reflows: true }],
    ['cuts its lines', { reflows: false, variables: { XTERM_VERSION: 'XTerm(390)' } }],
  ])('is drawn cleanly when a terminal that %s gets narrower, and lower, in the middle', async (_what, options) => {
    const terminal = soakBehind('the line before', ['--duration=6s'], { ...options, columns: 120, rows: 30 });
    await terminal.shows((shown) => LOADED.test(shown.join('\n')) && panelIn(shown).includes('judged'));
    terminal.resize(60, 30);
    const narrow = await terminal.shows((shown) => shown.every((line) => line.length < 60));
    expect(narrow[0]).toBe('the line before');
    expect(panelIn(narrow)).toEqual(['load', 'clients', 'events', 'dropped', 'server', 'judged']);
    terminal.resize(60, 5);
    const low = await terminal.shows((shown) => panelIn(shown).length === 4);
    expect(panelIn(low)).toEqual(['load', 'clients', 'events', 'dropped']);
    terminal.resize(100, 30);
    await terminal.shows((shown) => panelIn(shown).includes('judged'));
    expect([...terminal.wrapped]).toEqual([]);
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen().filter((line) => LOADED.test(line))).toEqual([]);
  });

  it('has the incidents of the run above the panel, and above the summary', async () => {
    const terminal = soak(['--duration=3s', '--incident=freeze@500ms+500ms']);
    const lines = await terminal.shows(/incident: freeze/);
    expect(lines[0]).toBe('! incident: freeze');
    await terminal.shows((shown) => panelIn(shown).includes('judged'));
    expect(terminal.screen()[0]).toBe('! incident: freeze');
    await terminal.ended;
    const [note, blank, verdict] = terminal.lines();
    expect([note, blank]).toEqual(['! incident: freeze', '']);
    expect(verdict).toMatch(/^[A-Z]{4,} /);
  });

  it('is clean after Ctrl-C, with the cursor on it, and has the summary', async () => {
    const terminal = soak(['--duration=1m']);
    await terminal.shows((shown) => panelIn(shown).includes('judged'));
    terminal.press(CTRL_C);
    expect(await terminal.ended).toBe(130);
    expect(terminal.lines().find((line) => line !== '')).toMatch(/^INTERRUPTED /);
    expect(terminal.lines().filter((line) => LABELS.test(line) && line.includes('connected ·'))).toEqual([]);
    expect(terminal.isCursorVisible).toBe(true);
  });

  it('is clean when the process ends in the middle, at a second Ctrl-C', async () => {
    const terminal = soak(['--duration=1m']);
    await terminal.shows((shown) => panelIn(shown).includes('judged'));
    terminal.press(`${CTRL_C}${CTRL_C}`);
    expect(await terminal.ended).toBe(130);
    expect(panelIn(terminal.lines()).filter((label) => label === 'judged' || label === 'load')).toEqual([]);
  });

  it('has the error alone when nobody answers', async () => {
    const terminal = PseudoTerminal.start(['soak', 'http://127.0.0.1:1/events']);
    expect(await terminal.ended).toBe(4);
    expect(terminal.lines()[0]).toMatch(/^sse-probe: 127\.0\.0\.1:1 cannot be reached/);
  });

  it('shows how long a target is waited for still', async () => {
    const terminal = PseudoTerminal.start(['soak', 'http://127.0.0.1:1/events', '--wait=4s']);
    const lines = await terminal.shows(/waiting +[█░]+ +\d+%/);
    expect(lines[0]).toMatch(/^. waiting +█*░+ +\d+% {2}\ds left of 4s$/);
    expect(lines[1]?.trim()).toBe('waiting up to 4s for 127.0.0.1:1 to accept a connection');
    expect(await terminal.ended).toBe(4);
    expect(terminal.lines()[0]).toMatch(/^sse-probe: /);
  });

  it('has a panel of plain characters with LANG=C', async () => {
    const terminal = soak(['--duration=2s'], { variables: { LANG: 'C' } });
    const lines = await terminal.shows((shown) => panelIn(shown).includes('judged'));
    expect(lines.join('\n')).toMatch(/^[\n -~]*$/);
    expect(lines[0]).toMatch(LOADED);
    expect(await terminal.ended).toBe(0);
  });

  it.each([{ TERM: 'dumb' }, { CI: 'true' }])(
    'has plain lines, of which none is drawn anew, with %j',
    async (variables) => {
      const terminal = soak(['--duration=1s'], { variables });
      expect(await terminal.ended).toBe(0);
      expect(terminal.lines()[0]).toBe('starting the built-in server');
      expect(terminal.written).not.toContain('\u001b[J');
    },
  );
});
