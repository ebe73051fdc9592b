import { expect, it } from 'vitest';
import { MessageError } from '../../src/core/errors.ts';
import { TimeHistogram } from '../../src/measure/histogram.ts';
import { Summary } from '../../src/record/summary.ts';
import { NO_SAMPLE } from '../../src/soak/load/load-process.ts';
import { mergeResults, toJson } from '../../src/soak/load/merged-result.ts';
import { fromWorker } from '../../src/workers/message-check.ts';

const summary = new Summary();
summary.counts.events = 7;
summary.times.latency.record(12);
summary.dropsByCause.set('reset', 2);
summary.kind('healthy').planned = 3;
const result = { ...toJson(mergeResults([], [])), summary: summary.toJSON() };
const latency = new TimeHistogram();
latency.record(5);
const sample = { ...NO_SAMPLE, latency: latency.encode(), dropsByCause: { reset: 2 }, soFar: result };

it.each([
  ['ready', { type: 'ready' }],
  ['alive', { type: 'alive' }],
  ['closed', { type: 'closed' }],
  ['clock', { type: 'clock', aheadMs: -3.5, errorMs: 0.2 }],
  ['gone', { type: 'gone', reason: 'was ended by SIGKILL' }],
  ['sample in which nothing happened', NO_SAMPLE],
  ['sample with everything so far', sample],
  ['result', { type: 'result', ...result }],
])('a worker may say: %s', (_kind, message) => {
  expect(fromWorker(message)).toEqual(message);
});

it.each([
  ['no kind', {}],
  ['an unknown kind', { type: 'plan', plan: {} }],
  ['what only its own machine answers', { type: 'rows', asked: {} }],
  ['a sample without its members', { type: 'sample' }],
  ['a sample with a text for a number', { ...sample, events: '7' }],
  ['a sample whose latency is no histogram', { ...sample, latency: 'xyz' }],
  ['a sample whose result has no summary', { ...sample, soFar: { ...result, summary: null } }],
  ['a clock that is no number', { type: 'clock', aheadMs: Number.NaN, errorMs: 1 }],
  ['a result without a count', { type: 'result', ...result, summary: { ...result.summary, counts: {} } }],
  [
    'a result with a broken histogram',
    { type: 'result', ...result, summary: { ...result.summary, times: { latency: 'x' } } },
  ],
  ['a result whose audience is none', { type: 'result', ...result, audiences: [null] }],
  ['a result without a generator', { type: 'result', ...result, generator: undefined }],
])('a message of a worker is refused that has %s', (_what, message) => {
  expect(() => fromWorker(message)).toThrow(MessageError);
});

it('the reason of a worker is shown without control characters', () => {
  expect(fromWorker({ type: 'gone', reason: 'ended\u001b[2J' })).toEqual({
    type: 'gone',
    reason: expect.not.stringContaining('\u001b') as string,
  });
});
