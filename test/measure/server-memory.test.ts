import { describe, expect, it } from 'vitest';
import { emptyServerRecord, peakRssBytes, type ServerSample } from '../../src/measure/server-memory.ts';

function sample(rssBytes: number | null): ServerSample {
  return {
    tMs: 0, rssBytes, heapUsedBytes: null, externalBytes: null, cpuSeconds: null, clients: null, queuedBytes: null, evicted: null,
  };
}

describe('the record of the server', () => {
  it('begins with nothing known', () => {
    expect(emptyServerRecord('none')).toMatchObject({ source: 'none', baseline: null, samples: [], end: null, settled: null, down: null });
    expect(emptyServerRecord('embedded').source).toBe('embedded');
    expect(emptyServerRecord('none').samples).not.toBe(emptyServerRecord('none').samples);
  });

  it('has no peak when memory was never read', () => {
    expect(peakRssBytes(emptyServerRecord('none'))).toBeNull();
    expect(peakRssBytes({ ...emptyServerRecord('none'), baseline: sample(null), samples: [sample(null)], end: sample(null) })).toBeNull();
  });

  it.each([
    ['before the load', { baseline: sample(9), samples: [sample(5)], end: sample(7) }],
    ['during the load', { baseline: sample(1), samples: [sample(5), sample(9), sample(null), sample(4)], end: sample(7) }],
    ['at the end', { baseline: null, samples: [sample(null)], end: sample(9) }],
  ])('has its peak %s', (_when, seen) => {
    expect(peakRssBytes({ ...emptyServerRecord('embedded'), ...seen })).toBe(9);
  });

  it('does not count what came after the clients had left', () => {
    expect(peakRssBytes({ ...emptyServerRecord('embedded'), end: sample(3), settled: sample(9) })).toBe(3);
  });
});
