import { expect, it } from 'vitest';
import type { RunRecord } from '../../src/record/run-record.ts';
import { EarlyEnd } from '../../src/verdict/early-end.ts';
import { parseThreshold } from '../../src/verdict/thresholds.ts';
import { load, RAMP_MS, soundRecord } from '../support/run-record.ts';

const MB = 1_000_000;

function earlyEnd(...thresholds: string[]): EarlyEnd {
  return new EarlyEnd(thresholds.map(parseThreshold));
}

/** What a run shows so long after its ramp; the load process was never late. */
function after(sinceRampMs: number, change: (record: RunRecord) => void = () => {}): RunRecord {
  return soundRecord((record) => {
    load(record, Math.max(sinceRampMs, 0), () => 62 * MB);
    record.series = record.series.filter(({ tMs }) => tMs <= RAMP_MS + sinceRampMs);
    record.generator.eventLoopDelayMs = { p50: 0, p99: 0, max: 0 };
    change(record);
  });
}

const nobodyEvicted = ({ summary }: RunRecord): void => {
  Object.assign(summary.counts, { evictionsSeen: 0, evictionsMissed: 0 });
};
const lost = ({ summary }: RunRecord): void => {
  summary.counts.lost = 3;
};

it('a threshold that ends the run does so when it is broken twice in a row, and says by what', () => {
  const end = earlyEnd('events.lost==0 abort');
  expect(end.look(() => after(1000, lost))).toBeNull();
  expect(end.look(() => after(2000, lost))).toEqual({ expression: 'events.lost==0', actual: 3 });
});

it('a threshold that ends the run does not when it was broken for one look only: what came late is not lost', () => {
  const end = earlyEnd('events.lost==0 abort');
  for (let second = 1; second < 20; second++)
    expect(end.look(() => after(second * 1000, second % 2 === 0 ? lost : undefined))).toBeNull();
});

it('a threshold that ends the run waits for the end of the ramp, and for its delay after it', () => {
  const end = earlyEnd('latency.p99<5ms abort after 10s');
  for (const ms of [-3000, -1000, 0, 5000, 8000, 9000]) expect(end.look(() => after(ms))).toBeNull();
  expect(end.look(() => after(10_000))).toBeNull();
  expect(end.look(() => after(11_000))).toMatchObject({ expression: 'latency.p99<5ms' });
  const atOnce = earlyEnd('latency.p99<5ms abort');
  expect([atOnce.look(() => after(-1000)), atOnce.look(() => after(0)), atOnce.look(() => after(1000))]).toEqual([
    null,
    null,
    null,
  ]);
  expect(atOnce.look(() => after(2000))).not.toBeNull();
});

it('a threshold that ends the run is one that was asked to, and the first of several', () => {
  const end = earlyEnd('latency.max<1ms', 'events.lost==0 abort', 'latency.p50<1ms abort');
  end.look(() => after(1000));
  expect(end.look(() => after(2000))).toMatchObject({ expression: 'latency.p50<1ms' });
  const none = earlyEnd('latency.max<1ms');
  none.look(() => after(1000));
  expect(none.look(() => after(2000))).toBeNull();
});

it('a threshold that ends the run is not broken by what has no sample yet', () => {
  const end = earlyEnd('reconnect.p99<1s abort', 'eviction.missed==0 abort');
  for (const ms of [1000, 2000, 3000]) expect(end.look(() => after(ms, nobodyEvicted))).toBeNull();
});

it.each<[string, (record: RunRecord) => void]>([
  [
    'latency.p99<5ms abort',
    ({ generator }) => {
      Object.assign(generator, { saturated: true, eventLoopDelayMs: { p50: 50, p99: 300, max: 900 } });
    },
  ],
  [
    'latency.p99<5ms abort',
    ({ generator }) => {
      generator.clockStep = { atMs: 1000, byMs: 5000 };
    },
  ],
  [
    'latency.p99<9ms abort',
    ({ generator }) => {
      generator.eventLoopDelayMs.p99 = 3;
    },
  ],
  [
    'events.lost==0 abort',
    ({ summary }) => {
      Object.assign(summary.counts, { lost: 3, lostAfterStop: 3 });
    },
  ],
  ['server.rss.growth<1MB/min abort', () => {}],
])('a threshold that ends the run is not %s when that may be our own doing, or cannot be told', (threshold, spoil) => {
  const end = earlyEnd(threshold);
  for (let second = 1; second < 10; second++) expect(end.look(() => after(second * 1000, spoil))).toBeNull();
});
