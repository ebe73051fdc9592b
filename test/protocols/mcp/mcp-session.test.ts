import { assert, array, constantFrom, integer, option, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import type { RpcAnswer } from '../../../src/protocols/mcp/mcp-message.ts';
import { McpSession, type McpQuestions, type McpTransport } from '../../../src/protocols/mcp/mcp-session.ts';
import { headed, type McpHeard, type McpMeaning, type McpStep } from '../../../src/protocols/mcp/mcp-step.ts';

const INTRODUCED: RpcAnswer = { result: { protocolVersion: '2025-06-18', capabilities: { tools: {} } } };
const DONE: RpcAnswer = { result: {} };
const ERROR: RpcAnswer = { error: 'no (-1)' };

function sessionOf(transport: McpTransport = 'streamable-http', questions: McpQuestions = 'once'): McpSession {
  return new McpSession({ transport, questions, version: '0.0.0' });
}

/** What a sound server says to a step. */
function soundly({ name }: McpStep, more: Partial<McpHeard> = {}): McpHeard {
  const sound: McpHeard =
    name === 'initialize'
      ? { status: 200, sessionId: 's-1', answer: INTRODUCED }
      : name === 'notifications/initialized'
        ? { status: 202, sessionId: undefined, answer: null }
        : { status: 200, sessionId: undefined, answer: name === 'ping' || name === 'tools/list' ? DONE : null };
  return { ...sound, ...more };
}

function due(session: McpSession): McpStep {
  const step = session.next();
  if (step === null) throw new Error('nothing is due');
  return step;
}

/** Takes the steps that are due, answered soundly, and stops before `name`. */
function upTo(session: McpSession, name: McpStep['name'], introduced: Partial<McpHeard> = {}): McpSession {
  for (let steps = 0; steps < 10; steps += 1) {
    const step = due(session);
    if (step.name === name) return session;
    session.took(step.name, soundly(step, step.name === 'initialize' ? introduced : {}));
  }
  throw new Error(`${name} was never due`);
}

function namesOf(session: McpSession, most = 10): string[] {
  const names: string[] = [];
  for (let step = session.next(); step !== null && names.length < most; step = session.next()) {
    names.push(step.name);
    session.took(step.name, soundly(step));
  }
  return names;
}

function fieldsOf(session: McpSession, step = due(session), given: [string, string][] = []): Record<string, string> {
  return Object.fromEntries(session.headers(given, step));
}

it('the steps of an MCP session come in the order of Streamable HTTP, and end with a look whether the session is gone', () => {
  const session = sessionOf();
  expect(namesOf(session)).toEqual(['initialize', 'notifications/initialized', 'stream', 'ping', 'tools/list']);
  expect(session.leave()).toBe(true);
  expect(namesOf(session)).toEqual(['end', 'ping']);
  expect(session.next()).toBeNull();
});

it('the steps of an MCP session begin with the stream over the older transport, where nothing ends a session', () => {
  const session = sessionOf('sse');
  expect(namesOf(session)).toEqual(['stream', 'initialize', 'notifications/initialized', 'ping', 'tools/list']);
  expect(session.leave()).toBe(false);
  expect(session.next()).toBeNull();
});

it('the steps of an MCP session leave the list of tools out where the server has no tools', () => {
  const answer: RpcAnswer = { result: { capabilities: { tools: false } } };
  expect(namesOf(upTo(sessionOf(), 'stream', { answer }))).toEqual(['stream', 'ping']);
});

it.for<[McpQuestions, string[]]>([
  ['on', ['stream', 'ping', 'ping', 'ping']],
  ['nothing', ['stream']],
])('the steps of an MCP session after the stream are those of a client that asks %s', ([questions, names]) => {
  expect(namesOf(upTo(sessionOf('streamable-http', questions), 'stream'), 4)).toEqual(names);
});

it('the steps of an MCP session go on where a ping was not answered, and never ask it twice', () => {
  const session = upTo(sessionOf(), 'ping');
  session.took('ping', { status: null, sessionId: undefined, answer: null });
  expect(namesOf(session)).toEqual(['tools/list']);
});

it('the steps of an MCP session have ids of their own, that what came late is not taken for an answer', () => {
  const session = upTo(sessionOf('streamable-http', 'on'), 'ping');
  const first = due(session).id;
  expect(due(session).id).not.toBe(first);
});

it('the steps of an MCP session say as HTTP what the standard wants of each', () => {
  const session = sessionOf();
  const post = { method: 'POST', accept: 'application/json, text/event-stream' };
  expect(due(session)).toMatchObject({ ...post, id: 1, body: expect.stringContaining('"method":"initialize"') });
  upTo(session, 'notifications/initialized');
  expect(due(session)).toMatchObject({ ...post, id: null, body: expect.not.stringContaining('"id"') });
  upTo(session, 'stream');
  expect(due(session)).toMatchObject({ method: 'GET', accept: 'text/event-stream', body: null, id: null });
  session.leave();
  expect(due(session)).toMatchObject({ method: 'DELETE', body: null, id: null });
  expect(due(upTo(sessionOf('sse'), 'initialize'))).toMatchObject({ method: 'POST', accept: 'application/json' });
});

it('the steps of an MCP session cannot be answered out of turn', () => {
  const session = sessionOf();
  expect(() => session.took('stream', headed(200))).toThrow('an answer to stream came where initialize was due');
});

it('the steps of an MCP session answer a ping of the server, and nothing else that it says', () => {
  const session = upTo(sessionOf(), 'ping');
  expect(session.respond('{"jsonrpc":"2.0","id":"a","method":"ping"}')).toMatchObject({
    name: 'response',
    method: 'POST',
    body: '{"jsonrpc":"2.0","id":"a","result":{}}',
  });
  expect(session.respond('{"jsonrpc":"2.0","method":"notifications/message"}')).toBeNull();
  expect(due(session).name).toBe('ping');
});

it.for<[McpStep['name'], string, Partial<McpHeard>, McpMeaning]>([
  ['initialize', 'a result', {}, 'taken'],
  ['initialize', 'a result under another status', { status: 400 }, 'taken'],
  ['initialize', 'an error', { answer: ERROR }, 'refused'],
  ['initialize', '200 without the response', { answer: null }, 'refused'],
  ['initialize', '401', { status: 401, answer: null }, 'refused'],
  ['initialize', 'silence', { status: null, answer: null }, 'refused'],
  ['initialize', '400', { status: 400, answer: null }, 'older'],
  ['initialize', '404', { status: 404, answer: null }, 'older'],
  ['initialize', '405', { status: 405, answer: null }, 'older'],
  ['notifications/initialized', '202', {}, 'taken'],
  ['notifications/initialized', '200', { status: 200 }, 'taken'],
  ['notifications/initialized', '400', { status: 400 }, 'refused'],
  ['notifications/initialized', '307', { status: 307 }, 'refused'],
  ['notifications/initialized', 'silence', { status: null }, 'refused'],
  ['stream', '200', {}, 'taken'],
  ['stream', '500', { status: 500 }, 'taken'],
  ['stream', '405', { status: 405 }, 'no-stream'],
  ['stream', '307', { status: 307 }, 'elsewhere'],
  ['stream', '304', { status: 304 }, 'taken'],
  ['ping', 'a result', {}, 'taken'],
  ['ping', 'an error', { answer: ERROR }, 'refused'],
  ['ping', '500', { status: 500, answer: null }, 'refused'],
  ['ping', 'silence', { status: null, answer: null }, 'refused'],
])('an answer within an MCP session to %s that is %s', ([name, , more, meaning]) => {
  const session = upTo(sessionOf(), name);
  expect(session.took(name, soundly(due(session), more))).toBe(meaning);
});

it.for<[string, number | null, McpMeaning, string[]]>([
  ['is done', 204, 'taken', ['ping']],
  ['is not allowed', 405, 'refused', []],
  ['is not answered', null, 'refused', []],
])(
  'an answer within an MCP session to DELETE decides whether to look for the session: it %s',
  ([, status, meaning, after]) => {
    const session = upTo(sessionOf(), 'ping');
    session.leave();
    expect(session.took('end', { status, sessionId: undefined, answer: null })).toBe(meaning);
    expect(namesOf(session)).toEqual(after);
  },
);

it('an MCP session counts as lost when its stream gets 404 on a later connection, and the next one goes through all steps', () => {
  const session = sessionOf();
  namesOf(session);
  session.begin('');
  expect(session.took('stream', headed(404))).toBe('lost');
  session.beginAnew();
  expect(namesOf(session)).toEqual(['initialize', 'notifications/initialized', 'stream', 'ping', 'tools/list']);
});

it('an MCP session counts as lost when a ping within it gets 404, also where it was begun on this connection', () => {
  const session = upTo(sessionOf(), 'ping');
  expect(session.took('ping', { status: 404, sessionId: undefined, answer: ERROR })).toBe('lost');
});

it('an MCP session counts as lost not when the first stream after its beginning gets 404', () => {
  expect(upTo(sessionOf(), 'stream').took('stream', headed(404))).toBe('taken');
});

it('an MCP session counts as lost not when the stream of the session that came after it gets 404', () => {
  const session = upTo(sessionOf(), 'ping');
  session.begin('');
  session.took('stream', headed(404));
  session.beginAnew();
  expect(upTo(session, 'stream').took('stream', headed(404))).toBe('taken');
});

it('an MCP session counts as lost not when its server gave it no name', () => {
  const session = upTo(sessionOf(), 'ping', { sessionId: undefined });
  expect(session.took('ping', { status: 404, sessionId: undefined, answer: null })).toBe('refused');
  session.begin('');
  expect(session.took('stream', headed(404))).toBe('taken');
  expect(session.leave()).toBe(false);
});

it('an MCP session counts as lost not over the older transport', () => {
  const session = upTo(sessionOf('sse'), 'ping');
  expect(session.took('ping', { status: 404, sessionId: undefined, answer: null })).toBe('refused');
});

it.for([200, 401, 405, 410, 500])(
  'an MCP session counts as lost not when its stream gets %i on a later connection',
  (status) => {
    const session = upTo(sessionOf(), 'ping');
    session.begin('');
    expect(session.took('stream', headed(status))).not.toBe('lost');
  },
);

it('a connection of an MCP session needs the stream only, where the session stands', () => {
  const session = upTo(sessionOf(), 'ping');
  session.begin('7');
  expect(due(session)).toMatchObject({ name: 'stream', lastEventId: '7' });
  expect(fieldsOf(session)['Mcp-Session-Id']).toBe('s-1');
});

it('a connection of an MCP session begins from the start where the server did not take notifications/initialized', () => {
  const session = upTo(sessionOf(), 'notifications/initialized');
  session.took('notifications/initialized', { status: 500, sessionId: undefined, answer: null });
  expect(session.id).toBe('s-1');
  session.begin('');
  expect(due(session).name).toBe('initialize');
  expect(session.id).toBeNull();
});

it('a connection of an MCP session begins from the start where the connection before it ended on the way from a lost session to another', () => {
  const session = upTo(sessionOf(), 'ping');
  session.begin('');
  session.took('stream', headed(404));
  session.beginAnew();
  session.begin('');
  expect(due(session).name).toBe('initialize');
});

it('a connection of an MCP session does not bring the event id of a lost session into the one after it', () => {
  const session = upTo(sessionOf(), 'ping');
  session.begin('7');
  session.took('stream', headed(404));
  session.beginAnew();
  expect(due(upTo(session, 'stream')).lastEventId).toBe('');
  session.begin('7');
  expect(due(upTo(session, 'stream')).lastEventId).toBe('');
  session.begin('8');
  expect(due(upTo(session, 'stream')).lastEventId).toBe('8');
});

const given: [string, string][] = [
  ['Authorization', 'Bearer t'],
  ['accept', 'text/plain'],
  ['MCP-SESSION-ID', 'mine'],
];

it('the header fields of an MCP session are those of the user and of the step before there is a session', () => {
  const session = sessionOf();
  expect(fieldsOf(session, due(session), given)).toEqual({
    Authorization: 'Bearer t',
    Accept: 'application/json, text/event-stream',
    'Content-Type': 'application/json',
  });
});

it('the header fields of an MCP session are those of the session and of its version with everything after initialize', () => {
  const session = upTo(sessionOf(), 'stream');
  expect(fieldsOf(session, due(session), given)).toEqual({
    Authorization: 'Bearer t',
    Accept: 'text/event-stream',
    'Mcp-Session-Id': 's-1',
    'MCP-Protocol-Version': '2025-06-18',
  });
  expect(upTo(session, 'ping').leave()).toBe(true);
  expect(fieldsOf(session)).toMatchObject({ 'Mcp-Session-Id': 's-1', 'MCP-Protocol-Version': '2025-06-18' });
});

it.for([
  ['a session id that holds a blank', 's 1', '2025-06-18', ['MCP-Protocol-Version']],
  ['a session id of none', '', '2025-06-18', ['MCP-Protocol-Version']],
  ['a version that holds a line end', 's-1', '2025\r\nX: y', ['Mcp-Session-Id']],
  ['a version that is a number', 's-1', 2025, ['Mcp-Session-Id']],
] as const)('the header fields of an MCP session do not repeat %s', ([, sessionId, protocolVersion, kept]) => {
  const session = upTo(sessionOf(), 'stream', { sessionId, answer: { result: { protocolVersion } } });
  expect(Object.keys(fieldsOf(session))).toEqual(['Accept', ...kept]);
});

it('the header fields of an MCP session name neither session nor version over the older transport', () => {
  const session = upTo(sessionOf('sse'), 'ping');
  expect(fieldsOf(session)).toEqual({ Accept: 'application/json', 'Content-Type': 'application/json' });
});

it('the header fields of an MCP session forget the session that is lost', () => {
  const session = upTo(sessionOf(), 'ping');
  session.beginAnew();
  expect(Object.keys(fieldsOf(session))).toEqual(['Accept', 'Content-Type']);
});

const heard = record<McpHeard>({
  status: option(constantFrom(200, 202, 204, 301, 400, 401, 404, 405, 500)),
  sessionId: constantFrom(undefined, 's-1', 'not sendable'),
  answer: constantFrom(null, DONE, ERROR, INTRODUCED),
});

it('a dialogue of an MCP session comes to an end, and initialize never names a session, whatever its server answers', () => {
  assert(
    property(
      constantFrom<McpTransport>('streamable-http', 'sse'),
      array(heard, { minLength: 12, maxLength: 12 }),
      integer({ min: 0, max: 12 }),
      (transport, answers, leaveAt) => {
        const session = sessionOf(transport);
        const meanings: McpMeaning[] = [];
        for (const [index, answer] of answers.entries()) {
          if (index === leaveAt) session.leave();
          const step = session.next();
          if (step === null) return;
          expect('Mcp-Session-Id' in fieldsOf(session, step) && step.name === 'initialize').toBe(false);
          meanings.push(session.took(step.name, answer));
          // Nobody goes on without an introduction.
          if (step.name === 'initialize' && meanings.at(-1) !== 'taken') return;
        }
        expect.unreachable(`still asking after ${meanings.join(', ')}`);
      },
    ),
  );
});
