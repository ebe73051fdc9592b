/** The server, over HTTP/1.1 and HTTP/2: whatever one peer sends, it lives on, and those who listen lose nothing. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { get as getSecure } from 'node:https';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { createParser } from 'eventsource-parser';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { type RunningServer, startServer } from '../../src/server/server.ts';
import { hostileStream } from '../sse/hostile-streams.ts';
import { anyText } from '../support/hostile-result.ts';
import { CA, LOCALHOST } from '../wire/exchange.ts';
import { cutPlaces, cutsOf } from '../wire/response-arbitrary.ts';
import { openSockets, until } from '../wire/until.ts';
import { anyFrame } from './http2-frames.ts';
import { anyBytes, bytesOf, damaged, fuzz } from './target.ts';

const TOKEN = 'a-token-of-ours';
/** What a peer that says something waits for an answer. */
const STAY_MS = 5;
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

let plain: Listened;
let secure: Listened;
beforeAll(async () => {
  // A connection that owes something, or that Node reads no more (http2-session.ts), is to go within the second.
  const times = { headersMs: 300, requestMs: 300, keepAliveMs: 200, idleMs: 400 };
  const hub = { replayBytes: 100_000, heartbeatMs: 100 };
  const options = { ratePerSecond: 0, publishToken: TOKEN, maxFillBytes: 5000, hub, times };
  plain = await Listened.start(options);
  const tls = { cert: LOCALHOST.certificate, key: LOCALHOST.key };
  secure = await Listened.start({ ...options, tls, http2: true });
});
afterAll(() => Promise.all([plain, secure].map((each) => each.close())));

/** A server and one client of it, which hears all that is published. */
class Listened {
  readonly server: RunningServer;
  readonly heard: string[] = [];
  private readonly response: IncomingMessage;

  private constructor(server: RunningServer, response: IncomingMessage) {
    this.server = server;
    this.response = response;
    const parser = createParser({ onEvent: ({ event, data }) => event === 'connected' || this.heard.push(data) });
    response.setEncoding('utf8').on('data', (text: string) => parser.feed(text));
  }

  static async start(options: Parameters<typeof startServer>[0] & object): Promise<Listened> {
    const server = await startServer(options);
    const { protocol } = new URL(server.url);
    const ask = protocol === 'https:' ? getSecure : get;
    const asked = ask(`${server.url}/events`, { agent: false, ca: CA, servername: 'localhost' });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return new Listened(server, response);
  }

  async close(): Promise<void> {
    this.response.destroy();
    await this.server.close({ graceMs: 0 });
  }
}

const path = fc.oneof(
  fc.constantFrom(
    '/events',
    '/events?fill=9999',
    '/readyz',
    '/stats',
    '/metrics',
    '/clients?limit=1',
    '/',
    '/publish',
    '/clients/1',
    '*',
  ),
  fc.stringMatching(/^[!-~]{0,20}$/),
);
const fieldLine = fc
  .tuple(
    fc.constantFrom(
      'Host',
      'Last-Event-ID',
      'Accept',
      'Content-Length',
      'Transfer-Encoding',
      'Connection',
      'Expect',
      'Upgrade',
      'Origin',
      'Content-Type',
      'Cookie',
      'X',
    ),
    fc.oneof(
      fc.constantFrom(
        'localhost',
        'text/event-stream',
        'chunked',
        'close',
        'keep-alive',
        '5',
        '0',
        '-1',
        '99999999999',
        '1',
        '2',
        '100-continue',
        'h2c',
        'websocket',
        'application/json',
        'null',
      ),
      fc.stringMatching(/^[ -~]{0,30}$/),
      anyBytes(10),
    ),
  )
  .map(([name, value]) => `${name}: ${value}\r\n`);
const request = fc
  .tuple(
    fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE', 'PRI', 'CONNECT', 'get'),
    path,
    fc.constantFrom(' HTTP/1.1\r\nHost: localhost\r\n', ' HTTP/1.1\r\n', ' HTTP/1.0\r\n', ' HTTP/2.0\r\n', '\r\n'),
    fc.array(fieldLine, { maxLength: 5 }),
    fc.constantFrom('\r\n', ''),
    fc.oneof(fc.constantFrom('', '', '0\r\n\r\n', '5\r\nabcde\r\n'), anyBytes(30)),
  )
  .map(([method, target, version, lines, end, body]) => `${method} ${target}${version}${lines.join('')}${end}${body}`);
const requests = fc
  .array(damaged(request, fc.oneof(request, anyBytes(5))), { maxLength: 4 })
  .map((all) => all.join(''));
const session = fc
  .tuple(fc.constantFrom(PREFACE, PREFACE, ''), fc.array(anyFrame, { maxLength: 8 }))
  .map(([start, frames]) => start + frames.join(''));
