import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { METRIC_UNITS, METRICS } from '../../src/verdict/metrics.ts';
import { evaluateThresholds, parseThreshold } from '../../src/verdict/thresholds.ts';

function limitOrRefusal(text: string): number | 'refused' {
  try {
    return parseThreshold(text).limit;
  } catch (error) {
    if (error instanceof UsageError) return 'refused';
    throw error;
  }
}

it('the table of metrics has every statistic of every family of times', () => {
  for (const family of [
    'latency',
    'latency.sent',
    'spread',
    'connect',
    'headers',
    'firstEvent',
    'completion',
    'reconnect',
    'silence',
    'heartbeat',
    'firstToken',
    'interToken',
    'initialize',
    'answer',
  ]) {
    for (const statistic of ['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'mean']) {
      expect(METRICS.get(`${family}.${statistic}`)?.unit).toBe('ms');
    }
  }
});

it.each([
  ['events.received', 'count'],
  ['events.lost', 'count'],
  ['events.duplicated', 'count'],
  ['events.reordered', 'count'],
  ['events.malformed', 'count'],
  ['events.rate', 'perSecond'],
  ['bytes.received', 'bytes'],
  ['bytes.rate', 'bytesPerSecond'],
  ['clients.connected', 'count'],
  ['clients.dropped', 'count'],
  ['clients.dropRate', 'ratio'],
  ['clients.refused', 'count'],
  ['clients.reconnects', 'count'],
  ['clients.completed', 'count'],
  ['eviction.time.p50', 'ms'],
  ['eviction.time.max', 'ms'],
  ['eviction.missed', 'count'],
  ['eviction.false', 'count'],
  ['answers.completed', 'count'],
  ['answers.failed', 'count'],
  ['sessions.opened', 'count'],
  ['sessions.refused', 'count'],
  ['sessions.expired', 'count'],
  ['server.rss.growth', 'bytesPerMinute'],
  ['server.rss.peak', 'bytes'],
  ['server.rss.perClient', 'bytes'],
  ['server.rss.retained', 'bytes'],
  ['server.clients.leaked', 'count'],
  ['server.cpu', 'ratio'],
  ['generator.lag.p99', 'ms'],
  ['generator.cpu', 'ratio'],
])('the table of metrics has %s, in %s', (name, unit) => {
  expect(METRICS.get(name)?.unit).toBe(unit);
});

it('the table of metrics has no others, and an example for each unit that the unit can read and print', () => {
  expect(METRICS.size).toBe(14 * 7 + 32);
  for (const { parse, format, example } of Object.values(METRIC_UNITS)) expect(format(parse(example))).not.toBe('–');
});

it.each([
  ['latency.p99<250ms', { metric: 'latency.p99', operator: '<', limit: 250, unit: 'ms' }],
  ['latency.sent.p999 <= 1.5s', { metric: 'latency.sent.p999', operator: '<=', limit: 1500, unit: 'ms' }],
  ['events.lost==0', { metric: 'events.lost', operator: '==', limit: 0, unit: 'count' }],
  ['events.received>1M', { metric: 'events.received', operator: '>', limit: 1_000_000, unit: 'count' }],
  ['latency.max<1m30s', { metric: 'latency.max', operator: '<', limit: 90_000, unit: 'ms' }],
  ['events.received>1000', { metric: 'events.received', operator: '>', limit: 1000, unit: 'count' }],
  ['events.rate>=100/s', { metric: 'events.rate', operator: '>=', limit: 100, unit: 'perSecond' }],
  ['clients.dropRate<5%', { metric: 'clients.dropRate', operator: '<', limit: 0.05, unit: 'ratio' }],
  ['bytes.rate>=1MB/s', { metric: 'bytes.rate', operator: '>=', limit: 1_000_000, unit: 'bytesPerSecond' }],
  ['server.rss.peak<512MiB', { metric: 'server.rss.peak', operator: '<', limit: 512 * 1024 ** 2, unit: 'bytes' }],
  [
    'server.rss.growth<1MB/min',
    { metric: 'server.rss.growth', operator: '<', limit: 1_000_000, unit: 'bytesPerMinute' },
  ],
  ['server.rss.growth<1MB/m', { metric: 'server.rss.growth', operator: '<', limit: 1_000_000, unit: 'bytesPerMinute' }],
  [
    'server.rss.growth<60MB/h',
    { metric: 'server.rss.growth', operator: '<', limit: 1_000_000, unit: 'bytesPerMinute' },
  ],
  ['eviction.missed!=3', { metric: 'eviction.missed', operator: '!=', limit: 3, unit: 'count' }],
])('thresholds reads %s', (text, parts) => {
  expect(parseThreshold(text)).toEqual({ ...parts, expression: text.replaceAll(' ', ''), abortAfterMs: null });
});

it.each([
  ['latency.p99<250', /^latency\.p99: "250" has no unit; add ms, s, m or h/],
  ['latency.p99<0', /has no unit/],
  ['clients.dropRate<0.05', /"0\.05" has no unit; add %/],
  ['server.rss.peak<512', /has no unit; add B, KiB/],
  ['events.rate>100', /has no unit; add \/s/],
  ['latency.p99<10MB', /"10MB" is not a duration/],
  ['latency.p99<-1ms', /is negative/],
  ['events.lost==0ms', /"0ms" is not a whole number; a count is written without a unit/],
  ['events.lost<0.5', /is not a whole number/],
  [
    'server.rss.growth<1MB',
    'server.rss.growth: "1MB" is not a growth in bytes per minute; write it like server.rss.growth<1MB/min',
  ],
  ['server.rss.growth<1', /has no unit; add B\/min/],
  ['latenzy.p99<250ms', /"latenzy\.p99" is not a metric; did you mean "latency\.p99"\?/],
  ['latency<250ms', /"latency" is a group of metrics; use one of latency\.p50, /],
  ['nothing.like.it<1ms', /is not a metric; metric names begin with latency, spread/],
  ['__proto__==0', /is not a metric;/],
  ['constructor==0', /is not a metric;/],
  ['latency.p99=250ms', /"=" is not a comparison; use one of < <= > >= == !=/],
  ['latency.p99=<250ms', '"=<" is not a comparison; use one of < <= > >= == !='],
  ['latency.p99===250ms', '"===" is not a comparison; use one of < <= > >= == !='],
  ['latency.p99', /condition; a threshold is METRIC OP VALUE,/],
  ['<250ms', /not a valid/],
  ['latency.p99<', /not a valid/],
  ['latency.p99<250ms extra', /not a valid/],
  ['', /not a valid/],
  [`latency.p99<${'9'.repeat(300)}ms`, /longer than 200 characters/],
])('thresholds refuses %j before the run and says why', (text, why) => {
  expect(() => parseThreshold(text)).toThrow(UsageError);
  expect(() => parseThreshold(text)).toThrow(why);
});

it.each([
  ['latency.p99<250ms abort', 0],
  ['latency.p99 < 250ms   abort  after  10s ', 10_000],
  ['events.lost==0 abort after 0s', 0],
  ['clients.dropRate<5% abort after 1m', 60_000],
])('thresholds reads %j as one that ends the run', (text, abortAfterMs) => {
  const expression = text.replace(/\s+abort.*/, '').replaceAll(' ', '');
  expect(parseThreshold(text)).toEqual({ ...parseThreshold(expression), expression, abortAfterMs });
});

it.each([
  ['latency.p99<250ms abort after 10', /^the time after "abort after": "10" has no unit; add ms, s, m or h/],
  ['latency.p99<250ms abort after 1y', /^the time after "abort after": /],
  ['latency.p99<250ms abort after 9999h', /^the time after "abort after": "9999h" is too large; the most is 31d$/],
  ['latency.p99<250ms abort 10s', /condition; a threshold is METRIC OP VALUE,/],
  ['latency.p99<250ms abort after', /not a valid/],
  ['latency.p99<250ms stop', /not a valid/],
  ['abort', /not a valid/],
  ['latenzy.p99<250ms abort', /did you mean "latency\.p99"\?$/],
  ['server.clients.leaked==0 abort', 'server.clients.leaked is known only after the run, so it cannot end the run'],
  ['silence.p99<5s abort after 1s', 'silence.p99 is known only after the run, so it cannot end the run'],
])('thresholds refuses %j before the run', (text, why) => {
  expect(() => parseThreshold(text)).toThrow(UsageError);
  expect(() => parseThreshold(text)).toThrow(why);
});

it('thresholds passes or fails by the measured value, exactly at the limit too', () => {
  const thresholds = [
    'latency.p99<250ms',
    'latency.p99<=250ms',
    'latency.p99>250ms',
    'latency.p99>=250ms',
    'latency.p99==250ms',
    'latency.p99!=250ms',
  ].map(parseThreshold);
  const statuses = (actual: number): string[] =>
    evaluateThresholds(thresholds, () => actual).map(({ status }) => status);
  expect(statuses(249)).toEqual(['pass', 'pass', 'fail', 'fail', 'fail', 'pass']);
  expect(statuses(250)).toEqual(['fail', 'pass', 'fail', 'pass', 'pass', 'fail']);
  expect(statuses(251)).toEqual(['fail', 'fail', 'pass', 'pass', 'fail', 'pass']);
});

it('thresholds calls a metric without a sample no-data, also for "not equal", and asks for each metric by name', () => {
  const asked: string[] = [];
  const results = evaluateThresholds(
    [parseThreshold('reconnect.max!=1s'), parseThreshold('events.lost==0')],
    (metric) => {
      asked.push(metric);
      return metric === 'events.lost' ? Number.NaN : null;
    },
  );
  expect(asked).toEqual(['reconnect.max', 'events.lost']);
  expect(results).toEqual([
    { expression: 'reconnect.max!=1s', actual: null, unit: 'ms', status: 'no-data' },
    { expression: 'events.lost==0', actual: null, unit: 'count', status: 'no-data' },
  ]);
});

it('thresholds reads any text or refuses it as wrong usage, and crashes at none', () => {
  const words = fc.constantFrom(
    'latency.p99',
    'events.lost',
    'server.rss.growth',
    '<',
    '<=',
    '==',
    '=',
    ' ',
    '250ms',
    '1MB',
    '0',
    '5%',
    '-1',
    '1e9',
    ' abort',
    ' after ',
    '10s',
    '\n',
    '\0',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(words, { maxLength: 6 }).map((parts) => parts.join('')),
      ),
      (text) => {
        expect(limitOrRefusal(text)).toSatisfy((limit) => limit === 'refused' || Number.isFinite(limit));
      },
    ),
  );
});

