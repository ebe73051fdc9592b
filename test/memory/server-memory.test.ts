import { expect, it } from 'vitest';
import {
  addSamples,
  emptySample,
  emptyServerRecord,
  NO_ORIGIN,
  peakRssBytes,
  queueOverrun,
  restartsMs,
  type ServerRecord,
  type ServerSample,
} from '../../src/memory/server-memory.ts';

const EMBEDDED = { source: 'embedded', memory: 'rss', queueLimits: null } as const;

function sample(rssBytes: number | null): ServerSample {
  return {
    tMs: 0,
    rssBytes,
    heapUsedBytes: null,
    externalBytes: null,
    cpuSeconds: null,
    clients: null,
    blocked: null,
    queuedBytes: null,
    evicted: null,
    life: null,
  };
}

it('the record of the server begins with nothing known', () => {
  expect(emptyServerRecord(NO_ORIGIN)).toMatchObject({
    source: 'none',
    baseline: null,
    samples: [],
    end: null,
    settled: null,
    down: null,
  });
  expect(emptyServerRecord(EMBEDDED).source).toBe('embedded');
  expect(emptyServerRecord(NO_ORIGIN).samples).not.toBe(emptyServerRecord(NO_ORIGIN).samples);
});

it('the record of the server has no peak when memory was never read', () => {
  expect(peakRssBytes(emptyServerRecord(NO_ORIGIN))).toBeNull();
  expect(
    peakRssBytes({
      ...emptyServerRecord(NO_ORIGIN),
      baseline: sample(null),
      samples: [sample(null)],
      end: sample(null),
    }),
  ).toBeNull();
});

it.each([
  ['before the load', { baseline: sample(9), samples: [sample(5)], end: sample(7) }],
  [
    'during the load',
    { baseline: sample(1), samples: [sample(5), sample(9), sample(null), sample(4)], end: sample(7) },
  ],
  ['at the end', { baseline: null, samples: [sample(null)], end: sample(9) }],
])('the record of the server has its peak %s', (_when, seen) => {
  expect(peakRssBytes({ ...emptyServerRecord(EMBEDDED), ...seen })).toBe(9);
});

it('the record of the server does not count what came after the clients had left', () => {
  expect(peakRssBytes({ ...emptyServerRecord(EMBEDDED), end: sample(3), settled: sample(9) })).toBe(3);
});

function lives(...samples: Partial<ServerSample>[]): ServerRecord {
  return { ...emptyServerRecord(NO_ORIGIN), samples: samples.map((one, at) => ({ ...emptySample(at), ...one })) };
}

function waiting(
  ...waits: (readonly [clients: number | null, blocked: number | null, queuedBytes: number | null])[]
): ServerRecord {
  return {
    ...emptyServerRecord({ ...EMBEDDED, queueLimits: { blockedBytes: 100, acceptingBytes: 10 } }),
    samples: waits.map(([clients, blocked, queuedBytes], at) => ({
      ...emptySample(at),
      clients,
      blocked,
      queuedBytes,
    })),
  };
}

it('another life of the server shows by what names it', () => {
  expect(restartsMs(lives({ life: 'a' }, { life: 'a' }, { life: 'b' }, { life: 'b' }, { life: 'a' }))).toEqual([2, 4]);
  expect(restartsMs({ ...lives({ life: 'b' }), baseline: { ...emptySample(0), life: 'a' } })).toEqual([0]);
});

it('another life of the server shows by processor time that shrinks, where nothing names it', () => {
  expect(restartsMs(lives({ cpuSeconds: 5 }, { cpuSeconds: 5 }, { cpuSeconds: 1 }, { cpuSeconds: 2 }))).toEqual([2]);
  expect(restartsMs(lives({ cpuSeconds: 5, life: 'a' }, { cpuSeconds: 1, life: 'a' }))).toEqual([]);
});

it('another life of the server does not show by memory that falls, or by nothing at all', () => {
  expect(restartsMs(lives({ rssBytes: 300 }, { rssBytes: 20 }, {}, { life: 'a' }, { cpuSeconds: 1 }))).toEqual([]);
  expect(restartsMs(emptyServerRecord(NO_ORIGIN))).toEqual([]);
});

it('the queues of a server overrun when more waits than all clients may have waiting', () => {
  expect(queueOverrun(waiting([5, 5, 500], [5, 2, 230], [5, 0, 0], [0, 0, 0]))).toBeNull();
  expect(queueOverrun(waiting([5, 5, 501], [5, 2, 700], [9, 9, 800], [6, 0, 61]))).toEqual({
    queuedBytes: 700,
    allowedQueuedBytes: 230,
    clients: 5,
  });
  expect(queueOverrun(waiting([0, 0, 1]))).toEqual({ queuedBytes: 1, allowedQueuedBytes: 0, clients: 0 });
});

it('the queues of a server are not judged where a figure is missing', () => {
  expect(queueOverrun(waiting([null, 0, 900], [5, 0, null], [5, null, 900]))).toBeNull();
  expect(queueOverrun({ ...waiting([5, 0, 900]), queueLimits: null })).toBeNull();
});

it('the looks at the processes of one server add up as one look at it', () => {
  const one = { ...emptySample(5), rssBytes: 100, clients: 3, evicted: 1, cpuSeconds: 0.5, life: '11' };
  const other = { ...emptySample(8), rssBytes: 50, clients: 4, evicted: 0, cpuSeconds: 0.25, life: '12' };
  expect(addSamples([one])).toEqual(one);
  expect(addSamples([one, other])).toEqual({
    ...emptySample(8),
    rssBytes: 150,
    clients: 7,
    evicted: 1,
    cpuSeconds: 0.75,
    life: '11 12',
  });
  // One that did not answer leaves no sum, and neither does nobody.
  expect(addSamples([one, null])).toBeNull();
  expect(addSamples([null, one])).toBeNull();
  expect(addSamples([])).toBeNull();
  // A figure that one of them does not tell is not told of both.
  expect(addSamples([one, { ...other, clients: null }])?.clients).toBeNull();
});