const optional = fc.option(
  fc.oneof(anyText, fc.constantFrom('', '1', '7')).map((text) => text.slice(0, 2000)),
  { nil: undefined },
);
const message = fc.record(
  {
    data: fc.oneof(anyText, hostileStream.map(String)).map((text) => text.slice(0, 20_000)),
    event: optional,
    id: optional,
  },
  { requiredKeys: ['data'] },
);
const raw = fc.record({
  does: fc.constant('say' as const),
  secure: fc.boolean(),
  says: fc.oneof(requests, requests, session),
  places: cutPlaces,
  leaves: fc.constantFrom('fin' as const, 'rst' as const),
});
const action = fc.oneof(
  { weight: 4, arbitrary: raw },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('publish' as const), message }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('post' as const),
      body: fc.oneof(
        message.map((one) => JSON.stringify(one)),
        damaged(
          message.map((one) => JSON.stringify(one)),
          anyText,
        ),
      ),
    }),
  },
);

fuzz({
  name: 'server',
  holds: 'peers of the server cannot end it, keep a connection, or take an event from those who listen',
  input: fc.array(action, { minLength: 1, maxLength: 6 }),
  cases: 10,
  async check(actions) {
    plain.heard.length = 0;
    secure.heard.length = 0;
    const before = openSockets();
    const published: string[] = [];
    for (const one of actions) {
      if (one.does === 'say') await say(one);
      else if (one.does === 'post') published.push(...(await post(one.body)));
      else published.push(...publish(one.message));
    }
    published.push('last');
    for (const { server } of [plain, secure]) server.hub.publish({ data: 'last' });
    await until('the last event is heard', () => [plain, secure].every(({ heard }) => heard.at(-1) === 'last'));
    expect(plain.heard).toEqual(published);
    expect(await unready()).toEqual([]);
    for (const { server } of [plain, secure]) {
      await until('the others have left', () => server.hub.stats().clients.connected === 1);
    }
    await until('no connection is left', () => openSockets() <= before);
  },
});

type Raw = typeof raw extends fc.Arbitrary<infer Value> ? Value : never;

/** One peer that says this in pieces, and leaves. */
async function say({ secure: overTls, says, places, leaves }: Raw): Promise<void> {
  const { port } = (overTls ? secure : plain).server;
  const tcp = connect(port, '127.0.0.1');
  tcp.on('error', () => {});
  const overH2 = says.startsWith('PRI');
  const socket: Socket = overTls
    ? connectTls({ socket: tcp, servername: 'localhost', ca: CA, ALPNProtocols: [overH2 ? 'h2' : 'http/1.1'] })
    : tcp;
  socket.on('error', () => {});
  socket.resume();
  const bytes = bytesOf(says);
  const ends = [...cutsOf(places, bytes.length), bytes.length];
  for (const [n, end] of ends.entries()) {
    socket.write(bytes.subarray(ends[n - 1] ?? 0, end));
    await delay(0);
  }
  await delay(STAY_MS);
  if (leaves === 'rst') tcp.resetAndDestroy();
  else socket.end(() => setTimeout(() => tcp.destroy(), STAY_MS));
}

/** @returns the data as it has to arrive, or nothing where the event was refused */
function publish(message: { data: string; event?: string | undefined; id?: string | undefined }): string[] {
  const { data, event, id } = message;
  try {
    plain.server.hub.publish({ data, ...(event === undefined ? {} : { event }), ...(id === undefined ? {} : { id }) });
    return event === 'connected' ? [] : [arriving(data)];
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
}

async function post(body: string): Promise<string[]> {
  const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json', Connection: 'close' };
  const answer = await fetch(`${plain.server.url}/publish`, { method: 'POST', headers, body });
  const said = (await answer.json()) as { id?: string };
  expect(answer.status < 500).toBe(true);
  if (said.id === undefined) return [];
  const { data, event } = JSON.parse(Buffer.from(body).toString()) as { data: string; event?: string };
  return event === 'connected' ? [] : [arriving(data)];
}

/** What `/readyz` says is not ready, but for what a busy machine does to the event loop. */
async function unready(): Promise<string[]> {
  const answer = await fetch(`${plain.server.url}/readyz`, { headers: { Connection: 'close' } });
  const { components } = (await answer.json()) as { components: Record<string, { ready: boolean; detail: string }> };
  return Object.entries(components).flatMap(([name, { ready, detail }]) =>
    ready || name === 'eventLoop' ? [] : [`${name}: ${detail}`],
  );
}

/** Line ends as LF, halves of surrogate pairs as UTF-8 has them. */
function arriving(data: string): string {
  return Buffer.from(data.replaceAll(/\r\n|\r/g, '\n')).toString();
}
