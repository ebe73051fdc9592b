import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { areApart } from '../../src/accounts/apart.ts';
import { Ledger } from '../../src/accounts/ledger.ts';
import { type SequenceState } from '../../src/accounts/sequence-state.ts';
import { runs } from '../sse/recorder.ts';
import { NaiveLedger } from './naive-ledger.ts';
import { newSequenceState } from '../support/sequence-state.ts';

const CLIENTS = 3;

function countsOf(ledger: Ledger): NaiveLedger['counts'] {
  const { lost, duplicated, reordered, resumeLost, resumeDuplicated, announcedLost } = ledger;
  return { lost, duplicated, reordered, resumeLost, resumeDuplicated, announcedLost };
}

/** One client that hears these numbers; `resume` reconnects it behind its Last-Event-ID. */
function account(heard: readonly (number | 'resume')[], headSeq = 0): NaiveLedger['counts'] {
  const ledger = new Ledger();
  const client = newSequenceState();
  for (const seq of heard) {
    if (seq === 'resume') ledger.reconnected(client, true);
    else ledger.note(client, seq);
  }
  ledger.closeAt(client, headSeq);
  return countsOf(ledger);
}

const nothing = { lost: 0, duplicated: 0, reordered: 0, resumeLost: 0, resumeDuplicated: 0, announcedLost: 0 };
const upTo = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

it('the ledger, known answers finds the 7 events that 3 of 50 clients never got: 21 lost and nothing else', () => {
  const ledger = new Ledger();
  const dropped = new Set([1, 2, 77, 78, 79, 500, 999].map((n) => n + 1));
  const clients = Array.from({ length: 50 }, newSequenceState);
  for (const seq of upTo(1, 1000)) {
    for (const [index, client] of clients.entries()) if (index >= 3 || !dropped.has(seq)) ledger.note(client, seq);
  }
  // The last number is among the dropped: only closing the account shows that.
  expect(ledger.lost).toBe(3 * 6);
  const missing = clients.map((client) => ledger.closeAt(client, ledger.highestSeq));
  expect(missing).toEqual([1, 1, 1, ...Array.from({ length: 47 }, () => 0)]);
  expect(countsOf(ledger)).toEqual({ ...nothing, lost: 21 });
  expect(ledger.highestSeq).toBe(1000);
});

it.each([
  ['every number once', upTo(1, 100), nothing],
  ['a start in the middle, whose past is not judged', upTo(500, 600), nothing],
  ['a stream that counts from 0', upTo(0, 40), nothing],
  ['adjacent swaps, each one reordered and none lost', [1, 3, 2, 5, 4, 7, 6], { ...nothing, reordered: 3 }],
  ['1 2 2 5 4 6 6 9 of the field', [1, 2, 2, 5, 4, 6, 6, 9], { ...nothing, lost: 3, duplicated: 2, reordered: 1 }],
  ['a gap that the 32nd event after it fills', [1, ...upTo(3, 34), 2], { ...nothing, reordered: 1 }],
  [
    'one that comes later than 32 others: lost, and then a double',
    [1, ...upTo(3, 35), 2],
    { ...nothing, lost: 1, duplicated: 1 },
  ],
  ['a gap of exactly the window', [1, 33, 2, 1], { ...nothing, lost: 30, reordered: 1, duplicated: 1 }],
  ['a gap of one more than the window', [1, 34, 2, 1], { ...nothing, lost: 31, reordered: 1, duplicated: 1 }],
  ['a gap far beyond the window', [1, 1001, 1000, 1000, 1], { ...nothing, lost: 998, reordered: 1, duplicated: 2 }],
  ['the same number for ever', [5, 5, 5, 5], { ...nothing, duplicated: 3 }],
  ['a resume without a gap', [1, 2, 'resume', 3, 4], nothing],
  ['a resume with a gap', [1, 2, 'resume', 6, 7], { ...nothing, resumeLost: 3 }],
  ['a resume that overlaps', [1, 2, 'resume', 1, 2, 3], { ...nothing, resumeDuplicated: 2 }],
  ['a double after the resume is over', [1, 'resume', 2, 2], { ...nothing, duplicated: 1 }],
  ['a resume gap that fills late', [1, 'resume', 5, 3], { ...nothing, resumeLost: 2, reordered: 1 }],
  ['a loss before the resume that is filled after it', [1, 3, 'resume', 4, 2], { ...nothing, reordered: 1 }],
  ['a loss after the resume', [1, 'resume', 3, 5, 4], { ...nothing, resumeLost: 1, reordered: 1 }],
  [
    'two resumes, and the gap of the first fills after the second',
    [1, 'resume', 4, 'resume', 6, 3],
    { ...nothing, resumeLost: 2, reordered: 1 },
  ],
  ['a resume before anything was heard', ['resume', 7, 8], nothing],
] as const)('the ledger, known answers %s', (_name, heard, expected) => {
  expect(account(heard)).toEqual(expected);
});

