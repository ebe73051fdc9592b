import { expect, it } from 'vitest';
import type { RunRecord } from '../../../../src/record/run-record.ts';
import type { Chart, ChartSet } from '../../../../src/report/soak/html/chart-model.ts';
import { chartsOf } from '../../../../src/report/soak/html/charts-of.ts';
import { percentileCurve } from '../../../../src/report/soak/html/percentile-curve.ts';
import { soakReport } from '../../../../src/report/soak/json.ts';
import { TimeHistogram } from '../../../../src/measure/histogram.ts';
import { emptyRecord, load, second, soakResult, soundRecord } from '../../../support/run-record.ts';

const MB = 1_000_000;

function setOf(record: RunRecord): ChartSet {
  return chartsOf(soakReport(soakResult(record)));
}

function chart(record: RunRecord, id: string): Chart {
  const found = setOf(record).charts.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no chart ${id}`);
  return found;
}

function line({ lines }: Chart, label: string): (number | null)[] {
  return lines.find((one) => one.label === label)?.values ?? [];
}

it('each chart of a report has the points of the run, and its lines differ without colour', () => {
  const { timesMs, charts } = setOf(soundRecord());
  expect(timesMs).toHaveLength(35);
  expect(charts.map(({ id }) => id)).toEqual([
    'clients-by-kind',
    'clients-by-state',
    'events',
    'drops',
    'drops-by-cause',
    'evictions',
    'latency',
    'latency-by-percentile',
    'heartbeats',
    'own-delay',
    'memory',
    'queued',
  ]);
  for (const { axis, lines, shares } of charts) {
    const styles = lines.map(({ style }) => style);
    expect(new Set(styles).size).toBe(styles.length);
    for (const { values } of lines) expect(values).toHaveLength(axis === 'time' ? 35 : shares.length);
  }
});

it('the chart of events has events a second, whatever time a point of a long run stands for', () => {
  const record = soundRecord((sound) => {
    sound.series = [second(1000, { events: 5 }), second(3000, { events: 5 }), second(7000, { events: 6 })];
  });
  expect(line(chart(record, 'events'), 'events')).toEqual([5, 2.5, 1.5]);
});

it('the chart of drops by cause has a line for each cause that occurred, the most frequent first', () => {
  const record = soundRecord((sound) => {
    sound.series = [
      second(1000, { drops: 1, dropsByCause: { reset: 1 } }),
      second(3000, { drops: 6, dropsByCause: { 'eof-clean': 4, reset: 2 } }),
      second(4000),
    ];
  });
  const drops = chart(record, 'drops-by-cause');
  expect(drops.lines.map(({ label }) => label)).toEqual(['eof-clean', 'reset']);
  expect(line(drops, 'eof-clean')).toEqual([0, 2, 0]);
  expect(line(drops, 'reset')).toEqual([1, 1, 0]);
  expect(drops.about).toContain('reset: the peer reset the connection');
});

it('the chart of drops by cause has no more lines than differ without colour, and loses no drop by it', () => {
  const dropsByCause = { reset: 9, 'eof-clean': 8, decode: 7, 'eof-truncated': 6, tls: 5, 'line-limit': 4, dns: 3 };
  const record = soundRecord((sound) => {
    sound.series = [second(1000, { drops: 42, dropsByCause })];
  });
  const drops = chart(record, 'drops-by-cause');
  expect(drops.lines).toHaveLength(6);
  expect(line(drops, 'other causes')).toEqual([7]);
});

it('the chart of drops by cause does not say that nothing was dropped where the series has no causes', () => {
  const record = soundRecord((sound) => {
    sound.summary.kind('healthy').dropped = 1;
    sound.series = [second(1000, { drops: 1 })];
  });
  expect(chart(record, 'drops-by-cause').instead).toMatch(/^The series of this report has no causes/);
});

it('the charts of a run mark the end of its ramp, its incidents, restarts of the server and what ended it', () => {
  const record = soundRecord((sound) => {
    sound.incidents = [{ kind: 'reconnect-all', tMs: 15_000 }];
    sound.endedEarly = { expression: 'events.lost==0', actual: 1, tMs: 34_000 };
    for (const sample of sound.server.samples) if (sample.tMs > 20_000) sample.life = 'another';
  });
  expect(setOf(record).marks).toEqual([
    { tMs: 5000, label: 'end of ramp' },
    { tMs: 15_000, label: 'reconnect-all' },
    { tMs: 21_000, label: 'server restarted' },
    { tMs: 34_000, label: 'ended early' },
  ]);
});

it('the chart of memory has the trend where it was fitted, within the lines of its interval', () => {
  const record = soundRecord((sound) =>
    load(sound, 120_000, (tMs) => 100 * MB + tMs * 5 * (MB / 60_000) + ((tMs / 1000) % 3) * 20_000),
  );
  const report = soakReport(soakResult(record));
  const { timesMs } = chartsOf(report);
  const memory = chart(record, 'memory');
  const { fromMs = 0, toMs = 0 } = report.server.growth.line ?? {};
  expect(memory.about).toMatch(/^It grows: 4\.8MiB\/m, with 99 % certainty between 4\.\d+MiB\/m and 4\.\d+MiB\/m\./);
  const points = line(memory, 'trend').map((bytes, at) => {
    const [tMs = 0, low, high] = [timesMs[at], memory.band?.low[at] ?? null, memory.band?.high[at] ?? null];
    return { tMs, low, bytes, high };
  });
  const fitted = points.filter(({ bytes }) => bytes !== null);
  expect(fitted.map(({ tMs }) => tMs)).toEqual(timesMs.filter((tMs) => tMs >= fromMs && tMs <= toMs));
  for (const { tMs, low, bytes, high } of fitted) {
    expect(Math.abs((bytes ?? 0) - (100 * MB + (tMs - 5000) * 5 * (MB / 60_000)))).toBeLessThan(0.3 * MB);
    expect([low, bytes, high].toSorted((one, other) => (one ?? 0) - (other ?? 0))).toEqual([low, bytes, high]);
  }
});

it('a chart without figures says why in place of the chart', () => {
  const record = soundRecord((sound) => {
    sound.summary.counts.evictionsExpected = 0;
    sound.summary.counts.evictionsSeen = 0;
    sound.summary.times.latency.reset();
    sound.series = sound.series.map(({ tMs }) =>
      second(tMs, {
        latencyP50Ms: null,
        latencyP90Ms: null,
        latencyP99Ms: null,
        latencyMaxMs: null,
        heartbeatMeanMs: null,
        heartbeatMaxMs: null,
        rssBytes: null,
      }),
    );
    sound.server.unread = { why: 'the process belongs to another user', flag: '--server-pid' };
  });
  const instead = Object.fromEntries(setOf(record).charts.map(({ id, instead: text }) => [id, text]));
  expect(instead).toMatchObject({
    events: null,
    'drops-by-cause': 'No stream was dropped.',
    drops: 'None: no stream was dropped, no attempt was rejected, and no client reconnected.',
    evictions: 'Not measured: no client of this run had to be evicted.',
    latency: expect.stringMatching(/^Not measured: .+\.$/) as string,
    'latency-by-percentile': expect.stringMatching(/^Not measured: .+\.$/) as string,
    heartbeats: 'Not measured: no heartbeat came behind another on the same stream.',
    memory: 'Not measured: the process belongs to another user.',
    queued: 'Nothing waited at any second.',
  });
});

it('the charts of a run in which nobody came say so, and none is left empty', () => {
  for (const { instead, lines } of setOf(emptyRecord()).charts) {
    expect(instead).toMatch(/^[A-Z].*\.$/);
    expect(lines).toEqual([]);
  }
});

it('latency by percentile has the values of the histogram, up to the rarest of its samples', () => {
  const times = new TimeHistogram();
  for (let ms = 1; ms <= 1000; ms++) times.record(ms);
  const curve = percentileCurve(times.encode());
  expect(curve?.shares.at(-1)).toBeCloseTo(0.999, 6);
  expect(curve?.valuesMs.at(-1)).toBeCloseTo(999, -1);
  for (const rank of [25, 50, 90, 99, 99.5])
    expect(curve?.valuesMs[curve.shares.indexOf(rank / 100)]).toBe(times.percentile(rank));
  expect(curve?.shares).toEqual(curve?.shares.toSorted((one, other) => one - other));
});

it.each(['', 'not a histogram', 'AAAA'])(
  'latency by percentile is left out of a report whose histogram is %j',
  (hdr) => {
    expect(percentileCurve(hdr)).toBeNull();
  },
);
