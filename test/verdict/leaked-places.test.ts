import { expect, it } from 'vitest';
import { countUp } from '../../src/measure/figures.ts';
import type { RunRecord, WaveOfPlaces } from '../../src/record/run-record.ts';
import { judgedRun } from '../../src/verdict/judged-run.ts';
import { findingsOf } from '../../src/verdict/findings-of-run.ts';
import { soundRecord } from '../support/run-record.ts';

const FULL = 'http-status: status 503';
const TURNED_AWAY = { fromMs: 9000, leftBefore: 70, clients: 6, fewestOpen: 4, mostOpen: 10 };

function refused(change: (record: RunRecord) => void, cause = FULL): { title: string; hint: string } | undefined {
  const record = soundRecord((one) => {
    countUp(one.summary.refusalsByCause, cause, 6);
    one.turnedAway = TURNED_AWAY;
    change(one);
  });
  return findingsOf(judgedRun(record), { failOn: [], ignore: [] }).find(({ id }) => id === 'connect-refused');
}

const BEGAN =
  '6 connection attempts failed (http-status: status 503). 6 were rejected from 9s on, after 70 clients had disconnected, while 4 of at most 10 were connected';

it.each<[string, WaveOfPlaces | null, string]>([
  [
    'is not let in again with nobody there',
    { clients: 10, letIn: 4, turnedAway: 6 },
    `${BEGAN}, and without any other client only 4 of 10 were accepted: the server does not free the slots of clients that disconnect.`,
  ],
  ['could not be tried again', null, `${BEGAN}.`],
  [
    'is let in again',
    { clients: 10, letIn: 10, turnedAway: 0 },
    '6 connection attempts failed (http-status: status 503).',
  ],
])('refusals after others had left, of a crowd that %s, are told as such', (_which, wave, title) => {
  const finding = refused((record) => {
    record.waveOfPlaces = wave;
  });
  expect(finding?.title).toBe(title);
  expect(finding?.hint.includes('Free the slot')).toBe(wave?.turnedAway === 6);
});

it('refusals by 429 may be a limit of the rate as well', () => {
  const finding = refused((record) => {
    record.waveOfPlaces = { clients: 10, letIn: 4, turnedAway: 6 };
  }, 'http-status: status 429');
  expect(finding?.title).toMatch(/slots of clients that disconnect, or limits the connection rate\.$/);
});

it('refusals while as many are connected as ever are a limit', () => {
  const finding = refused((record) => {
    record.turnedAway = { ...TURNED_AWAY, fewestOpen: 10 };
    record.waveOfPlaces = { clients: 10, letIn: 9, turnedAway: 1 };
  });
  expect(finding?.title).toBe('6 connection attempts failed (http-status: status 503).');
});
