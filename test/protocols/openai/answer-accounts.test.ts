import { afterEach, expect, it } from 'vitest';
import type { StreamEvent } from '../../../src/client/event-cache.ts';
import type { Subscription } from '../../../src/client/subscription.ts';
import type { ClientKind } from '../../../src/core/client-kinds.ts';
import { Summary } from '../../../src/record/summary.ts';
import { AnswerAccounts } from '../../../src/protocols/openai/answer-accounts.ts';
import { ClientRig, RETRY_MS } from '../../support/client-rig.ts';
import { ObserverLog } from '../../support/observer-log.ts';
import { OK, ScriptedServer } from '../../support/scripted-server.ts';

class Accountant extends ObserverLog {
  readonly summary = new Summary();
  private readonly accounts = new AnswerAccounts(this.summary, 4);

  override onEvent(client: Subscription, event: StreamEvent): void {
    super.onEvent(client, event);
    this.accounts.heard(client, event);
  }
}

let rig: ClientRig;
let server: ScriptedServer;
let log: Accountant;

afterEach(async () => {
  rig.close();
  await server.close();
});

async function ask(kind: ClientKind = 'healthy'): Promise<Subscription> {
  server = await ScriptedServer.start({ text: OK, after: 'open' });
  log = new Accountant();
  rig = new ClientRig(server.port, { observer: log });
  const client = rig.connect(kind);
  await rig.until('an open stream', () => client.state === 'open');
  return client;
}

function chunk(content: string): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
}

/** Later by so much the server says this, and it is heard. */
async function say(afterMs: number, text: string): Promise<void> {
  const before = log.heard.length;
  rig.pass(afterMs);
  server.sockets.at(-1)?.write(text);
  const events = text.split('\n\n').length - 1;
  await rig.until(text, () => log.heard.length === before + events);
}

it('the answers of a language model under load begin with the first token, go on token by token, and end when they say so', async () => {
  const client = await ask();
  await say(30, chunk(''));
  await say(70, chunk('one'));
  await say(40, chunk(' two three four five'));
  await say(20, `${chunk(' six')}${chunk(' seven')}`);
  await say(10, 'data: [DONE]\n\n');
  const { counts, times } = log.summary;
  expect(counts).toMatchObject({ answers: 1, answersFailed: 0, tokens: 7, answerStrangers: 0 });
  expect(times.firstToken.percentiles()).toMatchObject({ count: 1, max: expect.closeTo(100, 0) });
  expect(times.interToken.percentiles()).toMatchObject({
    count: 6,
    p50: expect.closeTo(10, 1),
    max: expect.closeTo(10, 1),
  });
  expect(times.answer.percentiles()).toMatchObject({ count: 1, max: expect.closeTo(170, 0) });
  expect(client.state).toBe('waiting');
  expect(log.losses).toEqual([]);
});

it('the answers of a language model under load are asked for again after the time to think', async () => {
  const client = await ask();
  await say(10, `${chunk('one')}data: [DONE]\n\n`);
  rig.pass(RETRY_MS);
  await rig.until('a second stream', () => client.opened === 2 && server.sockets.length === 2);
  await say(25, `${chunk('one')}data: [DONE]\n\n`);
  expect(log.summary.counts).toMatchObject({ answers: 2, tokens: 2 });
  expect(log.summary.times.firstToken.count).toBe(2);
});

it.for([
  ['an error in the stream', 'data: {"error":{"message":"over\\u001bloaded"}}\n\n', ['"over\\u001bloaded"']],
  ['an end without a token', 'data: [DONE]\n\n', []],
  ['a response that failed', 'data: {"type":"response.failed","response":{"error":{"message":"x"}}}\n\n', ['"x"']],
] as const)('the answers of a language model under load fail by %s', async ([, text, errors]) => {
  await ask();
  await say(10, text);
  expect(log.summary.counts).toMatchObject({ answers: 0, answersFailed: 1 });
  expect([...log.summary.answerErrors.keys()]).toEqual(errors);
  expect(log.summary.times.answer.count).toBe(0);
});

it('the answers of a language model under load that break off are lost streams, and their tokens count', async () => {
  const client = await ask();
  await say(10, chunk('one'));
  await say(20, chunk(' two'));
  server.sockets.at(-1)?.end();
  await rig.until('the loss', () => log.losses.length === 1);
  rig.pass(RETRY_MS);
  await rig.until('a second stream', () => client.opened === 2 && server.sockets.length === 2);
  await say(10, chunk('one'));
  expect(log.losses).toMatchObject([{ cause: 'eof-clean', wasOpen: true }]);
  expect(log.summary.counts).toMatchObject({ answers: 0, answersFailed: 0, tokens: 3 });
  expect(log.summary.times.interToken.percentiles()).toMatchObject({ count: 1, max: expect.closeTo(20, 0) });
});

it('the answers of a language model under load of a client that reads slowly are counted and not timed', async () => {
  await ask('slow');
  await say(10, `${chunk('one')}data: [DONE]\n\n`);
  expect(log.summary.counts).toMatchObject({ answers: 1, tokens: 1 });
  expect(log.summary.times.firstToken.count).toBe(0);
  expect(log.summary.times.answer.count).toBe(0);
});

it('the answers of a language model under load are none where the events are of something else', async () => {
  await ask();
  await say(10, 'data: {"seq":1}\n\n');
  expect(log.summary.counts).toMatchObject({ answers: 0, answersFailed: 0, answerStrangers: 1 });
});
