import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StreamEvent } from '../../src/client/event-cache.ts';
import { ClockWatch } from '../../src/measure/clock-watch.ts';
import { TimeHistogram } from '../../src/measure/histogram.ts';
import { Summary } from '../../src/record/summary.ts';
import { EventLatency } from '../../src/accounts/event-latency.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** A server on this machine, whose stamps come from the wall clock that somebody sets; events take 3 ms. */
class Machine {
  readonly clock = new ManualClock();
  readonly summary = new Summary();
  readonly recent = new TimeHistogram();
  private setByMs = 0;
  private readonly latency: EventLatency;

  constructor() {
    this.latency = new EventLatency(
      this.summary,
      new ClockWatch(
        () => this.clock.nowMs(),
        () => this.dateMs(),
      ),
    );
  }

  set(byMs: number): void {
    this.setByMs += byMs;
  }

  event(): void {
    const stamp = this.dateMs();
    this.clock.pass(3);
    const event = {
      type: 'tick',
      data: '',
      seq: 1,
      scheduledMs: stamp,
      sentMs: stamp,
      badTime: false,
      coarse: false,
    } as StreamEvent;
    this.latency.heard(event, this.clock.wallMs(), false, this.recent);
    this.clock.pass(1000);
  }

  overdue(): void {
    this.latency.overdue(500);
  }

  private dateMs(): number {
    return this.clock.wallMs() + this.setByMs;
  }
}

it('a wall clock that is set in the middle of a run gives no latency from then on, not even the first, however far it was set and whichever way', () => {
  fc.assert(
    fc.property(fc.double({ min: 110, max: 1e10, noNaN: true }), fc.boolean(), (byMs, back) => {
      const machine = new Machine();
      for (let event = 0; event < 10; event++) machine.event();
      machine.set(back ? -byMs : byMs);
      for (let event = 0; event < 10; event++) machine.event();
      machine.overdue();
      const {
        counts,
        times: { latency, latencySent, latencyCensored },
      } = machine.summary;
      expect([
        latency.count,
        latencySent.count,
        latencyCensored.count,
        machine.recent.count,
        counts.untimed,
        counts.skewed,
      ]).toEqual([10, 10, 0, 10, 10, 0]);
      expect(latency.percentile(100)).toBeCloseTo(3, 1);
    }),
  );
});

it('a wall clock that is set in the middle of a run gives none either when it was set back to what it was', () => {
  const machine = new Machine();
  machine.set(5000);
  machine.event();
  machine.set(-5000);
  machine.event();
  expect([machine.summary.times.latency.count, machine.summary.counts.untimed]).toEqual([0, 2]);
});

it('a wall clock that is set in the middle of a run is not suspected where events are merely slow', () => {
  const machine = new Machine();
  for (let event = 0; event < 5; event++) machine.event();
  machine.overdue();
  expect([machine.summary.times.latency.count, machine.summary.counts.untimed]).toEqual([6, 0]);
});
