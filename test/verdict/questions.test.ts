import { expect, it } from 'vitest';
import { countUp } from '../../src/measure/figures.ts';
import type { RunRecord } from '../../src/record/run-record.ts';
import { judgedRun } from '../../src/verdict/judged-run.ts';
import { type AnsweredQuestion, questionsOf } from '../../src/verdict/questions.ts';
import { FOUND, emptyRecord, load, soundRecord } from '../support/run-record.ts';
import { emptyServerRecord, NO_ORIGIN } from '../../src/memory/server-memory.ts';

const MB = 1_000_000;

function ask(record: RunRecord): Map<string, AnsweredQuestion> {
  return new Map(questionsOf(judgedRun(record)).map((question) => [question.id, question]));
}

/** A run against a server that nobody knows anything of: only its stream. */
function foreign(change: (record: RunRecord) => void = () => {}): RunRecord {
  return soundRecord((record) => {
    record.target.embedded = false;
    record.expectations = { heartbeatMs: null, heartbeatWithinMs: 55_000, evictWithinMs: 95_000 };
    Object.assign(record.server, emptyServerRecord(NO_ORIGIN));
    change(record);
  });
}

interface Row {
  id: string;
  which: string;
  record: RunRecord;
  /** By what it was judged, or why it was not. */
  judged?: string;
  not?: RegExp;
  /** The flag that closes the gap. */
  closes?: RegExp;
}

