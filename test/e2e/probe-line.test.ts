/** What somebody sees while a probe watches, or while probe and listen wait for a server, and that nothing of it is left. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { CTRL_C, hasPseudoTerminal, needsPseudoTerminal, PseudoTerminal } from '../support/pseudo-terminal.ts';
import { OK, ScriptedServer } from '../support/scripted-server.ts';

const NOBODY = 'http://127.0.0.1:1/events';
/** A line of progress, in either kind of characters. */
const PROGRESS = /\d+s of \d+s, (?:waiting|connecting)|\d+s left · |next probe in/;

let flowing: ScriptedServer;
let silent: ScriptedServer;

beforeAll(async () => {
  flowing = await ScriptedServer.start({ text: `${OK}: hello\n\nid: 1\nevent: price\ndata: a\n\n`, after: 'open' });
  silent = await ScriptedServer.start({ text: OK, after: 'open' });
});

afterAll(async () => {
  await flowing.close();
  await silent.close();
});

const urlOf = ({ port }: ScriptedServer): string => `http://127.0.0.1:${port}/events`;

describe.skipIf(!hasPseudoTerminal).concurrent(`the line of progress${needsPseudoTerminal}`, () => {
  it.each([
    [80, /^. \ds of 4s, waiting for a heartbeat · 1 event, 1 comment · price \ds ago$/],
    [40, /^. \ds of 4s, waiting for a heartbeat$/],
  ])('of a probe says in %j columns what it waits for and what came, and is gone at the end', async (columns, line) => {
    const terminal = PseudoTerminal.start(['probe', urlOf(flowing), '--duration=4s'], { columns });
    const lines = await terminal.shows(/waiting for a heartbeat/);
    expect(lines).toEqual([expect.stringMatching(line)]);
    expect([...terminal.wrapped]).toEqual([]);
    await terminal.ended;
    expect(terminal.lines().join('\n')).not.toMatch(PROGRESS);
    expect(terminal.isCursorVisible).toBe(true);
  });

  it('of a probe that waits for something names it, and Ctrl-C leaves nothing of it', async () => {
    const terminal = PseudoTerminal.start(['probe', urlOf(silent), '--until=text:[DONE]', '--duration=30s']);
    await terminal.shows(/waiting for the text "\[DONE\]" · 0 events/);
    terminal.press(CTRL_C);
    expect(await terminal.ended).toBe(130);
    expect(terminal.lines().join('\n')).not.toMatch(PROGRESS);
  });

  it('of a probe that is repeated counts down between two of them', async () => {
    const terminal = PseudoTerminal.start(['probe', urlOf(silent), '--duration=1s', '--watch=2s']);
    const lines = await terminal.shows(/next probe in \ds · 1 probe so far · the last: WARNING/);
    expect(lines.filter((line) => PROGRESS.test(line))).toHaveLength(1);
    await terminal.shows(/2 probes so far/);
    expect(terminal.lines().filter((line) => PROGRESS.test(line))).toHaveLength(1);
    terminal.press(CTRL_C);
    expect(await terminal.ended).toBe(130);
    expect(terminal.lines().join('\n')).not.toMatch(PROGRESS);
  });

  it.each(['probe', 'listen'])('of %s shows how long a server is waited for still', async (command) => {
    const terminal = PseudoTerminal.start([command, NOBODY, '--wait=3s'], { variables: { NO_COLOR: '1' } });
    const [line] = await terminal.shows(PROGRESS);
    expect(line).toMatch(/^. █*░+ \ds left · waiting up to 3s for 127\.0\.0\.1:1 to accept a connection$/);
    expect(terminal.written).not.toMatch(/\u001b\[[\d;]*m/);
    await terminal.ended;
    expect(terminal.lines().join('\n')).not.toMatch(PROGRESS);
  });
});

it('a probe in a pipe says nothing of its progress', async () => {
  const { stderr } = await runProgram(['probe', urlOf(flowing), '--duration=1s']);
  expect(stderr).toBe('');
});
