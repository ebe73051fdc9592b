import { expect, it } from 'vitest';
import { Summary } from '../../src/record/summary.ts';
import { StopExcuse } from '../../src/accounts/stop-excuse.ts';

/** One look a second: how many stops there were so far, and how much was lost so far. */
function excused(looks: readonly (readonly [stops: number, lost: number])[], longestMs = 3000): number {
  const summary = new Summary();
  const excuse = new StopExcuse(summary);
  for (const [second, [stops, lost]] of looks.entries()) {
    summary.counts.lost = lost;
    excuse.look(second * 1000, stops, longestMs);
  }
  return summary.counts.lostAfterStop;
}

it('what is lost after a stop of our own is held against the server where there was no stop', () => {
  expect(
    excused([
      [0, 0],
      [0, 7],
      [0, 21],
    ]),
  ).toBe(0);
});

it('what is lost after a stop of our own is not where it was lost since the look before the stop, or in the seconds after', () => {
  expect(
    excused([
      [0, 0],
      [1, 7],
      [1, 9],
      [1, 10],
    ]),
  ).toBe(10);
});

it('what is lost after a stop of our own is again when it came before or long after', () => {
  expect(
    excused([
      [0, 5],
      [1, 6],
      [1, 6],
      [1, 6],
      [1, 6],
      [1, 6],
      [1, 7],
      [1, 8],
      [1, 9],
    ]),
  ).toBe(2);
  expect(
    excused(
      [
        [0, 5],
        [1, 6],
        [1, 6],
        [1, 6],
        [1, 6],
        [1, 6],
        [1, 7],
        [1, 8],
        [1, 9],
      ],
      60_000,
    ),
  ).toBe(4);
});

it('what is lost after a stop of our own does not become less when what was late arrives after all', () => {
  expect(
    excused([
      [0, 4],
      [1, 9],
      [1, 3],
      [1, 5],
    ]),
  ).toBe(7);
});

it('what is lost after a stop of our own knows losses behind a Last-Event-ID apart', () => {
  const summary = new Summary();
  const excuse = new StopExcuse(summary);
  excuse.look(0, 0, 0);
  summary.counts.resumeLost = 3;
  excuse.look(1000, 1, 5000);
  expect(summary.counts).toMatchObject({ lostAfterStop: 0, resumeLostAfterStop: 3 });
});