it('the ledger, known answers holds what never came after the last event against the stream, and after a resume against the replay', () => {
  expect(account([1, 2, 3], 10)).toEqual({ ...nothing, lost: 7 });
  expect(account([1, 2, 3, 'resume'], 10)).toEqual({ ...nothing, resumeLost: 7 });
  expect(account([], 10)).toEqual(nothing);
  expect(account([12], 10)).toEqual(nothing);
});

it('the ledger, known answers does not call lost what the server announced as gone', () => {
  const ledger = new Ledger();
  const client = newSequenceState();
  for (const seq of [1, 2, 3]) ledger.note(client, seq);
  ledger.reconnected(client, true);
  ledger.announced(client, 6);
  for (const seq of [10, 11]) ledger.note(client, seq);
  expect(countsOf(ledger)).toEqual({ ...nothing, announcedLost: 6 });
});

it('the ledger, known answers begins a new account for a client that returns without an id', () => {
  const ledger = new Ledger();
  const client = newSequenceState();
  for (const seq of [1, 2, 3]) ledger.note(client, seq);
  ledger.reconnected(client, false);
  for (const seq of [1, 2]) ledger.note(client, seq);
  expect(countsOf(ledger)).toEqual(nothing);
  expect(client).toMatchObject({ baseSeq: 1, lastSeq: 2 });
});

const strict = (): [Ledger, SequenceState, SequenceState] => [new Ledger(true), newSequenceState(), newSequenceState()];

it('numbers that nobody vouches for are held against a client only from the head on: a history for newcomers is not judged', () => {
  const [ledger, one, other] = strict();
  for (const seq of upTo(1, 20)) ledger.note(one, seq);
  for (const seq of [3, 9, 5, 20, 21]) ledger.note(other, seq);
  expect(countsOf(ledger)).toEqual(nothing);
  expect(other).toMatchObject({ lastSeq: 21, atHeadFrom: 20 });
  expect(ledger.behind.lost).toBeGreaterThan(0);
  ledger.note(other, 23);
  expect(ledger.lost).toBe(1);
});

it('numbers that nobody vouches for hold a connection that counts for itself to its own numbers, apart from the others', () => {
  const [ledger, one, other] = strict();
  for (const seq of upTo(1, 20)) {
    ledger.note(one, seq);
    if (seq > 5 && seq !== 10) ledger.note(other, seq - 5);
  }
  expect([ledger.closeAt(one, 20), ledger.closeAt(other, 20)]).toEqual([0, 0]);
  expect(countsOf(ledger)).toEqual(nothing);
  expect(ledger.behind).toEqual({ lost: 1, duplicated: 0, reordered: 0 });
});

it('numbers that nobody vouches for that begin again behind a Last-Event-ID begin a new account; the last event once more is a double', () => {
  const [ledger, one] = strict();
  const hear = (from: number, to: number): void => {
    for (const seq of upTo(from, to)) {
      ledger.nowMs += 1000;
      ledger.note(one, seq);
    }
  };
  hear(1, 20);
  ledger.reconnected(one, true);
  hear(1, 24);
  expect(countsOf(ledger)).toEqual(nothing);
  ledger.reconnected(one, true);
  hear(24, 25);
  expect(countsOf(ledger)).toEqual({ ...nothing, resumeDuplicated: 1 });
});

