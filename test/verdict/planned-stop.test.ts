import { expect, it } from 'vitest';
import type { PlannedStop } from '../../src/memory/server-memory.ts';
import { countUp } from '../../src/measure/figures.ts';
import type { RunRecord } from '../../src/record/run-record.ts';
import { judge } from '../../src/verdict/verdict.ts';
import { soundRecord } from '../support/run-record.ts';

interface Story {
  stop?: Partial<PlannedStop>;
  /** How streams ended, and how many are open still. */
  ends?: Record<string, number>;
  stillOpen?: number;
  notBack?: number;
}

function stopped({ stop = {}, ends = {}, stillOpen = 0, notBack = 0 }: Story): RunRecord {
  return soundRecord((record) => {
    const { summary, server } = record;
    record.target.embedded = false;
    Object.assign(server, { source: 'pid', clientCount: null, end: null, settled: null });
    server.stop = {
      pid: 77,
      atMs: 10_000,
      graceMs: 10_000,
      untold: null,
      goneMs: 300,
      watchedMs: 300,
      listensAgain: true,
      ...stop,
    };
    for (const [how, count] of Object.entries(ends)) countUp(summary.stopEnds, how, count);
    summary.times.stopEnd.record(200);
    Object.assign(summary.counts, { streamsAtStop: 8, openAfterStop: stillOpen, notBackAfterStop: notBack });
  });
}

function said(story: Story): string[] {
  const { findings, verdict, questions } = judge(stopped(story), { thresholds: [], failOn: [], ignore: [] });
  const told = questions.find(({ id }) => id === 'shutdown');
  return [
    verdict,
    ...findings.filter(({ severity }) => severity !== 'info').map(({ id, title }) => `${id}: ${title}`),
    told?.judgedBy ?? 'not judged',
    ...(told?.gaps ?? []).map(({ what }) => what),
  ];
}

const HANGS = { goneMs: null, watchedMs: 10_040, listensAgain: false };

it.each<[string, Story, string[]]>([
  [
    'and waits for its streams',
    { stop: HANGS, stillOpen: 8, notBack: 0 },
    [
      'fail',
      'target-down: The server was told to stop (SIGTERM) at 10s, and its 8 streams were still open 10s later: it waits for streams that never end, and stops only when it is killed.',
      '0 of 8 streams ended after at most 200ms; process still running after 10s',
    ],
  ],
  [
    'and does not hear it',
    { stop: { ...HANGS, listensAgain: true }, stillOpen: 8 },
    [
      'fail',
      'target-down: The server was told to stop (SIGTERM) at 10s, and its 8 streams were still open 10s later: it continues and accepts new clients.',
      '0 of 8 streams ended after at most 200ms; process still running after 10s',
    ],
  ],
  [
    'and ends some of its streams',
    { stop: HANGS, stillOpen: 3, ends: { 'eof-clean': 5 } },
    [
      'fail',
      'target-down: The server was told to stop (SIGTERM) at 10s, and 3 of its 8 streams were still open 10s later: it waits for streams that never end, and stops only when it is killed.',
      '5 of 8 streams ended after at most 200ms: 5 eof-clean; process still running after 10s',
    ],
  ],
  [
    'and ends its streams and stays',
    { stop: HANGS, ends: { told: 8 } },
    [
      'pass',
      'target-down: The server was told to stop (SIGTERM) at 10s, and its process 77 was still running 10s later, although its streams had ended after at most 200ms.',
      '8 of 8 streams ended after at most 200ms: 8 told; process still running after 10s',
    ],
  ],
  [
    'and breaks its streams off',
    { ends: { 'eof-clean': 2, reset: 6 } },
    [
      'pass',
      'client-dropped: 6 of 8 streams broke off when the server was told to stop (reset), which clients cannot distinguish from a crash.',
      '8 of 8 streams ended after at most 200ms: 2 eof-clean, 6 reset; process gone after 300ms',
    ],
  ],
  [
    'and goes in order, and is started again',
    { ends: { told: 8 } },
    ['pass', '8 of 8 streams ended after at most 200ms: 8 told; process gone after 300ms'],
  ],
  [
    'and goes in order, and nobody starts it again',
    { ends: { told: 8 }, stop: { listensAgain: false }, notBack: 8 },
    [
      'pass',
      '8 of 8 streams ended after at most 200ms: 8 told; process gone after 300ms',
      'whether clients reconnect: no server listened again after the stop',
    ],
  ],
  [
    'and is watched for less than its grace, since the run was interrupted',
    { stop: { goneMs: null, watchedMs: 2000 }, stillOpen: 8 },
    [
      'pass',
      '0 of 8 streams ended after at most 200ms; process still running after 2s',
      'whether the server stops within 10s of SIGTERM: the run ended after 2s',
    ],
  ],
  [
    'too late, when it was gone',
    { stop: { untold: 'the process had ended before', goneMs: null } },
    ['pass', 'not judged', 'how the server stops: the signal was not sent, since the process had ended before'],
  ],
])('a server that is told to stop %s', (_which, story, says) => {
  expect(said(story)).toEqual(says);
});
