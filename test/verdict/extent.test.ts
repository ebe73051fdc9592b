import { expect, it } from 'vitest';
import { noteExamples } from '../../src/accounts/event-examples.ts';
import { countUp } from '../../src/measure/figures.ts';
import type { Summary } from '../../src/record/summary.ts';
import { findingsOf } from '../../src/verdict/findings-of-run.ts';
import { judgedRun } from '../../src/verdict/judged-run.ts';
import { withExtent } from '../../src/verdict/extent.ts';
import { soundRecord } from '../support/run-record.ts';

it.each([
  ['nothing is known', {}, 'It broke.'],
  ['only the clients', { clientsAffected: 3, ofClients: 8 }, 'It broke. It happened to 3 of 8 clients.'],
  ['all clients', { clientsAffected: 8, ofClients: 8 }, 'It broke. It happened to all 8 clients.'],
  ['only the time', { firstMs: 4000, lastMs: 13_020 }, 'It broke. It happened between 4s and 13s into the run.'],
  ['one moment', { firstMs: 4000, lastMs: 5010 }, 'It broke. It happened about 5s into the run.'],
  ['all the time', { firstMs: 0, lastMs: 35_000 }, 'It broke. It happened all through the run.'],
  ['until the end', { firstMs: 9000, lastMs: 35_000 }, 'It broke. It happened from 9s into the run until its end.'],
  [
    'clients and time',
    { clientsAffected: 1, ofClients: 8, firstMs: 4000, lastMs: 13_020 },
    'It broke. It happened to 1 of 8 clients, between 4s and 13s into the run.',
  ],
])('a title says how far a defect went: %s', (_what, extent, title) => {
  expect(withExtent('It broke.', extent, 36_000)).toBe(title);
});

it('a finding says to how many of the clients it happened that could meet it, and when', () => {
  const record = soundRecord(({ summary }) => {
    summary.counts.lost = 4;
    summary.onsets.look(summary, 1000);
    countUp(summary.affected, 'lost', 2);
  });
  const [finding] = findingsOf(judgedRun(record), { failOn: [], ignore: [] });
  expect(finding?.title).toContain('It happened to 2 of 9 clients, about 1s into the run.');
  expect(finding?.evidence).toMatchObject({ lost: 4, clientsAffected: 2, ofClients: 9, firstMs: 0, lastMs: 1000 });
});

it.each<[id: string, what: string, change: (summary: Summary) => void, says: string]>([
  [
    'not-event-stream',
    'where no client was refused for anything else',
    ({ refusalsByCause, affected, counts }) => {
      Object.assign(counts, { events: 0 });
      countUp(refusalsByCause, 'content-type: text/html', 3);
      countUp(affected, 'refused', 3);
    },
    ' It happened to 3 of 9 clients.',
  ],
  [
    'not-event-stream',
    'but not where others were refused for something else',
    ({ refusalsByCause, affected }) => {
      countUp(refusalsByCause, 'content-type: text/html', 3);
      countUp(refusalsByCause, 'http-status: status 503', 2);
      countUp(affected, 'refused', 5);
    },
    '',
  ],
  [
    'oversize-event',
    'where no stream ended for anything else',
    (summary) => {
      Object.assign(summary.kind('healthy'), { dropped: 2, unreadable: 2 });
      countUp(summary.dropsByCause, 'line-limit', 2);
      countUp(summary.affected, 'dropped', 2);
    },
    ' It happened to 2 of 9 clients.',
  ],
  [
    'oversize-event',
    'but not where others ended for something else',
    (summary) => {
      Object.assign(summary.kind('healthy'), { dropped: 3, unreadable: 2 });
      countUp(summary.dropsByCause, 'line-limit', 2);
      countUp(summary.affected, 'dropped', 3);
    },
    '',
  ],
])('%s says to how many clients it happened, %s', (id, _what, change, says) => {
  const record = soundRecord(({ summary }) => change(summary));
  const found = findingsOf(judgedRun(record), { failOn: [], ignore: [] }).find((finding) => finding.id === id);
  expect(found?.title.match(/ It happened .*/)?.[0] ?? '').toBe(says);
  expect(found).toBeDefined();
});

const QUOTED: [id: string, change: (summary: Summary) => void, says: string | null][] = [
  ['event-lost', ({ counts }) => Object.assign(counts, { lost: 4 }), 'number 7 never arrived on one of the streams.'],
  [
    'event-lost',
    ({ counts }) => Object.assign(counts, { lost: 4, slowLosers: 1 }),
    'number 7 never arrived on one of the streams.',
  ],
  ['event-lost', ({ counts }) => Object.assign(counts, { lost: 4, lostAfterStop: 1 }), null],
  ['event-duplicated', ({ counts }) => Object.assign(counts, { duplicated: 1 }), 'number 8 arrived twice in a row.'],
  ['event-reordered', ({ counts }) => Object.assign(counts, { reordered: 9 }), 'number 9 arrived after number 10.'],
  [
    'event-reordered',
    ({ counts }) => Object.assign(counts, { reordered: 9, resumeLate: 9 }),
    'number 9 arrived after number 10.',
  ],
  [
    'resume-lost',
    ({ counts }) => Object.assign(counts, { resumeLost: 3 }),
    'number 3 did not reach one client that resumed.',
  ],
  ['resume-lost', ({ counts }) => Object.assign(counts, { resumeLost: 3, resumeLostAfterStop: 1 }), null],
  [
    'resume-duplicated',
    ({ counts }) => Object.assign(counts, { resumeDuplicated: 3 }),
    'number 4 arrived again at one client that resumed.',
  ],
];

it.each(QUOTED)('%s quotes one of its events, unless that may be our own doing (%#)', (id, change, says) => {
  const record = soundRecord(({ summary }) => {
    change(summary);
    noteExamples(
      summary.eventExamples,
      {
        lost: { event: 'number 7', behind: null },
        duplicated: { event: 'number 8', behind: 'number 8' },
        reordered: { event: 'number 9', behind: 'number 10' },
        resumeLost: { event: 'number 3', behind: null },
        resumeDuplicated: { event: 'number 4', behind: 'number 5' },
      },
      { lost: 1, duplicated: 1, reordered: 1, resumeLost: 1, resumeDuplicated: 1 },
    );
  });
  const [finding] = findingsOf(judgedRun(record), { failOn: [], ignore: [] });
  expect(finding?.id).toBe(id);
  const { title = '', evidence = {} } = finding ?? {};
  expect(title.includes('For example') ? title.slice(title.indexOf('For example, ')) : null).toBe(
    says === null ? null : `For example, ${says}`,
  );
  const { event = null } = (evidence['example'] ?? {}) as { event?: string };
  expect(event).toBe(says === null ? null : says.slice(0, 'number 0'.length));
});
