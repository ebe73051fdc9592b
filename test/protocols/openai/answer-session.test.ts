import { fileURLToPath } from 'node:url';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { ProfileAsk } from '../../../src/protocols/profile-checks.ts';
import { checkOf, watch, type Watched } from '../../support/profile-rig.ts';
import { type Answer, OK, ScriptedServer } from '../../support/scripted-server.ts';
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts';

function chatBody(content: string): string {
  return JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content }] });
}

describe.concurrent('the profile openai, of an OpenAI-compatible server', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    const file = fileURLToPath(new URL('../../support/real-servers/aimock.mjs', import.meta.url));
    server = await startServerProcess({ command: process.execPath, args: [file] });
  }, 60_000);
  afterAll(() => server.stop());

  function ask(path: string, more: Partial<ProfileAsk> = {}): Promise<Watched> {
    return watch('openai', new URL(path, server.url).href, more);
  }

  it('the profile openai, of an OpenAI-compatible server reads a chat completion to its end, and mistakes no chunk of several tokens for one', async ({
    expect,
  }) => {
    const { figures, ...verdict } = await ask('/v1/chat/completions');
    // 20 words, 19 commas; the server cuts them into pieces of 24 characters.
    expect(figures).toMatchObject({
      name: 'openai',
      answer: 'complete',
      finishReason: 'stop',
      chunks: 7,
      tokensFrom: 'usage',
      otherEvents: 0,
    });
    expect(figures['tokens']).toBeGreaterThan(20);
    expect(figures['tokensPerChunk']).toBeGreaterThan(3);
    expect(verdict.firstTokenMs).toBeGreaterThan(0);
    expect(verdict.checks.map(({ id, status }) => [id, status])).toEqual([
      ['first-event', 'pass'],
      ['buffered', 'pass'],
      ['completion', 'pass'],
    ]);
  });

  it('the profile openai, of an OpenAI-compatible server counts at least the words where the server does not count', async ({
    expect,
  }) => {
    const { figures } = await ask('/v1/chat/completions', { body: chatBody('by chance') });
    expect(figures).toMatchObject({ answer: 'complete', tokensFrom: 'text' });
    expect(figures['tokens']).toBeGreaterThanOrEqual(39);
    const { p50, max } = figures['interTokenMs'] as { p50: number; max: number };
    const whole = figures['interArrivalMs'] as { p50: number; max: number };
    expect(p50).toBeLessThan(whole.p50);
    expect(max).toBeLessThanOrEqual(whole.max);
  });

  it('the profile openai, of an OpenAI-compatible server reads a stream of responses to its end', async ({
    expect,
  }) => {
    const { figures, ...verdict } = await ask('/v1/responses');
    expect(figures).toMatchObject({ answer: 'complete', finishReason: 'completed', chunks: 7 });
    expect(figures['tokens']).toBeGreaterThanOrEqual(39);
    expect(verdict.checks.every(({ status }) => status === 'pass')).toBe(true);
  });

  it('the profile openai, of an OpenAI-compatible server counts the call of a tool as an answer', async ({
    expect,
  }) => {
    const { figures } = await ask('/v1/chat/completions', { body: chatBody('use a tool') });
    expect(figures).toMatchObject({ answer: 'complete', finishReason: 'tool_calls' });
    expect(figures['tokens']).toBeGreaterThanOrEqual(5);
  });

  it('the profile openai, of an OpenAI-compatible server names an answer that was cut', async ({ expect }) => {
    const verdict = await ask('/v1/chat/completions', { body: chatBody('cut it') });
    expect(verdict.figures).toMatchObject({ answer: 'truncated', finishReason: null });
    expect(checkOf(verdict, 'completion')).toMatchObject({ status: 'fail' });
    expect(checkOf(verdict, 'completion')?.title).toMatch(
      /^the response was truncated after \d+ tokens, without \[DONE\]/,
    );
  });

  it('the profile openai, of an OpenAI-compatible server tells why a server refuses, in its own words', async ({
    expect,
  }) => {
    const verdict = await ask('/v1/chat/completions', { body: chatBody('overload') });
    expect(checkOf(verdict, 'completion')).toMatchObject({
      status: 'fail',
      title: 'the server rejected the request: the model is overloaded',
    });
  });
});

function chunk(delta: object, more: object = {}): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta, ...more }] })}\n\n`;
}

async function against(
  answer: Answer,
  more: Partial<ProfileAsk> = {},
  forMs = 5000,
): Promise<Watched & { requests: readonly string[] }> {
  const server = await ScriptedServer.start(answer);
  try {
    return {
      ...(await watch('openai', `http://127.0.0.1:${server.port}/v1/chat/completions`, more, forMs)),
      requests: server.requests,
    };
  } finally {
    await server.close();
  }
}

