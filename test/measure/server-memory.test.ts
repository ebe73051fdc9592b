import { describe, expect, it } from 'vitest';
import { emptyServerRecord, NO_ORIGIN, peakRssBytes, type ServerSample } from '../../src/measure/server-memory.ts';

const EMBEDDED = { source: 'embedded', memory: 'rss', queueBytesPerClient: null } as const;

function sample(rssBytes: number | null): ServerSample {
  return {
    tMs: 0, rssBytes, heapUsedBytes: null, externalBytes: null, cpuSeconds: null, clients: null, queuedBytes: null, evicted: null, life: null,
  };
}

describe('the record of the server', () => {
  it('begins with nothing known', () => {
    expect(emptyServerRecord(NO_ORIGIN)).toMatchObject({ source: 'none', baseline: null, samples: [], end: null, settled: null, down: null });
    expect(emptyServerRecord(EMBEDDED).source).toBe('embedded');
    expect(emptyServerRecord(NO_ORIGIN).samples).not.toBe(emptyServerRecord(NO_ORIGIN).samples);
  });

  it('has no peak when memory was never read', () => {
    expect(peakRssBytes(emptyServerRecord(NO_ORIGIN))).toBeNull();
    expect(peakRssBytes({ ...emptyServerRecord(NO_ORIGIN), baseline: sample(null), samples: [sample(null)], end: sample(null) })).toBeNull();
  });

  it.each([
    ['before the load', { baseline: sample(9), samples: [sample(5)], end: sample(7) }],
    ['during the load', { baseline: sample(1), samples: [sample(5), sample(9), sample(null), sample(4)], end: sample(7) }],
    ['at the end', { baseline: null, samples: [sample(null)], end: sample(9) }],
  ])('has its peak %s', (_when, seen) => {
    expect(peakRssBytes({ ...emptyServerRecord(EMBEDDED), ...seen })).toBe(9);
  });

  it('does not count what came after the clients had left', () => {
    expect(peakRssBytes({ ...emptyServerRecord(EMBEDDED), end: sample(3), settled: sample(9) })).toBe(3);
  });
});