const ROWS: Row[] = [
  { id: 'connections', which: 'ten clients', record: soundRecord(), judged: '10 clients' },
  {
    id: 'connections',
    which: 'nobody',
    record: emptyRecord(),
    not: /no client connected/,
    closes: /could not connect/,
  },
  { id: 'loss', which: 'numbers', record: soundRecord(), judged: 'by numbers in the data' },
  {
    id: 'loss',
    which: 'data that differs from client to client',
    record: foreign(({ summary }) => {
      summary.sequence.clear();
      countUp(summary.sequence, 'personal');
    }),
    not: /^lost, duplicated and reordered events .*events differ between clients/,
    closes: /--seq/,
  },
  {
    id: 'loss',
    which: 'some load processes that could not tell',
    record: foreign(({ summary }) => countUp(summary.sequence, 'few-clients')),
    judged: 'by numbers in the data',
    not: /in some load processes/,
    closes: /--seq/,
  },
  {
    id: 'loss',
    which: 'no event',
    record: emptyRecord(),
    not: /no event arrived/,
    closes: /Publish events during the run/,
  },
  { id: 'order', which: 'numbers', record: soundRecord(), judged: 'by numbers in the data' },
  {
    id: 'order',
    which: 'clients that were only compared',
    record: foreign(({ summary }) => {
      summary.sequence.clear();
      countUp(summary.sequence, 'comparison');
    }),
    not: /an order that is wrong for all clients does not show/,
    closes: /--seq \/POINTER/,
  },
  { id: 'latency', which: 'times', record: soundRecord(), judged: 'by times in the data' },
  {
    id: 'latency',
    which: 'no times',
    record: foreign(({ summary }) => summary.times.latency.reset()),
    not: /\(no healthy client received an event with a time\)/,
    closes: /--sent-at/,
  },
  { id: 'heartbeats', which: 'a promise', record: soundRecord(), judged: 'one every 2s is announced' },
  {
    id: 'heartbeats',
    which: '--heartbeat-within',
    record: foreign(({ expectations, summary }) => {
      expectations.heartbeatWithinMs = 20_000;
      summary.times.silence.record(1000);
    }),
    judged: 'a byte within 20s',
  },
  {
    id: 'heartbeats',
    which: 'beats that nobody promised',
    record: foreign(({ summary }) => {
      summary.counts.heartbeatsAfterGreeting = 3;
      summary.times.silence.reset();
      summary.times.silence.record(12_000);
    }),
    judged: 'no silence over 12s',
  },
  {
    id: 'heartbeats',
    which: 'events so dense that none was needed',
    record: foreign(({ summary }) => {
      summary.counts.heartbeatsAfterGreeting = 0;
      summary.times.silence.reset();
      summary.times.silence.record(1000);
    }),
    not: /the stream without events was not seen/,
    closes: /nothing is published/,
  },
  {
    id: 'resuming',
    which: 'clients that returned with an id',
    record: foreign(({ summary }) => {
      Object.assign(summary.counts, { resumptions: 4, eventsWithId: 300 });
    }),
    judged: '4 reconnections with Last-Event-ID',
  },
  {
    id: 'resuming',
    which: 'ids that count for each connection',
    record: foreign(({ summary }) => {
      Object.assign(summary.counts, { resumptions: 4, eventsWithId: 300, apart: 1 });
    }),
    not: /each connection gets its own stream with its own/,
    closes: /across all connections/,
  },
  {
    id: 'resuming',
    which: 'ids, and nobody who returned',
    record: foreign(({ summary }) => {
      summary.counts.resumptions = 0;
      summary.counts.eventsWithId = 10;
    }),
    not: /no client reconnected/,
    closes: /resuming=1/,
  },
  {
    id: 'resuming',
    which: 'events without ids',
    record: foreign(({ summary }) => {
      summary.counts.resumptions = 0;
      summary.counts.eventsWithId = 0;
    }),
    not: /no event has an id/,
    closes: /`id:`/,
  },
  {
    id: 'completion',
    which: 'streams that came to --until',
    record: foreign((record) => {
      record.until = { kind: 'event-name', name: 'done' };
      record.summary.counts.completed = 20;
    }),
    judged: '20 streams',
  },
  {
    id: 'completion',
    which: 'streams that never came to --until',
    record: foreign((record) => {
      record.until = { kind: 'event-name', name: 'done' };
    }),
    not: /no stream reached its end/,
    closes: /sse-probe listen/,
  },
  { id: 'slow-clients', which: 'a slow client', record: soundRecord(), judged: '1 client' },
  {
    id: 'slow-clients',
    which: 'healthy clients only',
    record: foreign(({ summary }) => summary.byKind.delete('slow')),
    not: /no client read slowly/,
    closes: /slow=1/,
  },
  { id: 'eviction', which: 'a stalled client that was evicted', record: soundRecord(), judged: '1 client' },
  {
    id: 'eviction',
    which: 'a stalled client and too little that was sent',
    record: foreign(({ summary: { counts } }) => {
      counts.evictionsSeen = 0;
      counts.evictionsUnknown = 1;
    }),
    not: /the eviction of 1 stalled client/,
    closes: /run longer/,
  },
  {
    id: 'eviction',
    which: 'nobody who stopped reading',
    record: foreign(({ summary }) => {
      summary.byKind.delete('stalled');
      summary.counts.evictionsSeen = 0;
    }),
    not: /no client stopped reading/,
    closes: /stalled=1/,
  },
  { id: 'clean-up', which: 'a server that counts', record: soundRecord(), judged: '0 left' },
  { id: 'clean-up', which: 'a server that tells nothing', record: foreign(), not: /not known/, closes: /--server-pid/ },
  {
    id: 'memory',
    which: 'ten minutes of load',
    record: soundRecord((record) => load(record, 600_000, () => 62 * MB)),
    judged: 'by its process',
  },
  { id: 'memory', which: 'a server that tells nothing', record: foreign(), not: /not known/, closes: /--server-pid/ },
  {
    id: 'memory',
    which: 'a server that was found by its port',
    record: soundRecord((record) => {
      Object.assign(record.server, { source: 'pid', clientCount: null, process: FOUND });
      load(record, 600_000, () => 62 * MB);
    }),
    judged: 'by pid 1234 (node), which listens on 127.0.0.1:8080',
  },
  {
    id: 'memory',
    which: 'a proxy that was found by its port',
    record: soundRecord((record) => {
      Object.assign(record.server, {
        source: 'pid',
        clientCount: null,
        process: { ...FOUND, name: 'nginx', isProxy: true },
      });
      load(record, 600_000, () => 62 * MB);
    }),
    not: /^pid 1234 \(nginx\), which listens on 127\.0\.0\.1:8080, is a proxy/,
    closes: /^Give the process of the server with --server-pid PID\.$/,
  },
  {
    id: 'memory',
    which: 'a server of another user',
    record: foreign(({ server }) => {
      server.unread = {
        why: 'the process that listens on 127.0.0.1:80 belongs to another user (uid 33)',
        flag: '--server-pid',
      };
    }),
    not: /^the process that listens on 127\.0\.0\.1:80 belongs to another user \(uid 33\)$/,
    closes: /--server-pid PID/,
  },
  {
    id: 'memory',
    which: 'a server in our own process',
    record: foreign(({ server }) => {
      server.unread = { why: 'the server runs in the process of sse-probe itself', flag: '--server-metrics' };
    }),
    not: /^the server runs in/,
    closes: /^Give a metrics page with --server-metrics URL\.$/,
  },
];

it.each(ROWS)('the question of $id, with $which, has its answer', ({ id, record, judged, not, closes }) => {
  const question = ask(record).get(id);
  const open = question?.unasked ?? question?.gaps[0] ?? null;
  expect(question?.judgedBy).toBe(judged ?? null);
  // What was judged whole has nothing open.
  expect(open?.what ?? 'nothing is open').toMatch(not ?? /^nothing is open$/);
  expect(open?.hint ?? '').toMatch(closes ?? /^$/);
});

it('answers of a language model are asked for their answers, and not for order or loss', () => {
  const ids = [
    ...ask(
      soundRecord(({ summary: { counts } }) => {
        counts.tokens = 100;
        counts.answers = 3;
      }),
    ).keys(),
  ];
  expect(ids).toEqual(['connections', 'answers', 'slow-clients', 'eviction', 'clean-up', 'memory']);
});

it('each question that was not judged says why, or another one does', () => {
  for (const record of [soundRecord(), foreign(), emptyRecord()]) {
    const questions = [...ask(record).values()];
    const silent = questions.filter(
      ({ judgedBy, gaps, unasked }) => judgedBy === null && gaps.length === 0 && unasked === null,
    );
    expect(silent.every(({ id }) => id === 'order')).toBe(true);
  }
});
