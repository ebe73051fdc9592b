import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { CLOCK_STEP_MS, ClockWatch } from '../../src/measure/clock-watch.ts';

/** A monotonic and a wall clock that a test turns by hand; the wall clock shows whole milliseconds, as Date does. */
class TwoClocks {
  monotonicMs = 1000.25;
  offsetMs = Date.UTC(2026, 0, 1);
  /** Passes while the wall clock is read. */
  readingMs = 0.001;

  readonly watch = new ClockWatch(
    () => this.monotonicMs,
    () => {
      this.monotonicMs += this.readingMs;
      return Math.floor(this.monotonicMs + this.offsetMs);
    },
  );
}

it('the watch over the wall clock finds no step as long as both clocks move together, whatever time passes between two looks', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 86_400_000, noNaN: true }), { maxLength: 50 }), (passes) => {
      const clocks = new TwoClocks();
      for (const ms of passes) {
        clocks.monotonicMs += ms;
        expect(Math.abs(clocks.watch.look())).toBeLessThan(2);
      }
      expect(clocks.watch.step).toBeNull();
    }),
  );
});

it('the watch over the wall clock finds every step above its bound, forward and back, says when and how far, and moves as far once', () => {
  const by = fc.double({ min: CLOCK_STEP_MS + 2, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(by, fc.boolean(), (ms, back) => {
      const clocks = new TwoClocks();
      clocks.monotonicMs += 5000;
      clocks.watch.look();
      clocks.offsetMs += back ? -ms : ms;
      const atMs = clocks.monotonicMs;
      expect(clocks.watch.look()).toBeCloseTo(back ? -ms : ms, -1);
      expect(clocks.watch.step?.nowMs).toBe(atMs);
      expect(Math.abs((clocks.watch.step?.byMs ?? 0) - (back ? -ms : ms))).toBeLessThan(2);
      expect(Math.abs(clocks.watch.look())).toBeLessThan(2);
    }),
  );
});

it('the watch over the wall clock keeps the first time and the farthest step, and does not forget when the clock is set right again', () => {
  const clocks = new TwoClocks();
  clocks.offsetMs -= 5000;
  clocks.watch.look();
  const first = clocks.watch.step?.nowMs;
  clocks.monotonicMs += 1000;
  clocks.offsetMs += 25_000;
  clocks.watch.look();
  clocks.offsetMs -= 20_000;
  clocks.watch.look();
  expect(clocks.watch.step?.nowMs).toBe(first);
  expect(clocks.watch.step?.byMs).toBeCloseTo(20_000, -1);
});

it('the watch over the wall clock takes a slow drift for what it is once it adds up', () => {
  const clocks = new TwoClocks();
  for (let second = 0; second < 150; second++) {
    clocks.monotonicMs += 1000;
    clocks.offsetMs += 1;
    expect(Math.abs(clocks.watch.look())).toBeLessThan(3);
  }
  expect(clocks.watch.step?.byMs).toBeGreaterThan(CLOCK_STEP_MS);
});

it('the watch over the wall clock does not believe a look in the middle of which the process stood still', () => {
  const clocks = new TwoClocks();
  clocks.readingMs = 5000;
  expect(clocks.watch.look()).toBe(0);
  expect(clocks.watch.step).toBeNull();
  clocks.readingMs = 0.001;
  clocks.watch.look();
  expect(clocks.watch.step).toBeNull();
});
