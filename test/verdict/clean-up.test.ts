import { expect, it } from 'vitest';
import type { RunRecord } from '../../src/record/run-record.ts';
import { judgedRun } from '../../src/verdict/judged-run.ts';
import { findingsOf } from '../../src/verdict/findings-of-run.ts';
import { metricValue } from '../../src/verdict/metric-values.ts';
import { questionsOf } from '../../src/verdict/questions.ts';
import { FOUND, sample, soundRecord } from '../support/run-record.ts';

const MB = 1_000_000;

/** A run against a foreign server whose count of clients is asked for. */
function countedRun(
  before: number | null,
  after: number | null,
  change: (record: RunRecord) => void = () => {},
): RunRecord {
  return soundRecord((record) => {
    const { server, target } = record;
    target.embedded = false;
    Object.assign(server, { source: 'none', memory: null, clientCount: { before, uncounted: null } });
    server.settled = after === null ? null : sample(39_000, 61 * MB, { clients: after });
    change(record);
  });
}

function leakOf(record: RunRecord): string {
  const finding = findingsOf(judgedRun(record), { failOn: [], ignore: [] }).find(({ id }) => id === 'client-leak');
  return finding?.title ?? '';
}

function answerOf(record: RunRecord): string {
  const answer = questionsOf(judgedRun(record)).find(({ id }) => id === 'clean-up');
  const gaps = answer?.gaps.map(({ what, hint }) => `${what} → ${hint}`) ?? [];
  return answer?.judgedBy ?? gaps.join('; ');
}

it.each<[string, RunRecord, string]>([
  [
    'counted nobody before',
    countedRun(0, 1),
    'The server still counts 1 client after all 10 of the run have disconnected.',
  ],
  [
    'has other users',
    countedRun(30, 40),
    'The server still counts 10 clients above the 30 before the run after all 10 of the run have disconnected.',
  ],
  [
    'stands behind a proxy whose memory is read',
    countedRun(0, 9, ({ server }) => Object.assign(server, { source: 'pid', process: { ...FOUND, isProxy: true } })),
    'The server still counts 9 clients after all 10 of the run have disconnected.',
  ],
])('a leak of clients shows in the count of a server that %s', (_which, record, title) => {
  expect(leakOf(record)).toBe(title);
});

it.each<[string, RunRecord, string]>([
  ['nobody any more', countedRun(0, 0), '0 left'],
  ['its other users as before', countedRun(30, 30), '0 left, 30 counted before the run'],
  ['fewer than before, since others left', countedRun(30, 12), '0 left, 30 counted before the run'],
  [
    'few more than before, which may be others',
    countedRun(30, 33),
    'whether the 3 clients that the server counts above the 30 before the run belong to this run → Run while the server has no other users, or with more clients.',
  ],
  [
    'all of them, and writes so seldom that it could not know',
    countedRun(0, 10, ({ summary }) => summary.times.silence.record(15_000)),
    'whether the server removes clients: it still counts 10, but a server that notices at a write could not know yet → Watch it for longer than twice its longest silence: --settle 31s.',
  ],
  [
    'somebody before the run that it did not tell of',
    countedRun(null, 10, ({ server }) => {
      server.clientCount = {
        before: null,
        uncounted: { why: 'http://h/stats returns status 401', hint: 'Check.' },
      };
    }),
    'the client count of the server: http://h/stats returns status 401 → Check.',
  ],
  [
    'somebody at the end that it does not tell of any more',
    countedRun(0, null, ({ server }) => {
      server.clientCount = { before: 0, uncounted: { why: 'http://h/stats has no /n', hint: 'There are: m.' } };
    }),
    'the client count of the server: http://h/stats has no /n → There are: m.',
  ],
])('no leak of clients is seen where a server counts %s', (_which, record, says) => {
  expect(leakOf(record)).toBe('');
  expect(answerOf(record)).toBe(says);
});

it.each<[string, RunRecord, number | null]>([
  ['without other users', countedRun(0, 7), 7],
  ['with other users', countedRun(5, 7), 2],
  ['when others have left', countedRun(5, 2), 0],
  ['where it was not told before the run', countedRun(null, 7), null],
  ['where it was not told at the end', countedRun(0, null), null],
])('the metric of leaked clients is the count above that before the run, %s', (_which, record, value) => {
  expect(metricValue(judgedRun(record), 'server.clients.leaked')).toBe(value);
});

const KIB = 1024;
const RUN_LEFT = { bytes: 9_000 * KIB, streams: 300 };

function afterAWave(bytes: number, rises: boolean): RunRecord {
  return soundRecord((record) => {
    record.target.embedded = false;
    Object.assign(record.server, { source: 'pid', clientCount: null, process: FOUND });
    record.waveOfMemory = { run: RUN_LEFT, wave: { bytes, streams: 4000 }, rises };
  });
}

it('memory that rises again with a second wave of clients is retained', () => {
  const record = afterAWave(200_000 * KIB, true);
  const finding = findingsOf(judgedRun(record), { failOn: [], ignore: [] }).find(({ id }) => id === 'memory-retained');
  expect([finding?.severity, finding?.title, answerOf(record)]).toEqual([
    'fail',
    'The server held 8.8MiB more after the clients of this run disconnected, and another 195MiB after a second wave of 4,000: about 50KiB per client that disconnects.',
    'by its memory in a second wave',
  ]);
});

it.each([
  ['little', 20_000 * KIB, 'by a second wave of 4,000 clients, after which 19.5MiB remained'],
  ['less than before the run', -5_000 * KIB, 'by a second wave of 4,000 clients, after which 0B remained'],
  [
    'as much for each, and not beyond garbage',
    120_000 * KIB,
    'whether the server removes clients: it held 8.8MiB more after 300 streams, and another 117MiB after 4,000, which may be garbage → Give the URL of its client count (--server-clients URL#/pointer), or connect and disconnect more clients: --churn 100/s --duration 2m.',
  ],
])('nobody is accused for memory of which a second wave left %s', (_which, bytes, says) => {
  const record = afterAWave(bytes, false);
  const ids = findingsOf(judgedRun(record), { failOn: [], ignore: [] }).map(({ id }) => id);
  expect(ids).not.toContain('memory-retained');
  expect(answerOf(record)).toBe(says);
});
