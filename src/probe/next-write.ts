/** Whether the events of a probe's stream came only when the next thing was written, by the measure that `soak` uses. */
import type { NextWriteSeen } from '../findings/next-write.ts';
import { blankFigures } from '../measure/blank-figures.ts';
import { NEXT_WRITE_FIGURES, NextWrite, type NextWriteState } from '../measure/next-write.ts';
import type { StreamLog } from './stream-log.ts';

const WHOLE_SECOND_MS = 1000;

/** @param wallOffsetMs wall clock minus the clock of the log */
export function nextWritesOf({ published, beats, search, bunch }: StreamLog, wallOffsetMs: number): NextWriteSeen {
  const seen = blankFigures(NEXT_WRITE_FIGURES);
  const nextWrite = new NextWrite(seen);
  const state: NextWriteState = {
    lastItemMs: Number.NEGATIVE_INFINITY,
    lateEventMs: Number.NEGATIVE_INFINITY,
    lateByMs: 0,
  };
  const guessed = search.fields.time?.origin === 'found';
  const coarse = published.every(
    ({ dueMs, sentMs }) => (Number.isNaN(sentMs) ? dueMs : sentMs) % WHOLE_SECOND_MS === 0,
  );
  // An event stands before the heartbeat that sent it off, where both were read together.
  const items = [...published, ...beats].toSorted((one, other) => one.atMs - other.atMs);
  for (const item of items) {
    if ('kind' in item) {
      nextWrite.beat(state, item.atMs);
    } else {
      const writtenMs = (Number.isNaN(item.sentMs) ? item.dueMs : item.sentMs) - wallOffsetMs;
      // What was written before the stream opened is history.
      if (!(writtenMs < bunch.openedMs))
        nextWrite.heard(state, item.atMs, state.lastItemMs, { writtenMs, coarse, guessed });
    }
    state.lastItemMs = item.atMs;
  }
  return seen;
}
