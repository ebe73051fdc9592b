import { afterEach, expect, it } from 'vitest';
import type { StreamMarker } from '../../../src/core/stream-marker.ts';
import { IncidentWindow } from '../../../src/soak/load/incident-window.ts';
import { RETRY_MS } from '../../support/client-rig.ts';
import { recorderScene, type RecorderScene } from '../../support/recorder-scene.ts';
import { type Answer, OK } from '../../support/scripted-server.ts';

const CHUNKED = OK.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n');
const DONE = 'event: done\ndata: {}\n\n';
const UNTIL_DONE: StreamMarker = { kind: 'event-name', name: 'done' };
const PATIENCE_MS = 60_000;
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Asked {
  until?: StreamMarker | null;
  method?: string;
}

function scene(answers: Answer[], { until = UNTIL_DONE, method = 'GET' }: Asked = {}): Promise<RecorderScene> {
  return recorderScene(answers, closing, {
    silenceMs: PATIENCE_MS,
    finite: until === null ? null : { until, method },
  });
}

const tick = (n: number): string => `id: ${n}\ndata: {"seq":${n}}\n\n`;
const ticks = (count: number): string => Array.from({ length: count }, (_none, at) => tick(at + 1)).join('');
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

const told = ({ summary }: RecorderScene): Record<string, unknown> => ({
  completed: summary.counts.completed,
  rotated: summary.counts.rotated,
  dropped: summary.total('dropped'),
  times: summary.times.completion.count,
});

async function over(here: RecorderScene, streams = 1): Promise<void> {
  const { rig } = here;
  await rig.until('the end', () => rig.clients.every(({ opened, state }) => opened === streams && state === 'waiting'));
}

it.each<[how: string, answer: Answer, asked: Asked, expected: Record<string, unknown>]>([
  ['clean', OK + tick(1) + DONE, {}, { completed: 1, rotated: 0, dropped: 0, times: 1 }],
  ['clean, with more behind it', OK + DONE + tick(1), {}, { completed: 1, rotated: 0, dropped: 0, times: 1 }],
  ['clean, with the same again', OK + DONE + DONE, {}, { completed: 1, rotated: 0, dropped: 0, times: 1 }],
  ['without the last chunk', CHUNKED + chunk(DONE), {}, { completed: 1, rotated: 0, dropped: 0, times: 1 }],
  ['with RST', { text: OK + DONE, after: 'reset' }, {}, { completed: 1, rotated: 0, dropped: 0, times: 1 }],
  [
    'clean, by the text in its data',
    `${OK}data: [DONE]\n\n`,
    { until: { kind: 'text', text: 'DONE' } },
    { completed: 1, rotated: 0, dropped: 0, times: 1 },
  ],
])('a stream is complete that came to its end, however it is closed: %s', async (_how, answer, asked, expected) => {
  const here = await scene([answer], asked);
  here.rig.connect();
  await over(here);
  expect(told(here)).toEqual(expected);
});

it.each<[how: string, answer: Answer, expected: Record<string, unknown>]>([
  ['clean', OK + tick(1), { completed: 0, rotated: 0, dropped: 1, times: 0 }],
  ['behind another last word', `${OK}data: [DONE]\n\n`, { completed: 0, rotated: 0, dropped: 1, times: 0 }],
  ['in the middle of its last event', OK + DONE.slice(0, -1), { completed: 0, rotated: 0, dropped: 1, times: 0 }],
  ['asked to come back', `${OK}event: reconnect\ndata:\n\n`, { completed: 0, rotated: 1, dropped: 0, times: 0 }],
  ['asked to by our own server', `${OK}: max-age\n`, { completed: 0, rotated: 1, dropped: 0, times: 0 }],
])('a stream is not complete that ended before its end: %s', async (_how, answer, expected) => {
  const here = await scene([answer]);
  here.rig.connect();
  await over(here);
  expect(told(here)).toEqual(expected);
});

it('a stream that broke off behind its end is counted by the cause, and one that was closed is not', async () => {
  const here = await scene([CHUNKED + chunk(DONE), `${CHUNKED}${chunk(DONE)}0\r\n\r\n`]);
  here.rig.connect();
  await over(here);
  here.rig.pass(RETRY_MS);
  await over(here, 2);
  expect(Object.fromEntries(here.summary.brokenAfterEnd)).toEqual({ 'eof-truncated': 1 });
  expect(told(here)).toMatchObject({ completed: 2, dropped: 0 });
});

it('a complete stream has no part in the accounts of what ends streams, but that it lived so long', async () => {
  const here = await scene([OK + tick(1) + DONE]);
  here.rig.connect();
  await over(here);
  const { deathAge, survivedAge } = here.summary.times;
  expect([deathAge.count, survivedAge.count]).toEqual([0, 1]);
});

it('the time to the end counts from the attempt, for each stream of a healthy client', async () => {
  const here = await scene([{ text: OK, after: 'open' }]);
  here.rig.connect();
  here.rig.connect('slow');
  await here.rig.until('the streams', () => here.summary.total('open') === 2);
  here.rig.pass(4000);
  for (const socket of here.server.sockets) socket.write(DONE);
  await here.rig.until('the ends', () => here.summary.counts.completed === 2);
  const { completion } = here.summary.times;
  expect([completion.count, Math.round(completion.percentile(50) / 1000)]).toEqual([1, 4]);
});

it('a client that heard all by GET comes back behind its last id, and what is sent again is no double', async () => {
  const here = await scene([OK + ticks(12) + DONE, OK + ticks(12) + DONE]);
  here.rig.connect();
  await over(here);
  here.rig.pass(RETRY_MS);
  await over(here, 2);
  expect(here.server.requests[1]).toContain('\r\nLast-Event-ID: 12\r\n');
  here.recorder.snapshot(here.rig.clock.nowMs());
  expect(here.summary.counts).toMatchObject({ eventsWithSeq: 24, duplicated: 0, resumeDuplicated: 0, lost: 0 });
});