it.each([
  ['latency.p99<250', 'latency.p99: "250" has no unit; add ms, s, m or h, such as latency.p99<250ms'],
  ['latency.p99<10MB', 'latency.p99: "10MB" is not a duration; write it like latency.p99<250ms'],
  ['latency.p99<-1ms', 'latency.p99: "-1ms" is negative; a duration is written like latency.p99<250ms'],
  [
    'server.rss.growth < 1MB',
    'server.rss.growth: "1MB" is not a growth in bytes per minute; write it like server.rss.growth<1MB/min',
  ],
  ['clients.dropRate>=1', 'clients.dropRate: "1" has no unit; add %, such as clients.dropRate>=5%'],
  ['bytes.rate>1MB', 'bytes.rate: "1MB" is not a rate in bytes per second; write it like bytes.rate>1MB/s'],
  [
    'events.lost<1ms',
    'events.lost: "1ms" is not a whole number; a count is written without a unit, such as events.lost<10',
  ],
])('thresholds refuses %s in one sentence, with the unit of the metric and an example that is taken', (text, why) => {
  const refused = refusalOf(text);
  expect([refused.message, refused.hint]).toEqual([why, undefined]);
  const example = /(\S+)$/.exec(why)?.[1] as string;
  expect(parseThreshold(example).metric).toBe(parseThreshold(example).expression.split(/[<>=!]/)[0]);
});

function refusalOf(text: string): UsageError {
  try {
    parseThreshold(text);
  } catch (error) {
    if (error instanceof UsageError) return error;
  }
  throw new Error(`${text} was taken`);
}
