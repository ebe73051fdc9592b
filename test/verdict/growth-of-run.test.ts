import { expect, it } from 'vitest';
import { growthOfRun, risesWithinGarbage } from '../../src/verdict/growth-of-run.ts';
import type { RunRecord } from '../../src/record/run-record.ts';
import { load, RAMP_MS, sample, soundRecord } from '../support/run-record.ts';

const MB = 1_000_000;
const MINUTE_MS = 60_000;

/** `bytesAMinute` more each minute on a server of this source. */
function growing(
  source: RunRecord['server']['source'],
  bytesAMinute: number,
  loadMs: number,
  change: (record: RunRecord) => void = () => {},
): RunRecord {
  return soundRecord((record) => {
    record.server.source = source;
    load(record, loadMs, (tMs) => 100 * MB + (tMs / MINUTE_MS) * bytesAMinute);
    change(record);
  });
}

function withinGarbage(record: RunRecord): boolean {
  return risesWithinGarbage(record, growthOfRun(record));
}

it('the growth of a run of our own server is a leak at 2 % a minute when what is in use has grown too, and none when it has not', () => {
  const grown = (heapUsedBytes: number) =>
    growing('embedded', 2 * MB, 2 * MINUTE_MS, ({ server }) => {
      server.warm = sample(RAMP_MS + 24_000, 100 * MB);
      server.end = sample(RAMP_MS + 2 * MINUTE_MS, 104 * MB, { heapUsedBytes });
    });
  expect(growthOfRun(grown(14 * MB)).verdict).toBe('fail');
  expect(growthOfRun(grown(10 * MB)).verdict).toBe('pass');
});

it.each(['pid', 'metrics'] as const)(
  'the growth of a run of a server that nobody can ask to collect its garbage (%s) may be garbage at first',
  (source) => {
    expect(growthOfRun(growing(source, 20 * MB, MINUTE_MS)).verdict).toBe('inconclusive');
    expect(withinGarbage(growing(source, 20 * MB, MINUTE_MS))).toBe(true);
    expect(growthOfRun(growing(source, 200 * MB, MINUTE_MS)).verdict).toBe('fail');
    expect(growthOfRun(growing(source, 20 * MB, 10 * MINUTE_MS)).verdict).toBe('fail');
    expect(growthOfRun(growing(source, 0, MINUTE_MS)).verdict).toBe('pass');
  },
);

it('the growth of a run says of what does not rise as a leak does nothing about garbage', () => {
  expect(withinGarbage(growing('pid', 0, MINUTE_MS))).toBe(false);
  expect(withinGarbage(growing('pid', 200 * MB, MINUTE_MS))).toBe(false);
  expect(withinGarbage(growing('embedded', 20 * MB, MINUTE_MS))).toBe(false);
  expect(withinGarbage(growing('metrics', 20 * MB, 20_000))).toBe(false);
});

it('the growth of a run is that of the last life of a server that was restarted', () => {
  // 400 MB a minute until the restart, and nothing since.
  const restarted = growing('metrics', 0, 4 * MINUTE_MS, ({ server }) => {
    for (const one of server.samples) {
      const isBefore = one.tMs < RAMP_MS + 2 * MINUTE_MS;
      Object.assign(one, {
        life: isBefore ? 'a' : 'b',
        rssBytes: isBefore ? 100 * MB + (one.tMs / MINUTE_MS) * 400 * MB : 60 * MB,
      });
    }
  });
  expect(growthOfRun(restarted)).toMatchObject({ verdict: 'pass', bytesPerMinute: 0 });
  for (const one of restarted.server.samples)
    if (one.life === 'b') one.rssBytes = 60 * MB + ((one.tMs - RAMP_MS) / MINUTE_MS - 2) * 400 * MB;
  expect(growthOfRun(restarted)).toMatchObject({
    verdict: 'fail',
    bytesPerMinute: expect.closeTo(400 * MB, -4) as number,
  });
});

it('the growth of a run of our own server after a restart is not held against a collection of its former life', () => {
  const restarted = growing('embedded', 5 * MB, 3 * MINUTE_MS, ({ server }) => {
    for (const one of server.samples) if (one.tMs > MINUTE_MS) one.life = '5678';
    server.warm = sample(40_000, 100 * MB);
    server.end = sample(185_000, 110 * MB, { life: '5678', heapUsedBytes: 20 * MB });
  });
  expect(growthOfRun(restarted).verdict).toBe('inconclusive');
});

it('the growth of a run leaves out looks without an answer', () => {
  const gaps = growing('pid', 200 * MB, 2 * MINUTE_MS, ({ server }) => {
    server.samples = server.samples.filter(({ tMs }) => tMs < 50_000 || tMs > 60_000);
    for (const [at, one] of server.samples.entries()) if (at % 9 === 0) one.rssBytes = null;
  });
  expect(growthOfRun(gaps)).toMatchObject({
    verdict: 'fail',
    bytesPerMinute: expect.closeTo(200 * MB, -4) as number,
  });
});