it('a client that heard all by another method asks anew, behind no id', async () => {
  const here = await scene([OK + tick(12) + DONE, OK + tick(13)], { method: 'POST' });
  here.rig.connect();
  await over(here);
  here.rig.pass(RETRY_MS);
  await over(here, 2);
  expect(here.server.requests.map((request) => request.includes('Last-Event-ID'))).toEqual([false, false]);
  here.rig.pass(RETRY_MS);
  await here.rig.until('the third request', () => here.server.requests.length === 3);
  expect(here.server.requests[2]).toContain('\r\nLast-Event-ID: 13\r\n');
});

it('streams that are still open at the end are counted, and held to nothing that others heard', async () => {
  const here = await scene([
    { text: OK + ticks(12) + DONE, after: 'open' },
    { text: OK + ticks(11), after: 'open' },
  ]);
  here.rig.connect();
  await here.rig.until('all of the first', () => here.summary.counts.completed === 1);
  here.rig.connect();
  await here.rig.until('most of the second', () => here.summary.counts.events === 24);
  here.recorder.clients.push(...here.rig.clients);
  here.recorder.closeAccounts(here.recorder.accounts.headSeq, here.rig.clock.nowMs());
  here.recorder.completion?.close(here.rig.clients);
  here.recorder.snapshot(here.rig.clock.nowMs());
  expect(here.summary.counts).toMatchObject({ completed: 1, unfinished: 1, lost: 0 });
});

const steps = (count: number): string =>
  OK + Array.from({ length: count }, (_none, at) => `data: {"progress":${at + 1}}\n\n`).join('') + DONE;

it('streams with an end are not compared: what comes at another place of another stream is no loss', async () => {
  const here = await scene([steps(12), steps(9), steps(5), steps(7)]);
  for (let n = 0; n < 4; n++) here.rig.connect();
  here.recorder.clients.push(...here.rig.clients);
  await over(here);
  here.recorder.closeAccounts(here.recorder.accounts.headSeq, here.rig.clock.nowMs());
  here.recorder.snapshot(here.rig.clock.nowMs());
  expect(here.summary.counts).toMatchObject({ events: 37, eventsWithSeq: 0, lost: 0, reordered: 0 });
  expect(Object.fromEntries(here.summary.sequence)).toEqual({ finite: 1 });
});

it('what is amiss within one stream is found by its numbers', async () => {
  const here = await scene([
    OK + ticks(12) + DONE,
    OK + ticks(12).replace(tick(5), '').replace(tick(9), tick(8)) + DONE,
  ]);
  here.recorder.clients.push(here.rig.connect());
  await over(here);
  here.rig.pass(RETRY_MS);
  await over(here, 2);
  here.recorder.snapshot(here.rig.clock.nowMs());
  expect(here.summary.counts).toMatchObject({ eventsWithSeq: 23, lost: 2, duplicated: 1, reordered: 0 });
});

it('what a stream is silent for behind its end is in no figure', async () => {
  const here = await scene([{ text: OK, after: 'open' }]);
  const client = here.rig.connect();
  here.recorder.clients.push(client);
  await here.rig.until('the stream', () => client.state === 'open');
  here.rig.pass(2000);
  here.server.sockets[0]?.write(DONE);
  await here.rig.until('its end', () => client.completed);
  here.rig.pass(50_000);
  here.server.sockets[0]?.write(': ping\n\n');
  await here.rig.until('a comment', () => here.summary.counts.comments === 1);
  here.rig.pass(1000);
  here.recorder.closeAccounts(-1, here.rig.clock.nowMs());
  const { silence } = here.summary.times;
  expect([silence.count, Math.round(silence.percentile(100) / 1000)]).toEqual([1, 2]);
  expect([here.summary.counts.heartbeats, here.summary.counts.heartbeatsAfterGreeting]).toEqual([0, 0]);
});

it('an incident waits for nobody whose stream has come to its end', async () => {
  const here = await scene([{ text: OK + tick(1), after: 'open' }]);
  const client = here.rig.connect();
  await here.rig.until('the stream', () => here.summary.counts.events === 1);
  const nowMs = here.rig.clock.nowMs();
  const incident = new IncidentWindow([client], here.summary, { nowMs, durationMs: 0, isCounted: true });
  here.recorder.incident = incident;
  here.server.sockets[0]?.end(DONE);
  await over(here);
  expect(incident.isOver(nowMs + 1)).toBe(true);
  incident.close(nowMs + 1);
  expect(here.summary.counts).toMatchObject({ completed: 1, dropsInIncident: 0, notRecovered: 0 });
  expect(here.summary.times.completion.count).toBe(0);
});

it('an incident waits for nobody who left for good', async () => {
  const here = await scene([{ text: OK + tick(1), after: 'open' }]);
  const client = here.rig.connect();
  await here.rig.until('the stream', () => here.summary.counts.events === 1);
  const nowMs = here.rig.clock.nowMs();
  const incident = new IncidentWindow([client], here.summary, { nowMs, durationMs: 0, isCounted: true });
  expect(incident.isOver(nowMs + 1)).toBe(false);
  client.stop('fin');
  expect(incident.isOver(nowMs + 1)).toBe(true);
  incident.close(nowMs + 1);
  expect(here.summary.counts.notRecovered).toBe(0);
});

it('the end of a stream has no meaning where the plan names none', async () => {
  const here = await scene([OK + tick(1) + DONE], { until: null });
  here.rig.connect();
  await over(here);
  expect(told(here)).toEqual({ completed: 0, rotated: 1, dropped: 0, times: 0 });
});
