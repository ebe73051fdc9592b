import { assert, jsonValue, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { leastTokens, readAnswerChunk } from '../../../src/protocols/openai/answer-chunk.ts';

function chat(delta: object, more: object = {}): string {
  return JSON.stringify({
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
  });
}

it.for([
  ['the role alone is no text', chat({ role: 'assistant', content: '' }), ''],
  ['content', chat({ content: ' world' }), ' world'],
  ['a blank is text', chat({ content: ' ' }), ' '],
  ['what the model thinks', chat({ reasoning_content: 'hm', content: null }), 'hm'],
  ['what it thinks under two names, once', chat({ reasoning_content: 'hm', reasoning: 'hm' }), 'hm'],
  ['a refusal', chat({ refusal: 'no' }), 'no'],
  [
    'the call of a tool',
    chat({ tool_calls: [{ index: 0, function: { name: 'add', arguments: '{"a":' } }] }),
    'add{"a":',
  ],
  ['the older completions', JSON.stringify({ choices: [{ text: 'abc', logprobs: null }] }), 'abc'],
  ['a delta of responses', JSON.stringify({ type: 'response.output_text.delta', delta: 'Hi', logprobs: [] }), 'Hi'],
  ['sound is no text', JSON.stringify({ type: 'response.audio.delta', delta: 'UklGRg==' }), ''],
  ['the whole text once more', JSON.stringify({ type: 'response.output_text.done', text: 'Hi there' }), ''],
  [
    'two choices at once',
    JSON.stringify({ choices: [{ delta: { content: 'a' } }, { delta: { content: 'b' } }] }),
    'ab',
  ],
] as const)('a chunk of an answer holds its text: %s', ([, data, text], { expect }) => {
  expect(readAnswerChunk(data)?.text).toBe(text);
});

it('a chunk of an answer is the last one: [DONE], or a response that is over', () => {
  expect(readAnswerChunk('[DONE]')).toMatchObject({ isLast: true, text: '', error: null });
  expect(
    readAnswerChunk(JSON.stringify({ type: 'response.completed', response: { usage: { output_tokens: 7 } } })),
  ).toMatchObject({ isLast: true, finish: 'completed', totalTokens: 7 });
  expect(
    readAnswerChunk(
      JSON.stringify({
        type: 'response.incomplete',
        response: { incomplete_details: { reason: 'max_output_tokens' } },
      }),
    ),
  ).toMatchObject({ isLast: true, finish: 'max_output_tokens' });
  expect(
    readAnswerChunk(
      JSON.stringify({
        type: 'response.failed',
        response: { error: { code: 'server_error', message: 'no memory' } },
      }),
    ),
  ).toMatchObject({ isLast: true, error: 'no memory' });
  expect(readAnswerChunk(chat({}, { finish_reason: 'stop' }))).toMatchObject({ isLast: false, finish: 'stop' });
});

it('a chunk of an answer tells how many tokens there were, where the server counts them', () => {
  expect(
    readAnswerChunk(chat({ content: 'a b' }, { logprobs: { content: [{ token: 'a' }, { token: ' b' }] } }))?.tokens,
  ).toBe(2);
  expect(readAnswerChunk(chat({ content: 'a b' }))?.tokens).toBeNull();
  expect(
    readAnswerChunk(
      JSON.stringify({
        choices: [],
        usage: { completion_tokens: 17, completion_tokens_details: { reasoning_tokens: 5 } },
      }),
    ),
  ).toMatchObject({ totalTokens: 17, thoughtTokens: 5 });
  // Zero tokens for a text, as some servers have it, is no count.
  expect(readAnswerChunk(JSON.stringify({ choices: [], usage: { completion_tokens: 0 } }))?.totalTokens).toBeNull();
});

it('a chunk of an answer tells an error in the middle of the stream', () => {
  expect(readAnswerChunk('{"error":{"message":"overloaded","type":"server_error"}}')?.error).toBe('overloaded');
  expect(readAnswerChunk('{"error":"out of memory"}')?.error).toBe('out of memory');
  expect(readAnswerChunk('{"type":"error","message":"rate limit"}')?.error).toBe('rate limit');
  expect(readAnswerChunk('{"error":null,"choices":[{"delta":{"content":"x"}}]}')).toMatchObject({
    error: null,
    text: 'x',
  });
});

it('a chunk of an answer is none where the event is of something else', () => {
  for (const data of ['', 'ping', '{"seq":1}', '[1]', 'null', '{"choices"']) expect(readAnswerChunk(data)).toBeNull();
});

it('a chunk of an answer survives whatever JSON there is in its place', () => {
  assert(
    property(jsonValue(), (value) => {
      const asChoice = JSON.stringify({
        choices: [value, { delta: value, logprobs: value, finish_reason: value }],
        usage: value,
      });
      for (const data of [
        JSON.stringify(value),
        asChoice,
        JSON.stringify({ type: 'response.completed', response: value }),
      ]) {
        expect(typeof (readAnswerChunk(data)?.text ?? '')).toBe('string');
      }
    }),
  );
});

it.for([
  ['', 0],
  ['Hello', 1],
  [' international', 1],
  ['Hello, how are you', 5],
  ['12345', 2],
  ['a\n\nb', 3],
  ['豆腐', 1],
  ["don't", 2],
] as const)('the least number of tokens of a text %j has %i', ([text, tokens], { expect }) => {
  expect(leastTokens(text)).toBe(tokens);
});

it('the least number of tokens of a text is at least one for any text, and no more than its characters', () => {
  assert(
    property(string({ minLength: 1, unit: 'binary' }), (text) => {
      const tokens = leastTokens(text);
      expect(tokens).toBeGreaterThanOrEqual(1);
      expect(tokens).toBeLessThanOrEqual(text.length);
    }),
  );
});

it('the least number of tokens of a text takes a megabyte of blanks in its stride', () => {
  expect(leastTokens(' '.repeat(1_000_000))).toBe(1);
  expect(leastTokens(`${' '.repeat(1_000_000)}x`)).toBe(2);
});
