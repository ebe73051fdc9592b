import { expect, it } from 'vitest';
import { addBeats, NO_BEATS, Recent } from '../../../src/soak/load/recent.ts';

/** A stream that opened at 0. */
function stream(lastHeartbeatMs: number): { lastHeartbeatMs: number; openedMs: number } {
  return { lastHeartbeatMs, openedMs: 0 };
}

it('a second of a load counts its heartbeats, and times only those that came behind another on their stream', () => {
  const recent = new Recent();
  recent.beat(stream(0), 700);
  recent.beat(stream(700), 2700);
  recent.beat(stream(1000), 4000);
  expect(recent.beats).toEqual({ count: 3, intervals: 2, intervalsMs: 5000, longestMs: 3000 });
});

it('a second of a load counts a stream that opens as a reconnect from the second one of its client on', () => {
  const recent = new Recent();
  recent.opened(5, 1);
  recent.opened(6, 2);
  recent.opened(4, 3);
  expect([recent.reconnects, recent.mostOpen]).toEqual([2, 6]);
});

it('the heartbeats of several load processes in a second are added up, and the longest interval of all stays', () => {
  const one = { count: 3, intervals: 2, intervalsMs: 4000, longestMs: 2100 };
  const other = { count: 1, intervals: 1, intervalsMs: 1900, longestMs: 1900 };
  expect(addBeats(addBeats(NO_BEATS, one), other)).toEqual({
    count: 4,
    intervals: 3,
    intervalsMs: 5900,
    longestMs: 2100,
  });
});

it('a second of a load counts drops by their causes, and has none where no stream was dropped', () => {
  const recent = new Recent();
  expect(recent.dropsByCause).toBeUndefined();
  for (const cause of ['reset', 'eof-clean', 'reset'] as const) recent.dropped(cause);
  expect([recent.drops, recent.dropsByCause]).toEqual([3, { reset: 2, 'eof-clean': 1 }]);
});