describe.concurrent('the profile openai', () => {
  it('the profile openai asks by POST, for a stream, with what the user gave', async ({ expect }) => {
    const { requests } = await against(`${OK}data: [DONE]\n\n`, { headers: [['Authorization', 'Bearer k']] });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatch(/^POST \/v1\/chat\/completions HTTP\/1\.1\r\n/);
    expect(requests[0]).toMatch(/\r\nContent-Type: application\/json\r\n/);
    expect(requests[0]).toMatch(/\r\nAuthorization: Bearer k\r\n/);
  });

  it('the profile openai reads the older completions to their end', async ({ expect }) => {
    const texts = ['One', ', two', ', three'].map(
      (text) => `data: ${JSON.stringify({ choices: [{ text, index: 0, finish_reason: null }] })}\n\n`,
    );
    const { figures } = await against(`${OK}${texts.join('')}data: [DONE]\n\n`);
    expect(figures).toMatchObject({ answer: 'complete', chunks: 3, tokens: 5 });
  });

  it('the profile openai takes nothing for a token that is empty, nor what is no part of the answer', async ({
    expect,
  }) => {
    const verdict = await against((socket: Socket) => {
      socket.write(
        `${OK}: wait\n\n${chunk({ role: 'assistant', content: '' })}event: ping\ndata: {"type":"ping"}\n\ndata: hello\n\n`,
      );
      setTimeout(
        () => socket.end(`${chunk({ content: 'Hi' })}${chunk({}, { finish_reason: 'stop' })}data: [DONE]\n\n`),
        150,
      );
    });
    expect(verdict.figures).toMatchObject({ answer: 'complete', chunks: 1, tokens: 1, otherEvents: 1 });
    expect(verdict.firstTokenMs).toBeGreaterThanOrEqual(149);
  });

  it('the profile openai names an answer that stands still', async ({ expect }) => {
    const verdict = await against(
      { text: `${OK}${chunk({ content: 'one two' })}: ping\n\n`, after: 'open' },
      { stalledAfterMs: 300 },
      700,
    );
    expect(verdict.figures).toMatchObject({ answer: 'stalled', tokens: 2 });
    expect(checkOf(verdict, 'completion')?.title).toMatch(/^the response stalled: nothing for \d+ms after 2 tokens$/);
  });

  it('the profile openai says of a token that did not come whether it may still come', async ({ expect }) => {
    const silent: Answer = { text: `${OK}: ping\n\n`, after: 'open' };
    expect(checkOf(await against(silent, { stalledAfterMs: 200 }, 500), 'first-event')).toMatchObject({
      status: 'fail',
    });
    const waits = await against(silent, {}, 300);
    expect(checkOf(waits, 'first-event')).toMatchObject({ status: 'skip' });
    expect(checkOf(waits, 'completion')).toMatchObject({ status: 'skip' });
  });

  it('the profile openai accuses nobody of an answer that goes on when we leave', async ({ expect }) => {
    const verdict = await against({ text: `${OK}${chunk({ content: 'one' })}`, after: 'open' }, {}, 300);
    expect(verdict.figures).toMatchObject({ answer: 'unfinished' });
    expect(checkOf(verdict, 'completion')).toMatchObject({
      status: 'skip',
      title: 'the response was still running when the probe ended, after 1 token',
    });
  });

  it('the profile openai names an answer that was held back and came at once', async ({ expect }) => {
    const verdict = await against((socket: Socket) => {
      socket.write(OK);
      setTimeout(() => socket.end(`${chunk({ content: 'w ' }).repeat(12)}data: [DONE]\n\n`), 800);
    });
    expect(checkOf(verdict, 'buffered')).toMatchObject({ status: 'fail' });
    expect(checkOf(verdict, 'completion')).toMatchObject({ status: 'pass' });
  });

  it('the profile openai names an error in the middle of an answer, made harmless', async ({ expect }) => {
    const verdict = await against(
      `${OK}${chunk({ content: 'one' })}data: ${JSON.stringify({ error: { message: 'out of memory\u001b[31m' } })}\n\n`,
    );
    expect(verdict.figures).toMatchObject({ answer: 'error' });
    expect(checkOf(verdict, 'completion')?.title).toBe(
      'the response broke off after 1 token with an error: out of memory\\u001b[31m',
    );
  });

  it('the profile openai names an answer without a token', async ({ expect }) => {
    const verdict = await against(`${OK}${chunk({ role: 'assistant' })}data: [DONE]\n\n`);
    expect(checkOf(verdict, 'completion')).toMatchObject({
      status: 'fail',
      title: 'the response ended without a token',
    });
    expect(verdict.firstTokenMs).toBeNull();
  });

  it('the profile openai warns of an answer that the server cut short on purpose', async ({ expect }) => {
    const verdict = await against(
      `${OK}${chunk({ content: 'one' })}${chunk({}, { finish_reason: 'length' })}data: [DONE]\n\n`,
    );
    expect(checkOf(verdict, 'completion')).toMatchObject({ status: 'warn' });
  });

  it.for([
    [{ method: 'PUT' }, 'the openai profile sends POST, not PUT'],
    [{ body: '{"stream":true' }, 'the body is not JSON'],
    [{ body: '{"model":"x","messages":[]}' }, 'the body does not request a stream'],
  ] as const)(
    'the profile openai refuses what cannot be a streamed answer: %j',
    async ([more, message], { expect }) => {
      await expect(against(`${OK}data: [DONE]\n\n`, more)).rejects.toThrow(message);
    },
  );
});
