import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
  parseByteRate,
  parseCount,
  parseDuration,
  parsePercent,
  parseRate,
  parseSize,
  UnitError,
} from '../../src/core/units.ts';

function valueOrRefusal(parse: (text: string) => number, text: string): number | 'refused' {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof UnitError) return 'refused';
    throw error;
  }
}

it.each<[string, (text: string) => number, number]>([
  ['250ms', parseDuration, 250],
  ['1.5s', parseDuration, 1500],
  ['2m', parseDuration, 120_000],
  ['1h', parseDuration, 3_600_000],
  ['31d', parseDuration, 31 * 86_400_000],
  ['0s', parseDuration, 0],
  ['1h30m', parseDuration, 5_400_000],
  ['1m30.5s', parseDuration, 90_500],
  ['1d1h1m1s1ms1us', parseDuration, 90_061_001.001],
  ['64KiB', parseSize, 65_536],
  ['1MB', parseSize, 1_000_000],
  ['1.5KiB', parseSize, 1536],
  ['10/s', parseRate, 10],
  ['90/m', parseRate, 1.5],
  ['90/min', parseRate, 1.5],
  ['3600/h', parseRate, 1],
  ['256B/s', parseByteRate, 256],
  ['60KB/min', parseByteRate, 1000],
  ['60KB/m', parseByteRate, 1000],
  ['5%', parsePercent, 0.05],
  ['1000', parseCount, 1000],
  ['10k', parseCount, 10_000],
  ['10K', parseCount, 10_000],
  ['1.001k', parseCount, 1001],
  ['1.5M', parseCount, 1_500_000],
])('units reads %s', (text, parse, value) => {
  expect(parse(text)).toBeCloseTo(value, 9);
});

it.each<[string, (text: string) => number, RegExp]>([
  ['5', parseDuration, /has no unit; add ms, s, m or h \(for example 250ms, 15s, 2m\)/],
  ['1e9', parseDuration, /has no unit/],
  ['-5s', parseDuration, /is negative/],
  ['10s5', parseDuration, /is not a duration/],
  ['30m1h', parseDuration, /is not a duration/],
  ['1h1h', parseDuration, /is not a duration/],
  ['1h30', parseDuration, /is not a duration/],
  ['1h-30m', parseDuration, /is not a duration/],
  ['5 s', parseDuration, /is not a duration/],
  ['5S', parseDuration, /is not a duration/],
  ['', parseDuration, /is not a duration/],
  ['NaN', parseDuration, /is not a duration/],
  ['Infinitys', parseDuration, /is not a duration/],
  ['0x10s', parseDuration, /is not a duration/],
  ['1,5s', parseDuration, /is not a duration/],
  ['64', parseSize, /has no unit; add B/],
  ['64kb', parseSize, /is not a size/],
  ['10', parseRate, /has no unit; add \/s/],
  ['10/d', parseRate, /is not a rate/],
  ['10/minute', parseRate, /is not a rate/],
  ['256B', parseByteRate, /is not a rate in bytes/],
  ['0.05', parsePercent, /has no unit; add %/],
  ['1.0005k', parseCount, /is not a whole number/],
  ['1.5', parseCount, /is not a whole number/],
  ['10m', parseCount, /is not a whole number/],
  ['k', parseCount, /is not a whole number/],
])('units refuses %j and says why', (text, parse, why) => {
  expect(() => parse(text)).toThrow(UnitError);
  expect(() => parse(text)).toThrow(why);
});

it.each([
  [0.4, '0.4ms'],
  [9.97, '10ms'],
  [12, '12ms'],
  [999.4, '999ms'],
  [999.6, '1s'],
  [3210, '3.2s'],
  [59_949, '59.9s'],
  [59_960, '1m'],
  [125_000, '2m 5s'],
  [3_840_000, '1h 4m'],
  [-5, '-5ms'],
  [Number.NaN, '–'],
])('units prints %d ms as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it.each([
  [0, '0B'],
  [512, '512B'],
  [1023, '1023B'],
  [1023.6, '1KiB'],
  [1536, '1.5KiB'],
  [1024 ** 2 - 1, '1MiB'],
  [84 * 1024 ** 2, '84MiB'],
  [1024 ** 3 - 1, '1GiB'],
  [-2048, '-2KiB'],
  [Number.POSITIVE_INFINITY, '–'],
])('units prints %d bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it('units prints rates, ratios and counts the same on every machine', () => {
  expect(formatRate(0.5)).toBe('0.5/s');
  expect(formatRate(4980)).toBe('4,980/s');
  expect(formatPercent(0.05)).toBe('5%');
  expect(formatCount(1_234_567)).toBe('1,234,567');
});

it('units reads back what it prints, to the digits that it prints', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 3_000_000_000, noNaN: true }), (ms) => {
      const back = formatDuration(ms)
        .split(' ')
        .reduce((sum, part) => sum + parseDuration(part), 0);
      // From an hour on the seconds are not shown.
      const step = ms >= 3_599_500 ? 60_000 : Math.max(0.006, ms * 0.051);
      expect(Math.abs(back - ms)).toBeLessThanOrEqual(step);
    }),
  );
  fc.assert(
    fc.property(fc.nat(2 ** 31 - 1), (bytes) => {
      expect(Math.abs(parseSize(formatBytes(bytes)) - bytes)).toBeLessThanOrEqual(Math.max(0.5, bytes * 0.05));
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (perSecond) => {
      const back = parseRate(formatRate(perSecond).replaceAll(',', ''));
      expect(Math.abs(back - perSecond)).toBeLessThanOrEqual(Math.max(0.006, perSecond * 0.06));
    }),
  );
});

it('units gives exactly number times unit for whole numbers', () => {
  const units = fc.constantFrom<[string, number]>(
    ['ms', 1],
    ['s', 1000],
    ['m', 60_000],
    ['h', 3_600_000],
    ['d', 86_400_000],
  );
  fc.assert(
    fc.property(fc.nat(1_000_000), units, (count, [unit, ms]) => {
      expect(parseDuration(`${count}${unit}`)).toBe(count * ms);
    }),
  );
});

it('units reads any text at all or refuses it, and never gives what is no number', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^-?[\d.e]{0,20}(ms|s|B|KiB|\/s|%)?$/)), (text) => {
      for (const parse of [parseDuration, parseSize, parseRate, parseByteRate, parsePercent]) {
        expect(valueOrRefusal(parse, text)).toSatisfy(
          (value) => value === 'refused' || (Number.isFinite(value) && value >= 0),
        );
      }
    }),
  );
});
