import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { GeneratorWatch, SATURATION } from '../../src/measure/generator.ts';

const watches: GeneratorWatch[] = [];
afterEach(() => {
  for (const watch of watches.splice(0)) watch.stop();
});

function startWatch(): GeneratorWatch {
  const watch = new GeneratorWatch();
  watches.push(watch);
  return watch;
}

/** Keeps the event loop from turning. */
function standStill(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end) Math.sqrt(end);
}

describe('the watch over our own process', () => {
  it('begins without a stop, a delay or a growth', () => {
    const watch = startWatch();
    expect(watch.longestStopMs).toBe(0);
    const report = watch.report(0);
    expect(report).toMatchObject({ processes: 1, limited: 0, eventLoopDelayMs: { p50: 0, p99: 0, max: 0 }, saturated: false });
    expect(report.rssBytes).toBeGreaterThan(1024 * 1024);
    expect(report.rssGrowthBytes).toBeGreaterThanOrEqual(0);
  });

  it('sees the loop stand still, and the processor that this took', async () => {
    const watch = startWatch();
    // The monitor must have begun: what it sees is the time between two of its wake-ups.
    await delay(200);
    standStill(2200);
    await delay(200);
    expect(watch.longestStopMs).toBeGreaterThan(2100);
    const report = watch.report(0);
    expect(report.eventLoopDelayMs.max).toBe(watch.longestStopMs);
    expect(report.cpuSeconds).toBeGreaterThan(0);
    expect(report.cpu).toBeGreaterThan(0);
    expect(watch.longestStopMs).toBeGreaterThan(SATURATION.loopStopMs);
    expect(report.saturated).toBe(true);
  });

  it('is in doubt as soon as a descriptor or a port ran out', () => {
    expect(startWatch().report(1)).toMatchObject({ limited: 1, saturated: true });
  });

  it('remembers the highest memory, not the last', () => {
    const watch = startWatch();
    let ballast: Buffer | null = Buffer.alloc(64 * 1024 * 1024, 1);
    watch.sample();
    const { rssBytes } = watch.report(0);
    expect(ballast.length).toBeGreaterThan(0);
    ballast = null;
    const later = watch.report(0);
    expect(later.rssBytes).toBeGreaterThanOrEqual(rssBytes);
    expect(later.rssGrowthBytes).toBeGreaterThanOrEqual(48 * 1024 * 1024);
  });
});
