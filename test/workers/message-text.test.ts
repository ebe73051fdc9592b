import { deserialize, serialize } from 'node:v8';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { MessageError } from '../../src/core/errors.ts';
import { countUp } from '../../src/measure/figures.ts';
import { COUNTS, Summary, TALLIES, TIMES } from '../../src/record/summary.ts';
import { mergeResults } from '../../src/soak/load/merged-result.ts';
import type { ResultJson } from '../../src/soak/load/shard-messages.ts';
import { fromText, toText } from '../../src/workers/message-text.ts';
import { runs } from '../sse/recorder.ts';

/** What a channel of Node's makes of a message. */
function cloned(message: unknown): unknown {
  return deserialize(serialize(message));
}

const name = fc.oneof(fc.constantFrom('__proto__', 'valueOf', 'toJSON', '7', '', '~'), fc.string({ maxLength: 6 }));
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('~', '~~', '~NaN', '~~undefined', '\ud800', '\u2028', '\0'),
);
const number = fc.oneof(
  fc.double(),
  fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const message = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(null, undefined, true, false),
    number,
    text,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

it('a message that travelled as text is what a structured clone makes of it', () => {
  fc.assert(
    fc.property(message, (sent) => {
      const back = fromText(toText(sent));
      expect(back).toStrictEqual(cloned(sent));
      // The members in their order, too.
      expect(toText(back)).toBe(toText(sent));
    }),
    runs(300),
  );
});

/** A result in which every figure has its own value. */
function resultOf(seed: number): ResultJson {
  const summary = new Summary();
  for (const [at, count] of COUNTS.entries()) summary.counts[count] = at * seed + at / 7;
  for (const [at, time] of TIMES.entries()) {
    for (let sample = 0; sample < 50; sample++) summary.times[time].record(((at + 3) * sample * seed) / 9);
  }
  for (const [at, tally] of TALLIES.entries()) {
    for (const key of ['reset', '~NaN', '__proto__', 'ümlaut\ud800', '']) countUp(summary[tally], key, at + seed);
  }
  Object.assign(summary.kind('healthy'), { planned: seed, connected: seed });
  return {
    summary: summary.toJSON(),
    generator: {
      processes: 1,
      cpuSeconds: seed / 3,
      cpu: Number.NaN,
      rssBytes: seed,
      rssGrowthBytes: -0,
      eventLoopDelayMs: { p50: 0.1, p99: 0.2, max: Number.POSITIVE_INFINITY },
      stops: 0,
      longestStop: null,
      busyMs: 1 / seed,
      clockStep: null,
      limited: 0,
      saturated: false,
    },
    expectations: { heartbeatMs: null, heartbeatWithinMs: 0.1 + 0.2, evictWithinMs: Number.POSITIVE_INFINITY },
    swallowedBytes: 2 ** 53 - 1,
    audiences: [],
  };
}

it('results that travelled as text merge to the same bits as results that were cloned', () => {
  const results = [resultOf(1), resultOf(17), resultOf(4711)];
  const byText = results.map((result) => fromText(toText(result)) as ResultJson);
  const byClone = results.map((result) => cloned(result) as ResultJson);
  expect(byText).toStrictEqual(byClone);
  const [read, kept] = [byText, byClone].map((told) => mergeResults(told, []));
  expect(read?.summary.toJSON()).toStrictEqual(kept?.summary.toJSON());
  expect({ ...read, summary: null }).toStrictEqual({ ...kept, summary: null });
});

it('a member named __proto__ stays a member and gives no object another prototype', () => {
  const back = fromText('{"__proto__":{"polluted":"~undefined"},"other":{"__proto__":"~NaN"}}') as Record<
    string,
    object
  >;
  expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  expect(Object.keys(back)).toEqual(['__proto__', 'other']);
  expect(Object.getPrototypeOf(back['other'])).toBe(Object.prototype);
  expect('polluted' in back).toBe(false);
});

it.each<[what: string, value: unknown]>([
  ['a map', new Map([[1, 2]])],
  ['a set', new Set([1])],
  ['bytes', new Uint8Array(3)],
  ['a date', new Date(0)],
  ['an object of a class', new Summary()],
  ['a function', () => {}],
  ['a symbol', Symbol('one')],
  ['a big integer', 1n],
])('a message that holds %s is not written', (_what, value) => {
  expect(() => toText({ value })).toThrow(TypeError);
});

it.each<[what: string, text: string, said: RegExp]>([
  ['is no JSON', '{', /is no JSON/],
  ['is empty', '', /is no JSON/],
  ['has an unknown mark', '["~Date"]', /unknown mark/],
  ['is nested too deeply', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, /more than 32 levels/],
  ['is larger than any message', `"${'x'.repeat(64 * 1024 * 1024)}"`, /more than the 67108864 that are read/],
])('a text that %s is refused', (_what, read, said) => {
  expect(() => fromText(read)).toThrow(MessageError);
  expect(() => fromText(read)).toThrow(said);
});
