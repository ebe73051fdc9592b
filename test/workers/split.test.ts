/**
 * One load in one, two and five parts: real load processes in all but their process, over real sockets, against a server
 * that plays a script for each client by its number. Timers and the date are the test's, so a latency is what the script
 * says, on any machine: time goes on only when everything that was written has arrived.
 *
 * The script leaves no room for what a process can only judge by its own clients: whenever one reconnects, and when the
 * load ends, all have received the newest event, and none of the last eight is missing, so that no part waits longer.
 */
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Subscription } from '../../src/client/subscription.ts';
import type { Clock } from '../../src/core/clock.ts';
import { loadSoakPlan } from '../../src/options/soak-plan.ts';
import { openTransport, PLAIN } from '../../src/reach/transport-spec.ts';
import type { LoadResult } from '../../src/soak/load/load-generator.ts';
import { mergeResults, toJson } from '../../src/soak/load/merged-result.ts';
import { Requests } from '../../src/soak/load/requests.ts';
import type { Aim } from '../../src/soak/load/aim.ts';
import { Shard } from '../../src/soak/load/shard.ts';
import type { ResultJson } from '../../src/soak/load/shard-messages.ts';
import { shardPlan } from '../../src/soak/load/shard-plan.ts';
import { loadStreamOpening } from '../../src/soak/load/stream-opening.ts';
import type { SummaryJson } from '../../src/record/summary.ts';
import { fromText, toText } from '../../src/workers/message-text.ts';
import { orderFrom } from '../../src/workers/order.ts';
import { orderFor } from '../../src/workers/sent-order.ts';
import { afterRequest, RawServer } from '../wire/raw-server.ts';

const CLIENTS = 40;
const DURATION_MS = 6000;
/** Events go on until all have left; none is on its way at the end of the load, nor while a client reconnects. */
const FIRST_MS = 900;
const EVERY_MS = 200;
const EVENTS = 40;
const MOST_LATE_MS = 90;
const LEAVE_MS = 9000;
const BEGIN_MS = Date.UTC(2026, 0, 1);
/** Real time for bytes to arrive: only a dead machine takes so long. */
const MOST_TURNS = 2_000_000;

const clock: Clock = { nowMs: () => Date.now() - BEGIN_MS, wallMs: () => Date.now() };

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n';
const FULL = 'HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nfull';

interface Step {
  atMs: number;
  client: number;
  /** Null: the connection is reset. */
  text: string | null;
}

function eventText(seq: number, dueMs: number): string {
  const data = JSON.stringify({ seq, scheduled: BEGIN_MS + dueMs, sent: BEGIN_MS + dueMs + (seq % 3) });
  return `id: ${seq}\ndata: ${data}\n\n`;
}

/** What one client is sent, and when: its own latencies, gaps, repetitions, reorderings, heartbeats and cuts. */
function scriptOf(client: number): Step[] {
  const steps: Step[] = [];
  const say = (atMs: number, text: string | null): void => void steps.push({ atMs, client, text });
  for (let seq = 0; seq < EVENTS; seq++) {
    const dueMs = FIRST_MS + seq * EVERY_MS;
    const lateMs = 1 + ((7 * client + 13 * seq) % MOST_LATE_MS) + (client === 3 && seq > 10 && seq < 14 ? 80 : 0);
    const isLost = client % 7 === 2 && (seq === 15 || seq === 16);
    const isLater = client % 13 === 4 && seq === 20;
    if (!isLost) say(dueMs + lateMs + (isLater ? 250 : 0), eventText(seq, dueMs));
    if (client % 11 === 6 && seq === 18) say(dueMs + lateMs + 150, eventText(seq, dueMs));
  }
  for (let beat = 0; beat < 10; beat++) say(1000 + 500 * beat + client, ': heartbeat\n\n');
  // The last bytes come to everybody at once.
  say(LEAVE_MS - 10, ': the end\n\n');
  if (client % 9 === 5) say(4321, 'dta: misspelt\n\nevent: nothing\n\n');
  const cut = CUT.indexOf(client);
  if (cut >= 0) say(1650 + 200 * cut, null);
  return steps;
}

/** Their connections are reset, one after the other; every other one is rejected when it reconnects. */
const CUT = [0, 8, 16, 24, 32, 5, 13, 21];

/** Knows a client by the port from which it comes. */
class ScriptServer {
  sentBytes = 0;
  readonly streams = new Map<number, Socket>();
  private readonly waiting: Socket[] = [];
  private readonly cut = new Set<number>();
  private readonly steps = new Map<number, Step[]>();
  private readonly raw: RawServer;

  private constructor(raw: RawServer) {
    this.raw = raw;
    for (let client = 0; client < CLIENTS; client++) {
      for (const step of scriptOf(client)) this.steps.set(step.atMs, [...(this.steps.get(step.atMs) ?? []), step]);
    }
  }

