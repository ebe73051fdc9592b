import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { exactByteRate, exactDuration, exactRate, exactSize } from '../../src/core/exact-units.ts';
import { parseByteRate, parseDuration, parseRate, parseSize } from '../../src/core/units.ts';

it.each<[(value: number) => string, number, string]>([
  [exactDuration, 0, '0s'],
  [exactDuration, 250, '250ms'],
  [exactDuration, 1500, '1.5s'],
  [exactDuration, 30_000, '30s'],
  [exactDuration, 125_000, '125s'],
  [exactDuration, 86_400_000, '1d'],
  [exactDuration, 0.0015, '1.5us'],
  [exactSize, 0, '0B'],
  [exactSize, 65_536, '64KiB'],
  [exactSize, 1_000_001, '1000001B'],
  [exactRate, 0, '0/s'],
  [exactRate, 10, '10/s'],
  [exactRate, 90 / 60, '1.5/s'],
  [exactRate, 0.1, '6/m'],
  [exactByteRate, 256, '256B/s'],
  [exactByteRate, 1024, '1KiB/s'],
])('%o writes %d as %s', (show, value, text) => {
  expect(show(value)).toBe(text);
});

const number = fc.oneof(
  fc.integer({ min: 0, max: 1e6 }).map(String),
  fc
    .tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 1, max: 999 }))
    .map(([whole, part]) => `${whole}.${String(part).padStart(3, '0')}`),
);

it.each<[string, (text: string) => number, (value: number) => string, readonly string[]]>([
  ['duration', parseDuration, exactDuration, ['us', 'ms', 's', 'm', 'h', 'd']],
  ['size', parseSize, exactSize, ['B', 'KB', 'MiB']],
  ['rate', parseRate, exactRate, ['/s', '/m', '/h']],
  ['rate in bytes', parseByteRate, exactByteRate, ['B/s', 'KiB/m', 'MiB/h']],
])('a %s that was read is written so that the same is read again', (_, parse, show, units) => {
  fc.assert(
    fc.property(number, fc.constantFrom(...units), (digits, unit) => {
      const value = parse(`${digits}${unit}`);
      expect(parse(show(value))).toBe(value);
    }),
  );
});
