import { expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { parseRules } from '../../src/probe/metrics.ts';

it.each([
  ['warn', 'firstEvent<1', '--warn: firstEvent: "1" has no unit; add ms, s, m or h, such as firstEvent<250ms'],
  ['crit', 'events.rate>1ms', '--crit: events.rate: "1ms" is not a rate; write it like events.rate>100/s'],
  ['crit', 'latency.p99<1s', /^--crit: "latency\.p99" is not a metric; /],
  [
    'warn',
    'firstEvent',
    /^--warn: "firstEvent" is not a valid condition; a threshold is METRIC OP VALUE, such as firstEvent<1s$/,
  ],
] as const)('a threshold of a probe that is refused names its flag: --%s %s', (level, text, why) => {
  const refused = refusalOf(() => parseRules([text], level));
  expect(refused.message).toMatch(why);
  expect(refused.hint).toBeUndefined();
});

function refusalOf(parse: () => void): UsageError {
  try {
    parse();
  } catch (error) {
    if (error instanceof UsageError) return error;
  }
  throw new Error('nothing was refused');
}
