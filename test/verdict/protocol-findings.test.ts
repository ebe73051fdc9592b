import { expect, it } from 'vitest';
import { countUp } from '../../src/measure/figures.ts';
import type { Summary } from '../../src/record/summary.ts';
import type { RunRecord } from '../../src/record/run-record.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { findingsOf } from '../../src/verdict/findings-of-run.ts';
import { judgedRun } from '../../src/verdict/judged-run.ts';
import { soundRecord } from '../support/run-record.ts';

function findings(record: RunRecord): Finding[] {
  return findingsOf(judgedRun(record), { failOn: [], ignore: [] });
}

function ids(spoil: (summary: Summary, record: RunRecord) => void): string[] {
  const record = soundRecord((sound) => spoil(sound.summary, sound));
  return findings(record).map(({ id }) => id);
}

const heldHeads = { headsJudged: 100, headsWithEvent: 100, headsHeld: 75, headsReleased: 4 };

it('heads that come with an event are late where nearly all do, some waited, and they come at several moments', () => {
  expect(ids(({ counts }) => Object.assign(counts, heldHeads))).toEqual(['late-headers']);
});

it.each([
  ['fewer than five waited', { headsJudged: 5, headsWithEvent: 5, headsHeld: 4 }],
  ['one in nine came without', { headsWithEvent: 89 }],
  ['most came at once, as from a server that greets each client with its last state', { headsHeld: 30 }],
  ['all that waited came at one moment, as after a stop of the server', { headsReleased: 1 }],
  ['each waited for the same time, as at a server that is slow to answer', { headsReleased: 0 }],
])('heads that come with an event are not where %s', (_what, change) => {
  expect(ids(({ counts }) => Object.assign(counts, heldHeads, change))).toEqual([]);
});

it('heads that come with an event need two moments in each of several processes', () => {
  const seen = [3, 4].map((headsReleased) =>
    ids(({ counts }, { generator }) => {
      generator.processes = 2;
      Object.assign(counts, heldHeads, { headsReleased });
    }),
  );
  expect(seen).toEqual([[], ['late-headers']]);
});

it('heads that come with an event say nothing when we were too slow to see the one before the other', () => {
  expect(
    ids(({ counts }, { generator }) => {
      generator.saturated = true;
      Object.assign(counts, heldHeads);
    }),
  ).toEqual(['generator-saturated']);
});

it.each([
  ['one event has one', { eventsWithId: 1, eventsWithoutId: 300 }],
  ['there were hardly any events', { eventsWithId: 0, eventsWithoutId: 4 }],
  ['there were none', { eventsWithId: 0, eventsWithoutId: 0 }],
])('the ids of events are not missed where %s', (_what, counts) => {
  expect(ids((summary) => Object.assign(summary.counts, counts))).toEqual([]);
});

it('streams that ended are dropped clients when they were only cut short, at whatever byte', () => {
  expect(
    ids((summary) => {
      summary.kind('healthy').dropped = 2;
      countUp(summary.dropsByCause, 'eof-truncated');
      countUp(summary.dropsByCause, 'http-protocol');
    }),
  ).toEqual(['client-dropped']);
});

it('streams that ended are told apart when some broke and others were cut', () => {
  const record = soundRecord(({ summary }) => {
    Object.assign(summary.kind('healthy'), { dropped: 5, unreadable: 3 });
    countUp(summary.dropsByCause, 'eof-truncated', 2);
    countUp(summary.dropsByCause, 'line-limit', 1);
    countUp(summary.dropsByCause, 'http-protocol', 2);
  });
  const evidence = Object.fromEntries(findings(record).map((finding) => [finding.id, finding.evidence]));
  expect(evidence).toEqual({
    'client-dropped': expect.objectContaining({ dropped: 2, byKind: { healthy: 2 } }),
    'malformed-stream': expect.objectContaining({ streams: 2 }),
    'oversize-event': expect.objectContaining({ lines: 1, events: 0 }),
  });
});

it('streams that ended of slow clients are no evictions when nothing could be read any more', () => {
  expect(
    ids((summary) => {
      Object.assign(summary.kind('slow'), { dropped: 1, unreadable: 1 });
      countUp(summary.dropsByCause, 'event-limit');
    }),
  ).toEqual(['oversize-event']);
});