it('numbers that nobody vouches for that begin again and are sent all at once are a replay of what the client had', () => {
  const [ledger, one, other] = strict();
  for (const seq of upTo(1, 20)) ledger.note(one, seq);
  for (const seq of upTo(1, 24)) ledger.note(other, seq);
  ledger.reconnected(one, true);
  ledger.nowMs += 1000;
  for (const seq of upTo(15, 24)) ledger.note(one, seq);
  expect(countsOf(ledger)).toEqual({ ...nothing, resumeDuplicated: 6 });
});

/** One client has heard up to 2 and comes back when another one has heard up to 6; it then hears these. */
function replay(...heard: readonly number[]): Record<string, unknown> {
  const [ledger, one, other] = strict();
  for (const seq of upTo(1, 2)) ledger.note(one, seq);
  for (const seq of upTo(1, 6)) ledger.note(other, seq);
  ledger.reconnected(one, true);
  for (const seq of heard) {
    ledger.nowMs += 20;
    ledger.note(one, seq);
  }
  return { ...countsOf(ledger), resumeLate: ledger.resumeLate, returns: ledger.returns };
}

const returned = { atHead: 0, inPast: 0, behindBeat: 0, whole: 0 };

it.each([
  ['comes whole', [3, 4, 5, 6, 7], { ...nothing, resumeLate: 0, returns: { ...returned, whole: 1 } }],
  ['does not come', [7, 8], { ...nothing, resumeLost: 4, resumeLate: 0, returns: { ...returned, atHead: 1 } }],
  [
    'has only the last two',
    [5, 6, 7],
    { ...nothing, resumeLost: 2, resumeLate: 0, returns: { ...returned, inPast: 1 } },
  ],
  [
    'misses one in the middle, which is the fault of the replay',
    [3, 5, 6, 7],
    { ...nothing, resumeLost: 1, resumeLate: 0, returns: { ...returned, whole: 1 } },
  ],
  [
    'misses its end, and the stream something behind it',
    [3, 4, 8],
    { ...nothing, resumeLost: 2, lost: 1, resumeLate: 0, returns: { ...returned, whole: 1 } },
  ],
  [
    'says everything twice',
    [3, 3, 4, 4, 5, 5, 6, 6, 7],
    { ...nothing, resumeDuplicated: 4, resumeLate: 0, returns: { ...returned, whole: 1 } },
  ],
  [
    'begins with the newest',
    [6, 5, 4, 3, 7],
    { ...nothing, reordered: 3, resumeLate: 3, returns: { ...returned, atHead: 1 } },
  ],
  [
    'comes behind what is live, and says that again',
    [7, 3, 4, 5, 6, 7, 8],
    { ...nothing, reordered: 4, resumeLate: 4, resumeDuplicated: 1, returns: { ...returned, atHead: 1 } },
  ],
])('a replay that %s', (_name, heard, counts) => {
  expect(replay(...heard)).toEqual(counts);
});

it.each([
  ['again and again', [6, 6, 6], 9],
  ['once in many times', [6, 3, 3, 3, 3, 3], 0],
])('a replay behind which events are missing %s', (_which, liveFrom, lost) => {
  const [ledger, one, other] = strict();
  let head = 2;
  for (const seq of upTo(1, 2)) for (const client of [one, other]) ledger.note(client, seq);
  for (const first of liveFrom) {
    // Two are published while it is away, all of which are replayed; then it hears what is live from `first` on.
    for (const seq of upTo(head + 1, head + 2)) ledger.note(other, seq);
    ledger.reconnected(one, true);
    ledger.nowMs += 1000;
    for (const seq of upTo(head + 1, head + 2)) ledger.note(one, seq);
    ledger.nowMs += 1000;
    for (const seq of upTo(head + 3, head + 8)) ledger.note(other, seq);
    for (const seq of upTo(head + first, head + 8)) ledger.note(one, seq);
    head += 8;
  }
  expect(ledger.joins.lost).toBe(lost);
});

it('a double of what is live is none of the replay before it', () => {
  expect(replay(3, 4, 5, 6, 7, 8, 8)).toMatchObject({ duplicated: 1, resumeDuplicated: 0 });
});

