import { array, assert, integer, property, tuple } from 'fast-check';
import { expect, it } from 'vitest';
import { readAnswerChunk } from '../../../src/protocols/openai/answer-chunk.ts';
import { AnswerMeter, MAX_ARRIVALS } from '../../../src/protocols/openai/answer-meter.ts';

function meterOf(...heard: (readonly [atMs: number, text: string, tokens?: number])[]): AnswerMeter {
  const meter = new AnswerMeter();
  for (const [atMs, text, tokens] of heard) say(meter, atMs, text, tokens);
  return meter;
}

function say(meter: AnswerMeter, atMs: number, content: string, tokens?: number): void {
  const logprobs = tokens === undefined ? null : { content: Array.from({ length: tokens }, () => ({})) };
  const chunk = readAnswerChunk(JSON.stringify({ choices: [{ delta: { content }, logprobs }] }));
  if (chunk !== null) meter.heard(chunk, atMs);
}

function usage(meter: AnswerMeter, tokens: number, thought = 0, atMs = 0): void {
  const chunk = readAnswerChunk(
    JSON.stringify({
      choices: [],
      usage: { completion_tokens: tokens, completion_tokens_details: { reasoning_tokens: thought } },
    }),
  );
  if (chunk !== null) meter.heard(chunk, atMs);
}

it('the tokens of an answer in time begin with the first that is not empty', () => {
  const meter = meterOf([100, ''], [350, 'Hi'], [400, ' there']);
  expect(meter.firstMs).toBe(350);
  expect(meter.lastMs).toBe(400);
});

it('the tokens of an answer in time come one by one where each chunk is one', () => {
  const figures = meterOf([0, 'one'], [20, ' two'], [40, ' three'], [80, ' four']).figures();
  expect(figures).toMatchObject({
    chunks: 4,
    arrivals: 4,
    tokens: 4,
    tokensFrom: 'text',
    tokensPerChunk: 1,
    tokensPerSecond: 37.5,
  });
  expect(figures.interTokenMs).toMatchObject({ p50: 20, p90: 40, max: 40 });
  expect(figures.interTokenMs?.mean).toBeCloseTo(80 / 3);
});

it('the tokens of an answer in time share the time of a chunk that carries several of them', () => {
  const figures = meterOf([0, 'a'], [100, ' b c d e f'], [200, ' g h i j k']).figures();
  expect(figures).toMatchObject({ chunks: 3, tokens: 11, tokensPerSecond: 50 });
  expect(figures.interTokenMs).toMatchObject({ mean: 20, p50: 20, max: 20 });
  expect(figures.interArrivalMs).toMatchObject({ p50: 100, max: 100 });
});

it('the tokens of an answer in time share the time of several chunks that came in one read', () => {
  const figures = meterOf([0, 'a'], [90, ' b'], [90, ' c'], [90, ' d']).figures();
  expect(figures).toMatchObject({ chunks: 4, arrivals: 2, tokens: 4 });
  expect(figures.interTokenMs).toMatchObject({ p50: 30, max: 30 });
});

it('the tokens of an answer in time are counted by the server where it counts each chunk', () => {
  const figures = meterOf([0, 'Donau', 1], [60, 'dampfschiff', 6], [70, '!', 1]).figures();
  expect(figures).toMatchObject({ tokens: 8, tokensFrom: 'logprobs' });
  expect(figures.interTokenMs).toMatchObject({ p50: 10, max: 10 });
});

it('the tokens of an answer in time are counted by the server where it counts the whole answer', () => {
  const meter = meterOf([0, 'a'], [100, 'b'], [200, 'c'], [300, 'd']);
  usage(meter, 40);
  const figures = meter.figures();
  expect(figures).toMatchObject({
    chunks: 4,
    tokens: 40,
    tokensFrom: 'usage',
    tokensPerChunk: 10,
    tokensPerSecond: 100,
  });
  expect(figures.interTokenMs).toMatchObject({ mean: 10, p50: 10 });
});

it('the tokens of an answer in time are none of those that the model thought and did not send', () => {
  const meter = meterOf([0, 'a'], [100, ' b']);
  usage(meter, 500, 498);
  expect(meter.figures()).toMatchObject({ tokens: 2, tokensFrom: 'usage' });
  const aloud = new AnswerMeter();
  const thought = readAnswerChunk(JSON.stringify({ choices: [{ delta: { reasoning_content: 'hm' } }] }));
  if (thought !== null) aloud.heard(thought, 0);
  usage(aloud, 500, 498);
  expect(aloud.figures()).toMatchObject({ tokens: 500 });
});

it('the tokens of an answer in time have no times between them where there is one or none', () => {
  expect(new AnswerMeter().figures()).toMatchObject({
    chunks: 0,
    tokens: 0,
    tokensPerChunk: null,
    tokensPerSecond: null,
    interTokenMs: null,
  });
  expect(meterOf([5, 'all of it at once']).figures()).toMatchObject({
    arrivals: 1,
    tokensPerSecond: null,
    interTokenMs: null,
  });
});

it('the tokens of an answer in time take as long together as the answer took, whatever came in which chunk', () => {
  const answers = array(tuple(integer({ min: 1, max: 500 }), integer({ min: 1, max: 9 })), {
    minLength: 2,
    maxLength: 60,
  });
  assert(
    property(answers, (chunks) => {
      const meter = new AnswerMeter();
      let atMs = 0;
      for (const [gapMs, words] of chunks) {
        atMs += gapMs;
        say(meter, atMs, ' w'.repeat(words));
      }
      const { interTokenMs, tokens } = meter.figures();
      const later = tokens - (chunks[0]?.[1] ?? 0);
      expect((interTokenMs?.mean ?? 0) * later).toBeCloseTo(atMs - (chunks[0]?.[0] ?? 0), 6);
    }),
  );
});

it('the tokens of an answer in time are kept apart up to a bound, and all counted', () => {
  const meter = new AnswerMeter();
  for (let n = 0; n < MAX_ARRIVALS + 10; n++) say(meter, n, 'a');
  expect(meter.figures()).toMatchObject({ arrivals: MAX_ARRIVALS + 10, tokens: MAX_ARRIVALS + 10 });
});
