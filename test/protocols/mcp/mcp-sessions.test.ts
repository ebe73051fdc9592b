import { afterEach, expect, it } from 'vitest';
import { McpSessions, PING_EVERY_MS } from '../../../src/protocols/mcp/mcp-sessions.ts';
import type { Subscription } from '../../../src/client/subscription.ts';
import type { ClientKind } from '../../../src/core/client-kinds.ts';
import { Summary } from '../../../src/record/summary.ts';
import { SessionAccounts } from '../../../src/protocols/mcp/session-accounts.ts';
import { Http1Transport } from '../../../src/wire/http1.ts';
import { ClientRig, RETRY_MS } from '../../support/client-rig.ts';
import { McpServer, type McpServerOptions } from '../../support/mcp-server.ts';

class Rig {
  readonly summary = new Summary();
  readonly sessions: McpSessions;
  readonly clients: ClientRig;
  readonly server: McpServer;

  constructor(server: McpServer) {
    this.server = server;
    const transport = new Http1Transport();
    this.sessions = new McpSessions({
      transport,
      observer: new SessionAccounts(this.summary),
      nowMs: () => this.clients.clock.nowMs(),
      ask: {
        path: '/mcp',
        host: `127.0.0.1:${server.port}`,
        headers: [
          ['Authorization', 'Bearer t'],
          ['Accept', 'text/plain'],
        ],
        version: '0.0.0',
      },
    });
    const address = { host: '127.0.0.1', port: server.port, bytes: new Uint8Array() };
    this.clients = new ClientRig(server.port, {
      transport: this.sessions,
      requestFor: (client) => this.sessions.requestFor(client, address),
    });
  }

  async open(kind: ClientKind = 'healthy'): Promise<Subscription> {
    const client = this.clients.connect(kind);
    await this.until('a stream', () => client.state === 'open');
    return client;
  }

  until(what: string, condition: () => boolean): Promise<void> {
    return this.clients.until(what, condition);
  }

  /** All leave; their sessions are ended. */
  async end(): Promise<void> {
    for (const client of this.clients.clients) client.stop('fin');
    await this.sessions.end(this.clients.clients);
  }
}

const rigs: Rig[] = [];

async function rigWith(options: McpServerOptions = {}): Promise<Rig> {
  const rig = new Rig(await McpServer.start(options));
  rigs.push(rig);
  return rig;
}

afterEach(async () => {
  for (const rig of rigs.splice(0)) {
    rig.clients.close();
    await rig.server.close();
  }
});

it.for([false, true])(
  'a client of the Model Context Protocol opens a session, then its stream, and ends it (answers as a stream: %s)',
  async (asStream) => {
    const rig = await rigWith({ asStream });
    await rig.open();
    await rig.end();
    const { asked, sessions } = rig.server;
    expect(asked.map(({ what }) => what)).toEqual(['initialize', 'notifications/initialized', 'GET', 'DELETE']);
    expect(asked[0]).toMatchObject({ session: null, protocolVersion: null });
    for (const one of asked.slice(1))
      expect(one).toMatchObject({ session: expect.any(String), protocolVersion: '2025-06-18' });
    expect(sessions.size).toBe(0);
    expect(rig.summary.counts).toMatchObject({
      sessions: 1,
      sessionsRefused: 0,
      sessionsEnded: 1,
      sessionsAbandoned: 0,
    });
    expect(rig.summary.times.initialize.count).toBe(1);
    expect(rig.clients.log.calls).toEqual(['0 connected', '0 open', '0 comment', '0 left']);
  },
);

it('a client of the Model Context Protocol returns after a drop with the same session and its last event id', async () => {
  const rig = await rigWith();
  const client = await rig.open();
  rig.server.say('id: 7\ndata: {}\n\n');
  await rig.until('an event', () => client.parser.lastEventId === '7');
  rig.server.drop();
  await rig.until('the end', () => client.state === 'waiting');
  rig.clients.pass(RETRY_MS + 20);
  await rig.until('the stream again', () => client.state === 'open');
  expect(rig.server.count('initialize')).toBe(1);
  expect(rig.server.asked.at(-1)).toMatchObject({
    what: 'GET',
    session: rig.server.asked[1]?.session,
    lastEventId: '7',
  });
});

it('a client of the Model Context Protocol begins a new session where the server knows its own no more, without the event id of the old one', async () => {
  const rig = await rigWith();
  const client = await rig.open();
  rig.server.say('id: 7\ndata: {}\n\n');
  await rig.until('an event', () => client.parser.lastEventId === '7');
  rig.server.sessions.clear();
  rig.server.drop();
  await rig.until('the end', () => client.state === 'waiting');
  rig.clients.pass(RETRY_MS + 20);
  await rig.until('the stream again', () => client.state === 'open');
  expect(rig.server.asked.slice(3).map(({ what }) => what)).toEqual([
    'GET',
    'initialize',
    'notifications/initialized',
    'GET',
  ]);
  expect(rig.server.asked.at(-1)?.lastEventId).toBeNull();
  expect(rig.summary.counts).toMatchObject({ sessions: 2, sessionsExpired: 1 });
});