  static async start(): Promise<ScriptServer> {
    const raw = await RawServer.start((socket) => afterRequest(socket, () => server.waiting.push(socket)));
    const server = new ScriptServer(raw);
    return server;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.raw.port}/events`);
  }

  close(): Promise<void> {
    return this.raw.close();
  }

  /** Answers everybody who has asked. @param clients that may be the ones */
  answer(clients: readonly Subscription[]): void {
    for (const socket of this.waiting.splice(0)) {
      const client = clients.find(({ connection }) => connection?.localPort === socket.remotePort)?.index;
      if (client === undefined) throw new Error('a client came that nobody knows');
      if (this.cut.has(client) && client % 16 === 0) {
        socket.end(FULL);
        continue;
      }
      this.streams.set(client, socket);
      socket.write(HEAD);
      this.write(socket, `retry: 1000\n: client ${client}\n\n`);
    }
  }

  play(atMs: number): void {
    for (const { client, text } of this.steps.get(atMs) ?? []) {
      const socket = this.streams.get(client);
      if (socket === undefined) continue;
      if (text === null) {
        socket.resetAndDestroy();
        this.streams.delete(client);
        this.cut.add(client);
      } else this.write(socket, text);
    }
  }

  private write(socket: Socket, text: string): void {
    this.sentBytes += Buffer.byteLength(text);
    socket.write(text);
  }
}

/** Until everything that was written has arrived and every attempt has come to its end. */
async function settled(server: ScriptServer, clients: readonly Subscription[]): Promise<void> {
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    await turn();
    server.answer(clients);
    const isUnderWay = clients.some(({ state }) => state === 'connecting' || state === 'requesting');
    const open = clients.filter(({ state }) => state === 'open').length;
    const receivedBytes = clients.reduce((sum, client) => sum + client.receivedBytes, 0);
    if (!isUnderWay && open === server.streams.size && receivedBytes === server.sentBytes) return;
  }
  throw new Error('what the server has written does not arrive');
}

async function shardOf(url: URL, index: number, count: number): Promise<Shard> {
  const plan = loadSoakPlan({
    flags: {
      url: [url.href],
      clients: String(CLIENTS),
      mix: 'healthy=1',
      ramp: '0s',
      duration: `${DURATION_MS}ms`,
      seq: '/seq',
      seed: '7',
    },
  });
  const aim: Aim = { url, address: '127.0.0.1', port: Number(url.port), local: false, fillBytes: 0, transport: PLAIN };
  const part = shardPlan(plan, { seed: 7, server: null, slice: { index, count }, vanishingNetwork: null });
  const order = orderFrom(fromText(toText(orderFor(part, aim, null, '0.1.0'))));
  const target = { ...order.aim, url: new URL(order.aim.url) };
  const requests = new Requests(target, order.plan, order.bearer, order.version);
  const transport = await openTransport(target.transport);
  const openingFor = await loadStreamOpening({ plan: order.plan, requests, transport, clock });
  return new Shard(order.plan, target, {
    alive: () => true,
    openingFor,
    table: { read: () => Promise.resolve(null), hurry() {} },
    transport,
    clock,
  });
}

/** @returns what the parts measured, sent as text and merged */
async function runIn(parts: number): Promise<LoadResult> {
  vi.setSystemTime(BEGIN_MS);
  const server = await ScriptServer.start();
  const shards = await Promise.all(Array.from({ length: parts }, (_none, index) => shardOf(server.url, index, parts)));
  const clients = shards.flatMap(({ recorder }) => recorder.clients);
  let running = shards.length;
  const runs = shards.map(async (shard) => {
    await shard.run(new AbortController().signal, () => {});
    running -= 1;
  });
  while (clock.nowMs() < LEAVE_MS) {
    vi.advanceTimersByTime(1);
    server.play(clock.nowMs());
    await settled(server, clients);
  }
  expect(running).toBe(0);
  await Promise.all(runs);
  const told: ResultJson[] = [];
  for (const shard of shards) {
    const result = toJson(await shard.leave());
    told.push(fromText(toText(result)) as ResultJson);
    expect(told.at(-1)).toStrictEqual(structuredClone(result));
  }
  await server.close();
  return mergeResults(told, []);
}

/**
 * What says something of one process by its nature, and adds up to as many as there are: how many texts it parsed, how
 * far apart its own clients received an event, the time since the first end that it saw, and one example, name or mark
 * for each.
 */
const OF_A_PROCESS = new Set<string>([
  'eventsRead',
  'spread',
  'deathTime',
  'eventExamples',
  'fields',
  'malformedSamples',
  'misnamed',
  'refusedAnswers',
  'sequence',
  'serverMarks',
  'withoutDataSamples',
]);

function mergeable({ counts, times, ...tallies }: SummaryJson): Record<string, unknown> {
  const [sums, encoded, others] = [counts, times, tallies].map((figures) =>
    Object.fromEntries(Object.entries(figures).filter(([name]) => !OF_A_PROCESS.has(name))),
  );
  return { sums, encoded, others };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'], now: BEGIN_MS });
});

afterEach(() => {
  vi.useRealTimers();
});

it('one load in 1, 2 and 5 parts gives the same counts and the same merged histograms, bit for bit', async () => {
  const whole = await runIn(1);
  const { counts, byKind, times } = whole.summary;
  expect(byKind.get('healthy')).toMatchObject({ planned: 40, connected: 40, dropped: 8, reconnects: 5, refused: 3 });
  expect(counts).toMatchObject({ lost: 10, duplicated: 4, reordered: 3, resumeLost: 25, malformed: 3 });
  expect(times.latency.count).toBe(counts.events);
  for (const parts of [2, 5]) {
    const split = await runIn(parts);
    expect(mergeable(split.summary.toJSON())).toEqual(mergeable(whole.summary.toJSON()));
    expect(split.generator.processes).toBe(parts);
  }
});
