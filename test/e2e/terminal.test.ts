/** What is shown in a terminal of 80 columns and 24 lines, with and without colours. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { hasPseudoTerminal, needsPseudoTerminal, PseudoTerminal } from '../support/pseudo-terminal.ts';
import { ScriptedServer } from '../support/scripted-server.ts';

const REFUSAL =
  'HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nWWW-Authenticate: Bearer realm="events"\r\nRetry-After: 30\r\n\r\n{"message":"the token has expired"}';
const STREAM = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nid: 1\ndata: a\n\n';
const ESCAPE = '\u001b';

let refusing: ScriptedServer;
let sound: ScriptedServer;

beforeAll(async () => {
  refusing = await ScriptedServer.start(REFUSAL);
  sound = await ScriptedServer.start({ text: STREAM, after: 'open' });
});

afterAll(async () => {
  await refusing.close();
  await sound.close();
});

const urlOf = ({ port }: ScriptedServer): string => `http://127.0.0.1:${port}/events`;

/** What somebody has before them when a program has ended. */
async function shown(
  args: readonly string[],
  variables: Record<string, string> = {},
): Promise<{ code: number; lines: string[]; terminal: PseudoTerminal }> {
  const terminal = PseudoTerminal.start(args, { variables });
  return { code: await terminal.ended, lines: terminal.lines(), terminal };
}

describe.skipIf(!hasPseudoTerminal)(`a terminal${needsPseudoTerminal}`, () => {
  it('a probe that is refused is ten lines in a terminal, with the answer, the hint and the verdict last', async () => {
    const { code, lines } = await shown(['probe', urlOf(refusing)]);
    expect(code).toBe(2);
    expect(lines.length).toBeLessThanOrEqual(10);
    const text = lines.join('\n');
    for (const said of [
      '401 Unauthorized',
      'the token has expired',
      'Retry-After: 30',
      'Bearer realm="events"',
      '--bearer-env',
    ])
      expect(text).toContain(said);
    expect(lines.slice(-2).join('\n')).toContain('CRITICAL');
  });

  it('a probe in a terminal has its verdict in its last lines, and none that is longer than the terminal', async () => {
    const { lines, terminal } = await shown(['probe', '--until', 'event', urlOf(sound)]);
    expect([...terminal.wrapped]).toEqual([]);
    expect(lines.slice(-3).join('\n')).toMatch(/OK|WARNING|CRITICAL/);
    expect(terminal.written).toContain(ESCAPE);
  });

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('nothing in a terminal has a colour with %j', async (variables) => {
    const load = ['--clients=2', '--ramp=100ms', '--duration=1s', '--settle=100ms', '--mix=healthy=1'];
    const outputs = await Promise.all([
      shown(['probe', '--until', 'event', urlOf(sound)], variables),
      shown(['listen', urlOf(refusing)], variables),
      shown(['soak', ...load], variables),
    ]);
    for (const { terminal } of outputs) {
      // What moves a cursor ends otherwise.
      expect(terminal.written).not.toMatch(new RegExp(`${ESCAPE}\\[[\\d;]*m`));
    }
    expect(outputs[2]?.terminal.written.includes(ESCAPE)).toBe('NO_COLOR' in variables);
  });
});

it('listen that is refused says the status, what the answer said and what to do, and does not come back', async () => {
  const before = refusing.requests.length;
  const { code, stdout } = await runProgram(['listen', urlOf(refusing), '--retry', '100ms']);
  expect(code).toBe(1);
  expect(stdout.replaceAll(/^ +\d+\.\d{3}s/gm, 'T').split('\n')).toEqual([
    'T http-status: status 401',
    '           “the token has expired”',
    '           Retry-After: 30',
    '           WWW-Authenticate: Bearer realm="events"',
    expect.stringMatching(/^ {11}→ .*--bearer-env/) as string,
    'T closed (http-status): an EventSource does not reconnect after this',
    '',
  ]);
  expect(refusing.requests.length - before).toBe(1);
});
