import type { Socket } from 'node:net';
import { constants, createGzip, type Gzip, gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { DEFAULT_MAX_LINE_BYTES } from '../../../src/sse/handlers.ts';
import type { Subscription } from '../../../src/client/subscription.ts';
import type { Summary } from '../../../src/record/summary.ts';
import { asksForCoding, isUnreadable } from '../../../src/soak/load/protocol-watch.ts';
import { recorderScene, type RecorderScene } from '../../support/recorder-scene.ts';
import { type Answer, OK } from '../../support/scripted-server.ts';
import { countAffected } from '../../../src/measure/defects.ts';

const CHUNKED = OK.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n');
const GZIPPED = OK.replace('\r\n\r\n', '\r\nContent-Encoding: gzip\r\n\r\n');
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

function scene(answers: Answer[], { codingAsked = false } = {}): Promise<RecorderScene> {
  return recorderScene(answers, closing, { codingAsked });
}

const dropped = ({ summary }: RecorderScene): number => summary.total('dropped');
const tick = (n: number): string => `id: ${n}\nevent: tick\ndata: {"seq":${n}}\n\n`;

const gzipped: Answer = (socket) => {
  socket.write(GZIPPED);
  socket.end(gzipSync(tick(1)));
};

const GREETING = 'retry: 2000\nevent: connected\ndata: {"heartbeatMs":2000}\n\n';
const silent: Answer = () => {};
const heads = ({ counts }: Summary): number[] => [
  counts.headsJudged,
  counts.headsWithEvent,
  counts.headsHeld,
  counts.headsReleased,
];

/** Another client's request is at the server. */
async function ask({ rig, server }: RecorderScene): Promise<void> {
  const requests = server.requests.length;
  rig.connect();
  await rig.until('the request', () => server.requests.length === requests + 1);
}

async function write(here: RecorderScene, sockets: readonly (Socket | undefined)[], text: string): Promise<void> {
  const { events } = here.summary.counts;
  const carried = text.split('data:').length - 1;
  for (const socket of sockets) socket?.write(text);
  await here.rig.until('what was written', () => here.summary.counts.events === events + carried * sockets.length);
}

function affected({ rig }: RecorderScene): Record<string, number> {
  const tally = new Map<string, number>();
  countAffected(rig.clients, tally);
  return Object.fromEntries(tally);
}

it('lines that are not of the format are counted for each client that is sent them, with one sample of each kind, made printable', async () => {
  const broken = `${tick(1)}dta: {"seq":2}\n\n${tick(3)}{"seq":4}\n\nretry: \u001bsoon\n${tick(5)}`;
  const here = await scene([OK + broken]);
  for (let n = 0; n < 3; n++) here.rig.connect();
  await here.rig.until('all ends', () => dropped(here) === 3);
  expect(here.summary.counts).toMatchObject({ malformed: 9, events: 9 });
  expect(affected(here)).toMatchObject({ malformed: 3 });
  expect(Object.fromEntries(here.summary.malformed)).toEqual({ 'unknown-field': 6, 'bad-retry': 3 });
  expect([...here.summary.malformedSamples.keys()]).toEqual([
    expect.stringMatching(/^unknown-field: dta: \{"seq":2\} \(client \d, within its first \d+ bytes\)$/),
    expect.stringMatching(/^bad-retry: retry: \\u001bsoon \(client/),
  ]);
  expect([...here.summary.misnamed.keys()]).toEqual(['`dta` is not one of data, event, id and retry']);
  expect(here.summary.total('unreadable')).toBe(0);
});

it('lines that are not of the format are none where a block that others know stands among them', async () => {
  const here = await scene([{ text: OK + tick(1), after: 'open' }]);
  for (let n = 0; n < 4; n++) here.rig.connect();
  await here.rig.until('the first event', () => here.summary.counts.events === 4);
  // The same bytes for all, then a slip for one of them only.
  for (const [at, socket] of here.server.sockets.entries())
    socket.write(at === 2 ? `${tick(2).replace('data', 'Data')}${tick(3)}` : tick(2) + tick(3));
  await here.rig.until('the others', () => here.summary.counts.events === 11);
  expect(here.summary.counts.malformed).toBe(1);
  expect(affected(here)).toEqual({ malformed: 1 });
});

it.each<[how: string, answer: Answer, unreadable: number, cause: string]>([
  ['with something else than a chunk', `${CHUNKED}3\r\n:a\n\r\nnonsense\r\n`, 1, 'http-protocol'],
  ['with bytes that are not gzip', `${GZIPPED}${'nonsense'.repeat(4)}`, 1, 'decode'],
  ['with a line that is too long', `${OK}data: ${'x'.repeat(DEFAULT_MAX_LINE_BYTES)}`, 1, 'line-limit'],
  ['in the middle of a chunk, as at a restart', `${CHUNKED}ff\r\ndata: a`, 0, 'eof-truncated'],
  ['without a last chunk, as at a time-out', `${CHUNKED}3\r\n:a\n\r\n`, 0, 'eof-truncated'],
  [
    'before the length that it declared',
    OK.replace('\r\n\r\n', '\r\nContent-Length: 99\r\n\r\ndata: a\n\n'),
    0,
    'eof-truncated',
  ],
  ['by a reset in the middle of an event, as an eviction', { text: `${OK}data: a`, after: 'reset' }, 0, 'reset'],
  ['in the middle of an event', `${OK}da`, 0, 'eof-clean'],
  [
    'in the middle of its gzip',
    (socket: Socket) => {
      socket.write(GZIPPED);
      socket.end(gzipSync('data: a\n\n'.repeat(99)).subarray(0, 20));
    },
    0,
    'decode',
  ],
])('an open stream that ends %s', async (_how, answer, unreadable, cause) => {
  const here = await scene([answer]);
  here.rig.connect();
  await here.rig.until('its end', () => dropped(here) === 1);
  expect([...here.summary.dropsByCause.keys()]).toEqual([cause]);
  expect(here.summary.total('unreadable')).toBe(unreadable);
  expect(here.summary.counts.malformed).toBe(0);
});

it('an open stream that ends by the client in the middle of an event shows no malformed line', async () => {
  const here = await scene([{ text: `${OK}${tick(1)}`, after: 'open' }]);
  const client = here.rig.connect('abrupt');
  await here.rig.until('the first event', () => here.summary.counts.events === 1);
  here.rig.pass(6000);
  here.server.sockets[0]?.write(tick(2));
  await here.rig.until('that it left', () => client.state === 'waiting');
  expect(here.summary.counts.malformed).toBe(0);
});

it('an open stream that ends over HTTP/2 by a reset is none that was broken, whatever the code of the reset', () => {
  expect(isUnreadable('http-protocol', 'the stream was reset with PROTOCOL_ERROR')).toBe(false);
  expect(isUnreadable('http-protocol', 'Invalid frame')).toBe(true);
});

it('the coding of a stream is counted for each stream where nobody asked for one', async () => {
  const here = await scene([gzipped, gzipped, OK.replace('\r\n\r\n', '\r\nContent-Encoding: identity\r\n\r\n'), OK]);
  for (let n = 1; n <= 4; n++) {
    here.rig.connect();
    await here.rig.until('the next end', () => dropped(here) === n);
  }
  expect(Object.fromEntries(here.summary.codings)).toEqual({ gzip: 2 });
  expect(here.summary.counts.events).toBe(2);
});

it('the coding of a stream is none of ours to judge where the plan asks for one', async () => {
  expect([
    asksForCoding([]),
    asksForCoding([['accept-ENCODING', ' Identity ']]),
    asksForCoding([['X', 'gzip']]),
    asksForCoding([['Accept-Encoding', 'gzip, br']]),
  ]).toEqual([false, false, false, true]);
  const here = await scene([gzipped], { codingAsked: true });
  here.rig.connect();
  await here.rig.until('the end', () => dropped(here) === 1);
  expect(here.summary.codings.size).toBe(0);
});

it('the ids of events are looked for in what is published, and not in heartbeats or in what is about the stream', async () => {
  const about = 'event: connected\ndata: {}\n\nevent: ping\ndata:\n\nevent: missed\ndata: {}\n\n';
  const here = await scene([
    `${OK}${about}data: a\n\n${tick(1).replace('id: 1\n', '')}`,
    `${OK}${about}data: a\n\nid: 7\ndata: b\n\ndata: c\n\n`,
  ]);
  here.rig.connect();
  await here.rig.until('the first end', () => dropped(here) === 1);
  expect(here.summary.counts).toMatchObject({ eventsWithId: 0, eventsWithoutId: 2 });
  here.rig.connect();
  await here.rig.until('the second end', () => dropped(here) === 2);
  expect(here.summary.counts).toMatchObject({ eventsWithId: 2, eventsWithoutId: 3 });
});

/** A server that publishes when the test says so; time passes when the test says so. */

it('a head that comes with an event is held, where clients that asked at different times are let in by the events that all get', async () => {
  const here = await scene([silent]);
  for (let n = 1; n <= 4; n++) {
    for (let client = 0; client < 3; client++) {
      await ask(here);
      here.rig.pass(300);
    }
    const { sockets } = here.server;
    await write(here, sockets.slice(0, -3), tick(n));
    await write(here, sockets.slice(-3), OK + GREETING + tick(n));
  }
  expect(heads(here.summary)).toEqual([12, 12, 12, 4]);
});

it('a head that comes with an event is not held where the server is slow to accept, and its greeting is about the stream', async () => {
  const here = await scene([silent]);
  for (let n = 1; n <= 3; n++) {
    for (let client = 0; client < 3; client++) {
      await ask(here);
      here.rig.pass(300);
    }
    await write(here, here.server.sockets.slice(-3), OK + GREETING);
    here.rig.pass(150);
    await write(here, here.server.sockets, tick(n));
  }
  expect(heads(here.summary)).toEqual([9, 0, 0, 0]);
});

it('a head that comes with an event is not held where each is answered with the last state, later than others were', async () => {
  const here = await scene([silent]);
  for (let client = 0; client < 3; client++) await ask(here);
  here.rig.pass(400);
  for (const socket of here.server.sockets) {
    here.rig.pass(100);
    await write(here, [socket], OK + tick(1));
  }
  // The first one alone could be: nobody had heard anything before.
  expect(heads(here.summary)).toEqual([3, 1, 1, 0]);
});

it('a head that comes with an event is not held where the event is older than the request', async () => {
  const here = await scene([silent]);
  await ask(here);
  here.rig.pass(400);
  const sent = here.rig.clock.wallMs() - 1000;
  await write(here, here.server.sockets, `${OK}data: {"seq":1,"sent":${sent}}\n\n`);
  expect(heads(here.summary)).toEqual([1, 0, 0, 0]);
});

it('a head that comes with an event is held where the event is younger than the request', async () => {
  const here = await scene([silent]);
  await ask(here);
  here.rig.pass(400);
  await write(here, here.server.sockets, `${OK}data: {"seq":1,"sent":${here.rig.clock.wallMs() - 5}}\n\n`);
  expect(heads(here.summary)).toEqual([1, 1, 1, 0]);
});

it('a head that comes with an event counts as no late one that came at once', async () => {
  const here = await scene([silent]);
  await ask(here);
  here.rig.pass(100);
  await write(here, here.server.sockets, OK + tick(1));
  expect(heads(here.summary)).toEqual([1, 1, 0, 0]);
});

it('a head that comes with an event is asked for on first streams only, and of healthy clients', async () => {
  const here = await scene([silent]);
  here.rig.connect('resuming');
  await here.rig.until('the request', () => here.server.requests.length === 1);
  here.rig.pass(400);
  await write(here, here.server.sockets, OK + tick(1));
  expect(heads(here.summary)).toEqual([0, 0, 0, 0]);
});

/** Clients with timers of their own: each hears its own events, so long after it asked. */
async function ownTimers(waitMs: number, periodMs: number): Promise<RecorderScene> {
  const here = await scene([silent]);
  for (let client = 0; client < 3; client++) {
    await ask(here);
    here.rig.pass(waitMs);
    await write(here, here.server.sockets.slice(-1), OK + tick(1));
    here.rig.pass(periodMs);
    await write(here, here.server.sockets.slice(-1), tick(2));
  }
  return here;
}

it.each([
  ['held, where the timer of each connection lets its head go', 500, 500, [3, 3, 3]],
  ['late in any case, where it took a second and more', 3000, 1000, [3, 3, 0]],
  ['late and held, where it took as long as the next one', 1000, 1000, [3, 3, 3]],
  ['not held, where the wait is no period', 500, 1000, [0, 0, 0]],
  ['not held, where it came at once', 100, 100, [0, 0, 0]],
])('a head that comes with an event of its own connection is %s', async (_what, waitMs, periodMs, seen) => {
  const { summary } = await ownTimers(waitMs, periodMs);
  const { counts, times } = summary;
  expect([times.ownHeadWait.count, counts.ownHeadMoments, counts.ownHeadPeriods]).toEqual(seen);
});

it('a head that never comes is entered with how long its client waits, and one that came is not', async () => {
  const here = await scene([silent, { text: OK + tick(1), after: 'open' }]);
  await ask(here);
  here.rig.pass(4000);
  const second = here.rig.connect();
  await here.rig.until('the stream of the second', () => second.state === 'open');
  here.recorder.clients.push(...here.rig.clients);
  here.recorder.closeAccounts(-1, here.rig.clock.nowMs());
  expect([here.summary.times.withoutHead.count, here.summary.times.withoutHead.percentile(100)]).toEqual([
    1,
    expect.closeTo(4000, -1),
  ]);
});

/** A stream in gzip: what is written goes through the compressor, and whether its flushes show is for the test to say. */
async function compressed(flush: number): Promise<{ here: RecorderScene; client: Subscription; gzip: Gzip }> {
  const here = await scene([{ text: GZIPPED, after: 'open' }]);
  const client = here.rig.connect();
  await here.rig.until('the head', () => client.state === 'open');
  const gzip = createGzip({ flush });
  gzip.pipe(here.server.sockets[0] as Socket);
  closing.push(() => gzip.destroy());
  return { here, client, gzip };
}

async function writeCoded({ rig }: RecorderScene, client: Subscription, gzip: Gzip, text: string): Promise<void> {
  const { receivedBytes } = client;
  gzip.write(text);
  await rig.until('what was written', () => client.receivedBytes === receivedBytes + text.length);
}

it('a stream is said not to be flushed whose compressor began, and of which nothing could be read for seconds', async () => {
  const { here, client, gzip } = await compressed(constants.Z_NO_FLUSH);
  gzip.write(tick(1));
  await here.rig.until('the header of the gzip', () => client.heldInCodingBytes === 10);
  here.rig.pass(4000);
  client.stop('fin');
  expect(here.summary.counts).toMatchObject({ notFlushed: 1, bytesNotFlushed: 10, events: 0 });
});

it('a stream is not said not to be flushed that was open for a moment', async () => {
  const { here, client, gzip } = await compressed(constants.Z_NO_FLUSH);
  gzip.write(tick(1));
  await here.rig.until('the header of the gzip', () => client.heldInCodingBytes === 10);
  here.rig.pass(1000);
  client.stop('fin');
  expect(here.summary.counts.notFlushed).toBe(0);
});

it.each([
  ['comment', ': ping\n\n'],
  ['event', tick(1)],
])('a stream is not said not to be flushed of which a lone %s could be read', async (_what, text) => {
  const { here, client, gzip } = await compressed(constants.Z_SYNC_FLUSH);
  here.rig.pass(4000);
  await writeCoded(here, client, gzip, text);
  client.stop('fin');
  expect(here.summary.counts).toMatchObject({ notFlushed: 0, heldByCompressor: 0 });
});

it.each([
  ['is found that stands still in the middle of events, though it was not flushed there', constants.Z_PARTIAL_FLUSH, 2],
  ['is not blamed for events that a server writes and flushes in pieces', constants.Z_SYNC_FLUSH, 0],
])('a compressor %s', async (_what, flush, stops) => {
  const { here, client, gzip } = await compressed(flush);
  for (const piece of ['data: 1\n\nda', 'ta: 2\n\ndat', 'a: 3\n\n']) {
    await writeCoded(here, client, gzip, piece);
    here.rig.pass(700);
  }
  here.recorder.clients.push(client);
  here.recorder.closeAccounts(-1, here.rig.clock.nowMs());
  expect(here.summary.counts).toMatchObject({ stopsInEvent: stops, heldByCompressor: Math.sign(stops) });
});

it('blocks without data are counted, one of them is shown, and heartbeats among them are heartbeats', async () => {
  const here = await scene([{ text: `${OK}event: \u001bping\n\nevent: ping\n\n`, after: 'open' }]);
  const client = here.rig.connect();
  await here.rig.until('both', () => here.summary.counts.withoutData === 2);
  expect([...here.summary.withoutDataSamples.keys()]).toEqual([String.raw`event: \u001bping`]);
  here.rig.pass(1000);
  here.server.sockets[0]?.write('event: ping\n\n');
  await here.rig.until('another', () => here.summary.counts.withoutData === 3);
  expect([here.summary.counts.heartbeatsAfterGreeting, client.lastHeartbeatMs]).toEqual([1, here.rig.clock.nowMs()]);
});