it('numbers that nobody vouches for hold a client that reads slowly to what it hears, though it is never at the head', () => {
  const [ledger, one, other] = strict();
  other.readsSlowly = true;
  for (const seq of upTo(1, 100)) ledger.note(one, seq);
  for (const seq of [...upTo(2, 40), ...upTo(44, 50)]) ledger.note(other, seq);
  expect(countsOf(ledger)).toEqual({ ...nothing, lost: 3 });
  expect([one.missing, other.missing, areApart([one, other])]).toEqual([0, 3, false]);
});

it('numbers that nobody vouches for show how often they were not the next', () => {
  const [ledger, one] = strict();
  for (const seq of [2, 4, 6, 8, 10]) ledger.note(one, seq);
  expect(ledger.odd).toBe(4);
});

const client = fc.nat({ max: CLIENTS - 1 });
const step = fc.oneof(
  { weight: 20, arbitrary: fc.record({ client, ahead: fc.constantFrom(1, 1, 1, 1, 2, 3) }) },
  { weight: 6, arbitrary: fc.record({ client, ahead: fc.integer({ min: -36, max: 40 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ client, ahead: fc.constantFrom(31, 32, 33, 34, 64, 1000, -31, -32, -33, -64) }),
  },
  { weight: 2, arbitrary: fc.record({ client, resumed: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ client, gone: fc.nat({ max: 50 }) }) },
);

it('the ledger against sets counts the same, at every step, and never below zero', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: 'max' }), fc.nat({ max: 200 }), (steps, behindHead) => {
      const ledger = new Ledger();
      const naive = new NaiveLedger();
      const clients = Array.from({ length: CLIENTS }, newSequenceState);
      const last = Array.from({ length: CLIENTS }, () => 50);
      const [ours, theirs]: [string[], string[]] = [[], []];
      let lowest = 0;
      for (const one of steps) {
        const state = clients[one.client] as SequenceState;
        ledger.nowMs += 1000;
        if ('ahead' in one) {
          const seq = Math.max(0, (last[one.client] as number) + one.ahead);
          last[one.client] = Math.max(last[one.client] as number, seq);
          ledger.note(state, seq);
          naive.note(one.client, seq);
        } else if ('resumed' in one) {
          ledger.reconnected(state, one.resumed);
          naive.reconnected(one.client, one.resumed);
        } else {
          ledger.announced(state, one.gone);
          naive.announced(one.client, one.gone);
        }
        lowest = Math.min(lowest, ...Object.values(countsOf(ledger)));
        ours.push(JSON.stringify(countsOf(ledger)));
        theirs.push(JSON.stringify(naive.counts));
      }
      expect(ours).toEqual(theirs);
      expect(lowest).toBe(0);
      expect(ledger.highestSeq).toBe(naive.highestSeq);
      const headSeq = ledger.highestSeq - behindHead;
      for (const [index, state] of clients.entries()) {
        expect(ledger.closeAt(state, headSeq)).toBe(naive.closeAt(index, headSeq));
      }
      expect(countsOf(ledger)).toEqual(naive.counts);
    }),
    runs(600),
  );
});

it('the ledger against sets knows exactly what was done to a stream: drops, doubles and swaps of neighbours', () => {
  const fate = fc.constantFrom('kept', 'kept', 'kept', 'kept', 'dropped', 'doubled', 'swapped');
  fc.assert(
    fc.property(fc.array(fate, { maxLength: 300, size: 'max' }), (fates) => {
      // Framed by events that arrive, so that the account has a beginning and an end.
      const heard = [1, 2];
      const done = { ...nothing };
      for (let at = 0; at < fates.length; at++) {
        const seq = 3 + at;
        if (fates[at] === 'dropped') {
          done.lost += 1;
        } else if (fates[at] === 'doubled') {
          heard.push(seq, seq);
          done.duplicated += 1;
        } else if (fates[at] === 'swapped' && at + 1 < fates.length) {
          heard.push(seq + 1, seq);
          done.reordered += 1;
          at += 1;
        } else {
          heard.push(seq);
        }
      }
      heard.push(3 + fates.length);
      expect(account(heard)).toEqual(done);
    }),
    runs(1000),
  );
});