it('a client of the Model Context Protocol does not try for ever where a new session is not known either', async () => {
  const rig = await rigWith({ instead: ({ what }) => (what === 'GET' ? 404 : null) });
  const client = rig.clients.connect();
  await rig.until('the end', () => client.state === 'closed');
  expect(rig.clients.log.losses).toMatchObject([{ cause: 'http-status', detail: 'status 404' }]);
  expect(rig.server.count('initialize')).toBe(1);
});

it.for<[string, McpServerOptions, string, string]>([
  ['a status', { initializeStatus: 503 }, 'session-refused', 'initialize: status 503'],
  [
    'an error',
    { initializeError: { code: -32_000, message: 'too many' } },
    'session-refused',
    'initialize: the error too many (-32000)',
  ],
  [
    'a status for what follows',
    { instead: ({ what }) => (what === 'notifications/initialized' ? 400 : null) },
    'session-refused',
    'notifications/initialized: status 400',
  ],
  [
    'a redirect of the stream',
    { instead: ({ what }) => (what === 'GET' ? 307 : null) },
    'redirect-refused',
    'the stream got status 307; use the URL that it redirects to',
  ],
])('a client of the Model Context Protocol names %s that keeps it out', async ([, options, cause, detail]) => {
  const rig = await rigWith(options);
  const client = rig.clients.connect();
  await rig.until('the end', () => client.state === 'closed');
  expect(rig.clients.log.losses).toMatchObject([{ cause, detail, wasOpen: false }]);
  const refused = cause === 'session-refused';
  expect(rig.summary.counts.sessionsRefused).toBe(refused ? 1 : 0);
  expect([...rig.summary.sessionFailures.keys()]).toEqual(refused ? [detail] : []);
});

it('a client of the Model Context Protocol answers a ping of its server', async () => {
  const rig = await rigWith();
  rig.clients.log.react = (call, client) => {
    const event = rig.clients.log.heard.at(-1);
    if (call === 'event' && event !== undefined)
      rig.sessions.heard(client, { data: event.data } as Parameters<McpSessions['heard']>[1]);
  };
  await rig.open();
  rig.server.say('data: {"jsonrpc":"2.0","id":5,"method":"ping"}\n\n');
  await rig.until('a response', () => rig.server.count('response') === 1);
  expect(rig.server.asked.at(-1)).toMatchObject({ what: 'response', session: rig.server.asked[1]?.session });
});

it.for<ClientKind>(['abrupt', 'stalled', 'vanished'])(
  'a client of the Model Context Protocol that is %s leaves its session behind',
  async (kind) => {
    const rig = await rigWith();
    await rig.open(kind);
    await rig.end();
    expect(rig.server.sessions.size).toBe(1);
    expect(rig.summary.counts).toMatchObject({ sessionsEnded: 0, sessionsAbandoned: 1 });
  },
);

it('a client of the Model Context Protocol that leaves for good ends its session once', async () => {
  const rig = await rigWith();
  const client = await rig.open();
  client.stop('fin');
  rig.sessions.left(client, 'fin');
  await rig.end();
  expect(rig.server.count('DELETE')).toBe(1);
  expect(rig.summary.counts).toMatchObject({ sessionsEnded: 1, sessionsAbandoned: 0 });
});

it('a client of the Model Context Protocol counts a session that its server does not end', async () => {
  const rig = await rigWith({ noDelete: true });
  await rig.open();
  await rig.end();
  expect(rig.summary.counts).toMatchObject({ sessionsEnded: 0, sessionsNotEnded: 1 });
});

it('a client whose server has no stream of its own counts as open, and asks on', async () => {
  const rig = await rigWith({ noStream: true });
  await rig.open();
  rig.clients.pass(PING_EVERY_MS + 1);
  await rig.until('a ping', () => rig.summary.times.sessionPing.count === 1);
  rig.clients.pass(PING_EVERY_MS + 1);
  await rig.until('another', () => rig.summary.times.sessionPing.count === 2);
  expect(rig.summary.counts).toMatchObject({ sessions: 1, sessionsStreamless: 1, sessionsRefused: 0 });
  await rig.end();
  expect(rig.server.sessions.size).toBe(0);
});

it('a client whose server has no stream of its own begins a new session, and stays open, when a ping finds the old one gone', async () => {
  const rig = await rigWith({ noStream: true });
  const client = await rig.open();
  rig.server.sessions.clear();
  rig.clients.pass(PING_EVERY_MS + 1);
  await rig.until('a new session', () => rig.summary.counts.sessions === 2);
  expect(rig.summary.counts).toMatchObject({ sessionsExpired: 1, sessionsStreamless: 1 });
  expect(client.state).toBe('open');
  expect(rig.clients.log.calls).toEqual(['0 connected', '0 open']);
});

it('a client whose server has no stream of its own is dropped when its server is gone', async () => {
  const rig = await rigWith({ noStream: true });
  const client = await rig.open();
  await rig.server.close();
  rigs.length = 0;
  rig.clients.pass(PING_EVERY_MS + 1);
  await rig.until('the loss', () => client.state === 'waiting');
  expect(rig.clients.log.losses).toMatchObject([{ cause: 'refused', wasOpen: true }]);
  rig.clients.close();
});
