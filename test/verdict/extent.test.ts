import { expect, it } from 'vitest';
import { countUp } from '../../src/measure/figures.ts';
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
