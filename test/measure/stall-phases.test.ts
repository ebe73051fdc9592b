import { expect, it } from 'vitest';
import { StallPhases } from '../../src/measure/stall-phases.ts';
import { Summary } from '../../src/record/summary.ts';

function run(story: (summary: Summary, phases: StallPhases, bunched: { count: number }) => void): Summary {
  const summary = new Summary();
  const bunched = { count: 0 };
  const phases = new StallPhases(summary, () => bunched.count);
  story(summary, phases, bunched);
  phases.settle();
  return summary;
}

const phaseCounts = ({ times }: Summary): number[] =>
  [times.latencyBeforeStall, times.latencyWhileStalled, times.latencyAfterStall, times.sentWhileStalled].map(
    ({ count }) => count,
  );

it('latency by phase is all before as long as nobody stalls', () => {
  const summary = run(({ times }, phases) => {
    phases.look(false);
    times.latency.record(5);
    phases.look(false);
    times.latency.record(6);
  });
  expect(phaseCounts(summary)).toEqual([2, 0, 0, 0]);
});

it('latency by phase goes to the phase in which it was measured, and no sample is lost or counted twice', () => {
  const summary = run(({ times }, phases) => {
    times.latency.record(1);
    times.latencySent.record(1);
    phases.look(true);
    for (const ms of [1000, 2000, 3000]) times.latency.record(ms);
    times.latencySent.record(900);
    phases.look(true);
    phases.look(false);
    times.latency.record(2);
    times.latency.record(3);
  });
  expect(phaseCounts(summary)).toEqual([1, 3, 2, 1]);
  const { latencyBeforeStall, latencyWhileStalled, latencyAfterStall } = summary.times;
  expect(
    [latencyBeforeStall, latencyWhileStalled, latencyAfterStall].map((times) => Math.round(times.percentile(100))),
  ).toEqual([1, 3000, 3]);
  expect(summary.times.latency.count).toBe(6);
});

it('latency by phase is stalled again when others stall later', () => {
  const summary = run(({ times }, phases) => {
    for (const stalling of [true, false, true]) {
      phases.look(stalling);
      times.latency.record(7);
    }
  });
  expect(phaseCounts(summary)).toEqual([0, 2, 1, 0]);
});

it('latency by phase has the bunches and what never came of the time in which others stalled', () => {
  const { counts } = run(({ times }, phases, bunched) => {
    bunched.count = 3;
    times.latencyCensored.record(1);
    phases.look(true);
    bunched.count = 13;
    times.latencyCensored.record(5000);
    times.latencyCensored.record(6000);
    phases.look(false);
    bunched.count = 20;
    times.latencyCensored.record(1);
  });
  expect([counts.bunchedWhileStalled, counts.unheardWhileStalled]).toEqual([10, 2]);
});
