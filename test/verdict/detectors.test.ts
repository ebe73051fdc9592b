import { expect, it } from 'vitest';
import { redactUrl } from '../../src/core/redact.ts';
import { FINDING_IDS, type FindingId, FINDINGS } from '../../src/findings/finding-rows.ts';
import type { RunRecord } from '../../src/record/run-record.ts';
import { countUp } from '../../src/measure/figures.ts';
import { noteRefusalTime } from '../../src/measure/refusal-times.ts';
import { detectors } from '../../src/verdict/detectors/index.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { UNPROMISED_SILENCE_MS } from '../../src/findings/bounds.ts';
import { findingsOf } from '../../src/verdict/findings-of-run.ts';
import { judgedRun } from '../../src/verdict/judged-run.ts';
import { audienceOf } from '../support/audience-world.ts';
import { emptyRecord, FOUND, load, RAMP_MS, sample, soundRecord } from '../support/run-record.ts';
import { emptyServerRecord, NO_ORIGIN } from '../../src/memory/server-memory.ts';

const MB = 1_000_000;
const MIB = 1024 * 1024;

function found(record: RunRecord): Record<string, Finding> {
  const findings = findingsOf(judgedRun(record), { failOn: [], ignore: [] });
  return Object.fromEntries(findings.map((finding) => [finding.id, finding]));
}

/** Evidence of a load process that nothing is wrong with. */
const CALM = {
  limited: 0,
  eventLoopDelayMs: { p50: 0.2, p99: 4, max: 20 },
  cpu: 0.1,
  stops: 0,
  longestStop: null,
  busyMs: 0,
  lostAfterStop: 0,
  bounds: { loopDelayP99Ms: 200, loopStopMs: 2000, busyMs: 10_000 },
};

/** 12 MB a second from the start of the run on. */
function hoardedBytes(tMs: number): number {
  return 60 * MB + tMs * 12_000;
}

/** What spoils a sound record, the only finding that it gives, its exact figures and words of its sentence. */
const defects: [
  name: string,
  spoil: (record: RunRecord) => void,
  id: string,
  evidence: Record<string, unknown>,
  says: string,
][] = [
  [
    'a server that died',
    ({ server }) => {
      server.down = 'exited with code 7: out of luck';
    },
    'target-down',
    { reason: 'exited with code 7: out of luck', durationMs: 36_000, connected: 10 },
    'exited with code 7: out of luck.',
  ],
  [
    'a server that died, and when',
    ({ server, series }) => {
      server.down = 'exited with code 7';
      for (const point of series) if (point.tMs > 12_000) point.clients = 0;
    },
    'target-down',
    { reason: 'exited with code 7', durationMs: 36_000, connected: 10, lastSeenMs: 12_000 },
    'it exited with code 7. The last streams were open 12s after the start.',
  ],
  [
    'an answer that is a web page',
    ({ summary, target }) => {
      summary.refusalsByCause.set('content-type: text/html', 3);
      target.url = 'http://user:hunter2@127.0.0.1/events?token=hunter2';
    },
    'not-event-stream',
    { attempts: 3, contentTypes: ['text/html'], url: redactUrl('http://user:hunter2@127.0.0.1/events?token=hunter2') },
    'not an event stream but text/html (3 attempts)',
  ],
  [
    'more wrong types than are told apart',
    ({ summary }) => {
      summary.refusalsByCause.set('content-type', 2);
    },
    'not-event-stream',
    { attempts: 2, contentTypes: ['other types'], url: 'http://127.0.0.1:8787/events' },
    'but other types (2 attempts)',
  ],
  [
    'more wrong types than are shown',
    ({ summary }) => {
      for (let n = 1; n <= 4; n++) summary.refusalsByCause.set(`content-type: text/plain; boundary=${n}`, 1);
    },
    'not-event-stream',
    {
      attempts: 4,
      contentTypes: [1, 2, 3, 4].map((n) => `text/plain; boundary=${n}`),
      url: 'http://127.0.0.1:8787/events',
    },
    'boundary=3 and others (4 attempts)',
  ],
  [
    'lines that nobody can read',
    ({ summary }) => {
      Object.assign(summary.counts, { malformed: 4 });
      countUp(summary.malformed, 'unknown-field', 3);
      countUp(summary.malformed, 'bad-retry', 1);
      countUp(summary.malformedSamples, 'unknown-field: dta: 1 (client 3, within its first 10 bytes)');
    },
    'malformed-stream',
    {
      malformed: 4,
      byDefect: { 'unknown-field': 3, 'bad-retry': 1 },
      streams: 0,
      samples: ['unknown-field: dta: 1 (client 3, within its first 10 bytes)'],
    },
    '4 invalid lines, as in unknown-field: dta: 1',
  ],
  [
    'a stream that stops being HTTP',
    ({ summary }) => {
      Object.assign(summary.kind('healthy'), { dropped: 1, unreadable: 1 });
      countUp(summary.dropsByCause, 'http-protocol');
      countUp(summary.malformedSamples, 'http-protocol: bad chunk size');
    },
    'malformed-stream',
    { malformed: 0, byDefect: {}, streams: 1, samples: ['http-protocol: bad chunk size'] },
    '1 stream broken by bytes',
  ],
  [
    'a stream whose events no blank line parts',
    ({ summary }) => {
      summary.counts.events = 0;
      countUp(summary.undispatched, 'no-blank-line', 8);
      countUp(summary.malformedSamples, 'no-blank-line: data: 1');
    },
    'malformed-stream',
    {
      malformed: 0,
      byDefect: {},
      streams: 0,
      undispatched: { 'no-blank-line': 8 },
      samples: ['no-blank-line: data: 1'],
    },
    '8 of 10 streams with `data:` lines but no blank line, so clients dispatch no event, as in no-blank-line: data: 1.',
  ],
  [
    'a stream that keeps its data in a field that is none',
    ({ summary }) => {
      Object.assign(summary.counts, { events: 0, malformed: 4 });
      countUp(summary.malformed, 'unknown-field', 4);
      countUp(summary.malformedSamples, 'unknown-field: Data: 1 (client 3, within its first 10 bytes)');
      countUp(summary.misnamed, 'field names must be lower case');
    },
    'malformed-stream',
    {
      malformed: 4,
      byDefect: { 'unknown-field': 4 },
      streams: 0,
      samples: ['unknown-field: Data: 1 (client 3, within its first 10 bytes)'],
    },
    'as in unknown-field: Data: 1 (client 3, within its first 10 bytes): field names must be lower case.',
  ],
  [
    'a compressor that is not flushed',
    ({ summary }) => Object.assign(summary.counts, { events: 0, comments: 0, notFlushed: 10, bytesNotFlushed: 100 }),
    'malformed-stream',
    { notFlushed: 10, codedBytes: 100 },
    '10 of 10 streams are compressed, and the compressor is not flushed after each event: 100B arrived, but no event could be decoded.',
  ],
  [
    'a compressor that stands still in the middle of events',
    ({ summary }) => Object.assign(summary.counts, { heldByCompressor: 8, stopsInEvent: 24 }),
    'buffered-stream',
    { streams: 8, stopsInEvent: 24 },
    '8 of 8 streams are compressed, and the compressor is not flushed after each event: data stopped 24 times for 500ms or more in the middle of an event.',
  ],
  [
    'a coding that nobody knows',
    ({ summary }) => {
      summary.counts.unknownCodings = 9;
      countUp(summary.unknownCodingNames, 'none');
    },
    'compressed-stream',
    { streams: 9, unknownCoding: 'none', opened: 10 },
    '9 of 10 streams had `Content-Encoding: none`, which is not a content coding:',
  ],
  [
    'silences that nobody promised to be shorter',
    ({ summary, expectations }) => {
      expectations.heartbeatMs = null;
      expectations.heartbeatWithinMs = UNPROMISED_SILENCE_MS;
      summary.times.silence.record(25_000);
    },
    'heartbeat-missing',
    {
      missing: 0,
      heartbeats: 120,
      longestSilenceMs: expect.closeTo(25_000, -2) as number,
      heartbeatWithinMs: 55_000,
      longSilences: 1,
      streams: 101,
    },
    'Streams were silent for up to 25s, which ',
  ],
  [
    'a run in which only comments came',
    ({ summary }) => {
      summary.counts.events = 0;
    },
    'no-events',
    { streams: 10, comments: 120, durationMs: 36_000 },
    'No client received an event on 10 streams within 36s: only 120 comments arrived.',
  ],
  [
    'a run in which not a byte came',
    ({ summary }) => {
      summary.counts.events = 0;
      summary.counts.comments = 0;
    },
    'no-events',
    { streams: 10, comments: 0, durationMs: 36_000 },
    'nothing arrived.',
  ],
  [
    'a run in which no stream came to the end that the plan names',
    (record) => {
      record.until = { kind: 'event-name', name: 'done' };
      record.summary.counts.unfinished = 1;
    },
    'no-events',
    { until: 'event:done', streams: 10, events: 309, unfinished: 1, durationMs: 36_000 },
    'received `event:done` on 10 streams within 36s, among 309 events; 1 of them was still open.',
  ],
  [
    'a line without end',
    ({ summary }) => {
      Object.assign(summary.kind('healthy'), { dropped: 3, unreadable: 3 });
      countUp(summary.dropsByCause, 'line-limit', 3);
    },
    'oversize-event',
    { lines: 3, events: 0, opened: 10, maxLineBytes: 16 * MIB, maxEventBytes: 32 * MIB },
    '3 of 10 streams had a line of more than 16MiB (1MiB outside data); these streams were closed.',
  ],
  [
    'events without end, also to a slow client',
    ({ summary }) => {
      Object.assign(summary.kind('healthy'), { dropped: 1, unreadable: 1 });
      Object.assign(summary.kind('slow'), { dropped: 1, unreadable: 1 });
      countUp(summary.dropsByCause, 'event-limit', 2);
    },
    'oversize-event',
    { lines: 0, events: 2, opened: 10, maxLineBytes: 16 * MIB, maxEventBytes: 32 * MIB },
    '2 of 10 streams had an event of more than 32MiB',
  ],
  [
    'streams in gzip',
    ({ summary }) => {
      countUp(summary.codings, 'gzip', 10);
    },
    'compressed-stream',
    { streams: 10, byCoding: { gzip: 10 }, opened: 10 },
    '10 of 10 streams arrived compressed (gzip), although',
  ],
  [
    'heads that wait for an event',
    ({ summary }) => {
      Object.assign(summary.counts, { headsJudged: 8, headsWithEvent: 8, headsHeld: 6, headsReleased: 2 });
    },
    'late-headers',
    {
      headsJudged: 8,
      headsWithEvent: 8,
      headsHeld: 6,
      headsReleased: 2,
      headersP50Ms: expect.closeTo(5, 1),
      headersP99Ms: expect.closeTo(9.9, 1),
    },
    'only with the first event: 6 of 8 clients waited',
  ],
  [
    'events without ids',
    ({ summary }) => {
      Object.assign(summary.counts, { eventsWithId: 0, eventsWithoutId: 300 });
    },
    'no-event-ids',
    { eventsWithoutId: 300, reconnects: 0 },
    'None of 300 events has an id',
  ],
  [
    'clients that were turned away',
    ({ summary }) => {
      summary.refusalsByCause.set('http-status: status 503', 4).set('refused', 2).set('client-limit', 9);
    },
    'connect-refused',
    { refused: 6, byCause: { 'http-status: status 503': 4, refused: 2 }, connected: 10 },
    'attempts failed (http-status: status 503, refused).',
  ],
  [
    'a load process that stood still',
    ({ generator }) => {
      generator.saturated = true;
      generator.eventLoopDelayMs = { p50: 1, p99: 250, max: 3000 };
      Object.assign(generator, { stops: 2, longestStop: { atMs: 7000, durationMs: 3000 } });
    },
    'generator-saturated',
    {
      ...CALM,
      eventLoopDelayMs: { p50: 1, p99: 250, max: 3000 },
      stops: 2,
      longestStop: { atMs: 7000, durationMs: 3000 },
    },
    'The load process was stopped for 3s, 7s after its start; the longest of 2 stops.',
  ],
  [
    'a load process that was always a little late',
    ({ generator }) => {
      generator.saturated = true;
      generator.eventLoopDelayMs = { p50: 90, p99: 250, max: 900 };
    },
    'generator-saturated',
    { ...CALM, eventLoopDelayMs: { p50: 90, p99: 250, max: 900 } },
    'was delayed by up to 900ms (p99 250ms).',
  ],
  [
    'a load process that never rested',
    ({ generator }) => {
      generator.saturated = true;
      generator.busyMs = 12_000;
    },
    'generator-saturated',
    { ...CALM, busyMs: 12_000 },
    'was busy for 12s without a pause',
  ],
  [
    'a load process that stood still while a server dropped what it could not get rid of',
    ({ generator, summary }) => {
      Object.assign(generator, { saturated: true, stops: 1, longestStop: { atMs: 7000, durationMs: 5000 } });
      Object.assign(summary.counts, { lost: 12, lostAfterStop: 12, resumeLost: 3, resumeLostAfterStop: 3 });
    },
    'generator-saturated',
    { ...CALM, stops: 1, longestStop: { atMs: 7000, durationMs: 5000 }, lostAfterStop: 15 },
    'was stopped for 5s, 7s after its start.',
  ],
  [
    'a load process without descriptors',
    ({ generator }) => {
      generator.saturated = true;
      generator.limited = 1;
    },
    'generator-saturated',
    {
      ...CALM,
      limited: 1,
    },
    'ran out of file descriptors, ports or memory for unfinished events 1 time.',
  ],
  [
    'a load process that died',
    (record) => {
      record.lostShards = [
        { shard: 1, clients: 500, pid: 42, worker: null, reason: 'was ended by SIGKILL', events: 0 },
      ];
    },
    'shard-lost',
    {
      clients: 500,
      shards: [{ shard: 1, clients: 500, pid: 42, worker: null, reason: 'was ended by SIGKILL', events: 0 }],
    },
    'The run lost 1 load process with 500 clients: process 1 (pid 42) was ended by SIGKILL.',
  ],
  [
    'streams that ended',
    ({ summary }) => {
      summary.kind('healthy').dropped = 2;
      countUp(summary.dropsByCause, 'eof-clean', 2);
    },
    'client-dropped',
    { dropped: 2, byKind: { healthy: 2 }, byCause: { 'eof-clean': 2 } },
    '2 streams ended although',
  ],
  [
    'one stream that ended',
    ({ summary }) => {
      summary.kind('resuming').dropped = 1;
      countUp(summary.dropsByCause, 'reset');
    },
    'client-dropped',
    { dropped: 1, byKind: { resuming: 1 }, byCause: { reset: 1 } },
    '1 stream ended although',
  ],
  [
    'streams that ended by several causes, with the age of the oldest',
    ({ summary }) => {
      summary.kind('healthy').dropped = 3;
      countUp(summary.dropsByCause, 'reset', 1);
      countUp(summary.dropsByCause, 'eof-truncated', 2);
      for (const ms of [2000, 9000, 13_000]) summary.times.deathAge.record(ms);
    },
    'client-dropped',
    { dropped: 3, byKind: { healthy: 3 }, byCause: { reset: 1, 'eof-truncated': 2 } },
    '3 streams ended although the client was reading (2 eof-truncated, 1 reset); the oldest was 13s old.',
  ],
  [
    'streams that ended before their end',
    (record) => {
      record.until = { kind: 'text', text: '[DONE]' };
      record.summary.kind('healthy').dropped = 2;
      countUp(record.summary.dropsByCause, 'eof-clean', 2);
      Object.assign(record.summary.counts, { completed: 18, unfinished: 3 });
    },
    'client-dropped',
    {
      dropped: 2,
      byKind: { healthy: 2 },
      byCause: { 'eof-clean': 2 },
      until: 'text:[DONE]',
      completed: 18,
      unfinished: 3,
    },
    '2 streams ended before `--until text:[DONE]` (2 eof-clean).',
  ],
  [
    'streams that broke off behind their end',
    (record) => {
      record.until = { kind: 'event-name', name: 'done' };
      record.summary.counts.completed = 8;
      countUp(record.summary.brokenAfterEnd, 'eof-truncated', 5);
      countUp(record.summary.brokenAfterEnd, 'reset', 1);
    },
    'client-dropped',
    {
      broken: 6,
      byCause: { 'eof-truncated': 5, reset: 1 },
      until: 'event:done',
      completed: 8,
      unfinished: 0,
    },
    '6 streams reached `event:done` and then broke off (eof-truncated, reset).',
  ],
  [
    'answers that failed',
    ({ summary: { counts, answerErrors } }) => {
      counts.answers = 8;
      counts.answersFailed = 2;
      counts.tokens = 90;
      countUp(answerErrors, '"overloaded"');
    },
    'answer-failed',
    { failed: 2, complete: 8, error: '"overloaded"' },
    '2 responses of 10 ended in an error or without a token, such as "overloaded".',
  ],
  [
    'no answer at all',
    ({ summary: { counts } }) => {
      counts.answerStrangers = 5;
    },
    'answer-failed',
    { events: 5 },
    'None of 5 events was part of a response',
  ],
  [
    'events lost',
    ({ summary }) => {
      summary.counts.lost = 21;
    },
    'event-lost',
    { lost: 21, received: 300 },
    '21 events never arrived',
  ],
  [
    'an event doubled',
    ({ summary }) => {
      summary.counts.duplicated = 1;
    },
    'event-duplicated',
    { duplicated: 1, received: 300 },
    '1 event arrived twice',
  ],
  [
    'events that only slow clients lost',
    ({ summary }) => {
      Object.assign(summary.counts, { lost: 12, slowLosers: 1 });
    },
    'event-lost',
    { lost: 12, received: 300, slowLosers: 1, slow: 1 },
    '12 events never arrived on streams that were open, all by slow clients (1 of 1); other clients lost none.',
  ],
  [
    'events that others lost as well',
    ({ summary }) => {
      Object.assign(summary.counts, { lost: 12, slowLosers: 1, otherLosers: 2 });
    },
    'event-lost',
    { lost: 12, received: 300 },
    '12 events never arrived on streams that were open.',
  ],
  [
    'events out of order',
    ({ summary }) => {
      summary.counts.reordered = 1234;
    },
    'event-reordered',
    { reordered: 1234, inReplay: 0, received: 300 },
    '1,234 events arrived out of order',
  ],
  [
    'a gap in a replay',
    ({ summary }) => {
      summary.counts.resumeLost = 3;
    },
    'resume-lost',
    { resumeLost: 3, received: 300, resumptions: 0, returnsAtHead: 0, returnsInPast: 0, returnsWhole: 0 },
    '3 events were missing after',
  ],
  [
    'a replay that begins with the newest',
    ({ summary }) => {
      Object.assign(summary.counts, { reordered: 7, resumeLate: 7 });
    },
    'event-reordered',
    { reordered: 7, inReplay: 7, received: 300 },
    '7 events arrived out of order after reconnecting with Last-Event-ID.',
  ],
  [
    'a replay that is a part of what comes out of order',
    ({ summary }) => {
      Object.assign(summary.counts, { reordered: 9, resumeLate: 7 });
    },
    'event-reordered',
    { reordered: 9, inReplay: 7, received: 300 },
    '9 events arrived out of order, 7 of them after reconnecting',
  ],
  [
    'a replay under new ids',
    ({ summary }) => {
      Object.assign(summary.counts, { resumeRenamed: 5, resumeLost: 6, returnsInPast: 2 });
    },
    'resume-lost',
    {
      resumeLost: 6,
      resumeRenamed: 5,
      received: 300,
      resumptions: 0,
      returnsAtHead: 0,
      returnsInPast: 2,
      returnsWhole: 0,
    },
    '5 events had new ids, or none, after reconnecting with Last-Event-ID. 1 event was missing',
  ],
  [
    'a replay that overlaps',
    ({ summary }) => {
      summary.counts.resumeDuplicated = 3;
    },
    'resume-duplicated',
    { resumeDuplicated: 3, received: 300 },
    '3 events arrived again',
  ],
  [
    'streams that lead nowhere',
    ({ summary: { times, newcomer } }) => {
      for (let stream = 0; stream < 100; stream++) {
        times.silentSince.record(8200);
        times.silentFor.record(11_800);
        times.silentOpened.record(stream * 40);
        times.silentUsually.record(1000);
      }
      countUp(newcomer, 'hears');
    },
    'silent-stream',
    {
      silent: 100,
      healthy: 8,
      sinceMs: expect.closeTo(8200, -1),
      silentForMs: expect.closeTo(11_800, -1),
      newcomer: 'hears',
    },
    'No client received a byte after 8.2s: all 100 streams stayed open and silent for 11.8s, while a new client received events.',
  ],
  [
    'streams that fell silent',
    ({ summary }) => {
      summary.counts.silentStreams = 3;
    },
    'silent-stream',
    { silent: 3, healthy: 8, heartbeatMs: 2000, heartbeatWithinMs: null, longestSilenceMs: expect.closeTo(10, 0) },
    '3 streams stayed open but fell silent:',
  ],
  [
    'clients that hold up the others',
    ({ summary: { counts, times } }) => {
      for (let ms = 0; ms < 50; ms++) {
        times.latencyBeforeStall.record(2);
        times.latencyWhileStalled.record(ms * 100);
        times.sentWhileStalled.record(ms * 100);
      }
      counts.bunchedWhileStalled = 40;
    },
    'head-of-line-blocking',
    {
      beforeMs: { count: 50, p50: 2, p99: 2 },
      whileStalledMs: { count: 50, p50: expect.closeTo(2400, -1), p99: expect.closeTo(4900, -1) },
      afterMs: { count: 0, p50: 0, p99: 0 },
      heldBack: 40,
      neverCame: 0,
    },
    'healthy clients had to wait',
  ],
  [
    'events that come in bunches',
    ({ summary: { counts, times } }) => {
      times.latencySent.reset();
      for (let ms = 1; ms <= 300; ms++) times.latencySent.record(ms * 10);
      Object.assign(counts, { stamped: 300, bunched: 240, bunches: 60 });
    },
    'buffered-stream',
    {
      events: 300,
      inBunches: 240,
      bunches: 60,
      eventsPerBunch: 4,
      heldP50Ms: expect.closeTo(1500, -1),
      heldP99Ms: expect.closeTo(2970, -1),
      silenceP50Ms: expect.closeTo(5, 0),
    },
    '80 % of the events arrived in batches of 4',
  ],
  [
    'streams that end at one age',
    ({ summary: { times } }) => {
      for (let at = 0; at < 10; at++) {
        times.deathAge.record(5000 + at);
        times.deathSilence.record(at * 90);
        times.deathTime.record(at * 700);
      }
    },
    'idle-cut',
    {
      kind: 'absolute',
      limitMs: expect.closeTo(5000, -2),
      silenceMs: null,
      ageMs: expect.closeTo(5000, -2),
      widthMs: expect.any(Number),
      deaths: 10,
      survivors: 0,
      longestSurvivedSilenceMs: null,
      layersNamed: [],
      layers: [],
    },
    'at the age of 5s',
  ],
  [
    'clients that come back at one moment',
    ({ summary: { counts } }) => {
      Object.assign(counts, { stormDropped: 40, stormPeak: 39 });
    },
    'reconnect-storm',
    { dropped: 40, peak: 39, withinMs: 250, reconnectMs: { p50: 0, max: 0 } },
    '40 of 40 streams were dropped within a second',
  ],
  [
    'heartbeats missing',
    ({ summary }) => {
      summary.counts.heartbeatsMissing = 8;
    },
    'heartbeat-missing',
    { missing: 8, heartbeats: 120, heartbeatMs: 2000, heartbeatWithinMs: null },
    'were missing 8 times (expected every 2s).',
  ],
  [
    'heartbeats missing, and for how long at most',
    ({ summary }) => {
      summary.counts.heartbeatsMissing = 2;
      for (const ms of [7000, 12_000]) summary.times.withoutHeartbeat.record(ms);
    },
    'heartbeat-missing',
    {
      missing: 2,
      heartbeats: 120,
      heartbeatMs: 2000,
      heartbeatWithinMs: null,
      longestMs: expect.closeTo(12_000, -2) as number,
    },
    'were missing 2 times, for up to 12s (expected every 2s).',
  ],
  [
    'silence where nothing is promised',
    ({ summary, expectations }) => {
      summary.counts.heartbeatsMissing = 1;
      Object.assign(expectations, { heartbeatMs: null, heartbeatWithinMs: 20_000 });
    },
    'heartbeat-missing',
    { missing: 1, heartbeats: 120, heartbeatMs: null, heartbeatWithinMs: 20_000 },
    '(expected within 20s)',
  ],
  [
    'heartbeats late',
    ({ summary }) => {
      summary.counts.heartbeatsLate = 1;
      summary.times.heartbeatLateness.record(2000);
      summary.times.heartbeatInterval.record(4000);
    },
    'heartbeat-late',
    {
      late: 1,
      heartbeats: 120,
      heartbeatMs: 2000,
      latenessMaxMs: expect.closeTo(2000, -1),
      intervalP99Ms: expect.closeTo(2000, -1),
      intervalMaxMs: expect.closeTo(4000, -1),
    },
    '1 heartbeat arrived up to 2s late; the server announces one every 2s.',
  ],
  [
    'stalled clients that stay',
    ({ summary }) => {
      summary.counts.evictionsMissed = 5;
    },
    'stale-client-kept',
    { missed: 5, evicted: 1, evictWithinMs: 13_500, swallowedBytes: 131_072 },
    '5 of 6 clients that read nothing for 13.5s',
  ],
  [
    'slow clients that were thrown out',
    ({ summary }) => {
      summary.kind('slow').dropped = 1;
    },
    'slow-client-evicted',
    { dropped: 1, opened: 1, healthyShare: 0 },
    '1 stream of slow clients ended',
  ],
  [
    'clients that the server still counts',
    ({ server }) => {
      server.settled = sample(45_500, 61 * MB, { clients: 7 });
    },
    'client-leak',
    { clientsAfter: 7, clientsBefore: 0, connected: 10, streams: 10 },
    'still counts 7 clients after all 10 of the run have disconnected',
  ],
  [
    'memory that grows by 10 MB a minute',
    (record) => {
      load(record, 60_000, (tMs) => 100 * MB + tMs * 10 * (MB / 60_000));
    },
    'memory-growth',
    {
      bytesPerMinute: expect.closeTo(10 * MB, -5),
      lowBytesPerMinute: expect.closeTo(10 * MB, -5),
      highBytesPerMinute: expect.closeTo(10 * MB, -5),
      limitBytesPerMinute: expect.closeTo(0.7 * MB, -5),
    },
    'grows by 9.5MiB/m under an even load (between 9.5MiB/m and 9.5MiB/m)',
  ],
  [
    'memory that goes on rising when all have left',
    (record) => {
      const { server } = record;
      Object.assign(server, { source: 'pid', clientCount: null, memory: 'pss', queueLimits: null, process: FOUND });
      load(record, 30_000, (tMs) => hoardedBytes(tMs + RAMP_MS));
      server.end = sample(35_000, hoardedBytes(35_000));
      server.settling = Array.from({ length: 40 }, (_, at) =>
        sample(35_000 + at * 250, hoardedBytes(35_000 + at * 250), { clients: 0 }),
      );
      server.settled = sample(45_000, hoardedBytes(45_000), { clients: 0 });
    },
    'memory-growth',
    {
      bytesPerMinute: expect.closeTo(720 * MB, -8),
      lowBytesPerMinute: expect.any(Number),
      highBytesPerMinute: expect.any(Number),
      limitBytesPerMinute: expect.any(Number),
      beforeBytes: 60 * MB,
      loadedBytes: 480 * MB,
      settledBytes: 600 * MB,
    },
    'rose from 57.2MiB before the run to 458MiB at the end of the load and 572MiB after all clients disconnected',
  ],
  [
    'a URL on which nothing is heard of what is heard on another',
    (record) => {
      record.audiences = [
        audienceOf({ say: (n) => ({ data: `event ${n}` }), processes: 2 }),
        audienceOf({ say: () => null, url: 'http://127.0.0.1:2/events', processes: 2 }),
      ];
    },
    'targets-differ',
    {
      kind: 'silent',
      events: 38,
      numbering: null,
      targets: [
        { url: 'http://127.0.0.1:1/events', clients: 12, unheard: 0, eventsPerClient: 40, heard: 1 },
        { url: 'http://127.0.0.1:2/events', clients: 12, unheard: 12, eventsPerClient: 0, heard: 0 },
      ],
    },
    'No event reached all 12 clients of http://127.0.0.1:2/events, while clients of http://127.0.0.1:1/events received 40 each',
  ],
  [
    'memory that stays',
    ({ server }) => {
      server.settled = sample(45_500, 90 * MB, { clients: 0, heapUsedBytes: 10 * MB + 17 * MIB });
    },
    'memory-retained',
    {
      retainedBytes: 17 * MIB,
      allowedBytes: 16 * MIB + 10 * 1024,
      baselineBytes: 12 * MB,
      settledBytes: 12 * MB + 17 * MIB,
      streams: 10,
    },
    'holds 17MiB more than before the run, after the clients of all 10 streams have disconnected',
  ],
  [
    'evictions that nobody could judge',
    ({ summary }) => {
      summary.counts.evictionsUnknown = 2;
    },
    'not-measured',
    { evictionsUnknown: 2, evictWithinMs: 13_500, swallowedBytes: 131_072 },
    'the eviction of 2 stalled clients',
  ],
  [
    'events without time',
    ({ summary }) => {
      summary.times.latency.reset();
    },
    'not-measured',
    { eventsWithTime: 0 },
    'latency (no healthy client received an event with a time)',
  ],
  [
    'events without numbers',
    ({ summary }) => {
      summary.counts.eventsWithSeq = 0;
      summary.sequence.clear();
      summary.sequence.set('personal', 1);
    },
    'not-measured',
    { sequence: 'none', eventsWithSeq: 0 },
    'clients cannot be compared: events differ between clients).',
  ],
  [
    'events without numbers, on streams that end',
    (record) => {
      record.until = { kind: 'event-name', name: 'done' };
      record.summary.counts.completed = 8;
      record.summary.counts.eventsWithSeq = 0;
      record.summary.sequence.clear();
      record.summary.sequence.set('finite', 1);
    },
    'not-measured',
    { sequence: 'none', eventsWithSeq: 0 },
    'lost, duplicated and reordered events (no sequence number in the data, and streams that end cannot be compared).',
  ],
  [
    'a server that did not answer at the end',
    ({ server }) => {
      server.settled = null;
    },
    'not-measured',
    { clientsAfter: null },
    'what the server holds after all clients disconnect',
  ],
  [
    'a settling phase cut short by Ctrl-C',
    (record) => {
      record.interrupted = true;
      record.server.settled = sample(35_100, 200 * MB, { clients: 9, heapUsedBytes: 100 * MB });
    },
    'not-measured',
    { clientsAfter: 9 },
    'what the server holds after all clients disconnect',
  ],
];

it('the detectors find nothing in a sound run', () => {
  expect(found(soundRecord())).toEqual({});
});

it.each(defects)('the detectors find in %s exactly that, with its figures', (_name, spoil, id, evidence, says) => {
  const findings = found(soundRecord(spoil));
  expect(Object.keys(findings)).toEqual([id]);
  expect(findings[id]?.evidence).toEqual(evidence);
  expect(findings[id]?.title).toContain(says);
  expect(findings[id]?.hint).toMatch(/^[A-Z].*\.$/s);
});

it('the detectors are all shown at work above', () => {
  expect(new Set(defects.map(([, , id]) => id))).toEqual(new Set(detectors.map(({ id }) => id)));
});

it('the detectors have each its own name, out of the published ones, and the published severity', () => {
  const ids = detectors.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const known: readonly string[] = FINDING_IDS;
  expect(ids.filter((id) => !known.includes(id))).toEqual([]);
  const severities: Record<string, string> = {
    'slow-client-evicted': 'warn',
    'no-event-ids': 'warn',
    'compressed-stream': 'warn',
    'reconnect-storm': 'warn',
    'late-headers': 'warn',
    'not-measured': 'info',
    'generator-saturated': 'inconclusive',
    'shard-lost': 'inconclusive',
    'no-events': 'inconclusive',
  };
  for (const { id } of detectors) expect([id, FINDINGS[id].severity]).toEqual([id, severities[id] ?? 'fail']);
});

const consequences = defects.flatMap(([name, spoil, id]) =>
  (FINDINGS[id as FindingId].explainedBy ?? []).map((cause) => ({ name, spoil, id, cause })),
);

it.each(consequences)(
  'the detectors do not report $id ($name) beside $cause, which explains it',
  ({ spoil, id, cause }) => {
    const [, spoilToo] = defects.find(([, , other]) => other === cause) as (typeof defects)[number];
    const record = soundRecord((sound) => {
      spoil(sound);
      spoilToo(sound);
    });
    const run = judgedRun(record);
    expect(detectors.find((detector) => detector.id === id)?.detect(run)).not.toBeNull();
    expect(Object.keys(found(record))).toContain(cause);
    expect(Object.keys(found(record))).not.toContain(id);
    const others = findingsOf(run, { failOn: [], ignore: [cause] });
    expect(others.map((finding) => finding.id)).not.toContain(id);
  },
);

it('the detectors run in the order of the table, causes before their consequences', () => {
  expect(detectors.map(({ id }) => id)).toEqual(FINDING_IDS);
  for (const id of FINDING_IDS) {
    const causes = FINDINGS[id].explainedBy ?? [];
    expect(causes.filter((cause) => FINDING_IDS.indexOf(cause) >= FINDING_IDS.indexOf(id))).toEqual([]);
  }
});

it('the detectors do not take an event that was cut short for one that is never dispatched', () => {
  expect(found(soundRecord(({ summary }) => countUp(summary.undispatched, 'no-blank-line', 8)))).toEqual({});
});

/** All is said: nobody need come back. */
function stop({ summary }: RunRecord): void {
  summary.refusalsByCause.set('server-stop', 8);
}

it('the detectors take 204 to clients that had a stream for its end, and to clients that never had one for a refusal', () => {
  expect(found(soundRecord(stop))).toEqual({});
  expect(Object.keys(found(emptyRecord(stop)))).toContain('connect-refused');
});

it.each<[string, Record<string, number>, string, string]>([
  [
    'replays behind the ids of events',
    { returnsAtHead: 6, returnsWhole: 2 },
    'fail',
    `the id of a heartbeat ("hb-7"): 3 events`,
  ],
  ['replays behind no id at all', { returnsAtHead: 6 }, 'warn', `the id of a heartbeat ("hb-7"): 3 events`],
])('resume-lost of a server whose heartbeats move the id and that %s', (_which, counts, severity, says) => {
  const record = soundRecord(({ summary }) => {
    Object.assign(summary.counts, { resumeLost: 3, returnsBehindBeat: 5, ...counts });
    summary.heartbeatIds.set('hb-7', 1);
  });
  expect(found(record)['resume-lost']).toMatchObject({ severity, title: expect.stringContaining(says) as string });
});

it.each([
  [
    6,
    'Ids started over: 6 clients that resumed with an id such as "50" received nothing for 9s, while a client without an id received "12".',
  ],
  [
    0,
    '6 clients that resumed with an id such as "50" received nothing for 9s, while clients without an id received events.',
  ],
])('resume-lost of a server that says nothing behind an id, %i of which are above its own', (idsBegunAnew, title) => {
  const record = soundRecord(({ summary }) => {
    Object.assign(summary.counts, { returnsUnheard: 6, idsBegunAnew });
    summary.unheardIds.set('50 12', 1);
    summary.times.unheard.record(9000);
  });
  expect(found(record)['resume-lost']).toMatchObject({ severity: 'fail', title });
});

it('resume-lost takes what had not come when a client left for nothing lost, where histories come late', () => {
  const record = soundRecord(({ summary }) => {
    Object.assign(summary.counts, { resumeLost: 5, resumeLate: 100, reordered: 100, returnsAtHead: 30 });
  });
  expect(Object.keys(found(record))).toEqual(['event-reordered']);
});

it.each([
  ['replays', { returnsWhole: 2 }, 'fail'],
  ['does not', {}, 'warn'],
])('resume-lost of a server that takes ids away and %s', (_which, counts, severity) => {
  const record = soundRecord(({ summary }) => {
    Object.assign(summary.counts, { idsTakenAway: 4, ...counts });
  });
  expect(found(record)['resume-lost']).toMatchObject({
    severity,
    title: expect.stringContaining('4 reconnections sent no Last-Event-ID') as string,
  });
});

it.each<[string, Record<string, number>, string]>([
  ['goes on with its newest event', { returnsAtHead: 20, returnsInPast: 1 }, 'warn'],
  ['replays some of it', { returnsAtHead: 20, returnsInPast: 5 }, 'fail'],
  ['said that it replays', { returnsAtHead: 20, replaysPromised: 1 }, 'fail'],
])('resume-lost of a server that %s weighs as it should', (_which, counts, severity) => {
  const record = soundRecord(({ summary, target }) => {
    target.embedded = false;
    Object.assign(summary.counts, { resumeLost: 3, ...counts });
  });
  const lost = found(record)['resume-lost'];
  expect(lost?.severity).toBe(severity);
  expect(lost?.title.startsWith('Last-Event-ID is ignored: events have ids, and 3 events were missing')).toBe(
    severity === 'warn',
  );
});

/** All ended at one moment, came back, and missed nothing. */
function restarted(record: RunRecord): void {
  const { summary } = record;
  Object.assign(summary.kind('healthy'), { dropped: 8, reconnects: 8 });
  countUp(summary.dropsByCause, 'eof-clean', 8);
  for (let end = 0; end < 8; end++) summary.times.deathAge.record(10_000 + end);
  summary.counts.diedTogether = 8;
}

it.each<[string, (record: RunRecord) => void, string]>([
  ['cleanly and at one moment', () => {}, 'warn'],
  ['at many moments', ({ summary }) => (summary.counts.diedTogether = 2), 'fail'],
  ['together, by their age', ({ summary }) => (summary.counts.diedApart = 8), 'fail'],
  ['by a reset, some of them', ({ summary }) => countUp(summary.dropsByCause, 'reset'), 'fail'],
  ['and did not come back', ({ summary }) => (summary.kind('healthy').reconnects = 7), 'fail'],
  ['and lost events', ({ summary }) => (summary.counts.resumeLost = 1), 'fail'],
])('client-dropped weighs as it should where all streams ended %s', (_how, change, severity) => {
  const record = soundRecord((sound) => {
    restarted(sound);
    change(sound);
  });
  expect(found(record)['client-dropped']?.severity).toBe(severity);
});

it('stale-client-kept is a warning where nobody promised an eviction and the writes of the server do not block yet', () => {
  const record = soundRecord(({ summary: { counts } }) => {
    Object.assign(counts, { evictionsSeen: 0, evictionsUnknown: 2, evictionsOverdue: 2 });
  });
  const kept = found(record)['stale-client-kept'];
  expect(kept?.severity).toBe('warn');
  expect(kept?.title).toMatch(/^2 clients that read nothing for 13\.5s .* could not notice yet\.$/);
});

it('the detectors only warn of a quiet feed whose heartbeats came', () => {
  const record = soundRecord(({ summary }) =>
    Object.assign(summary.counts, { events: 0, heartbeatsAfterGreeting: 100 }),
  );
  expect(found(record)['no-events']?.severity).toBe('warn');
  expect(found(soundRecord(({ summary }) => Object.assign(summary.counts, { events: 0 })))['no-events']?.severity).toBe(
    'inconclusive',
  );
});

it('the detectors find nothing in a run whose streams came to the end that the plan names, or were still on their way', () => {
  const record = soundRecord((sound) => {
    sound.until = { kind: 'event-name', name: 'done' };
    Object.assign(sound.summary.counts, { completed: 20, unfinished: 4 });
  });
  expect(found(record)).toEqual({});
});

it('the detectors only warn of streams that broke off behind the end that the plan names', () => {
  const record = soundRecord((sound) => {
    sound.until = { kind: 'event-name', name: 'done' };
    sound.summary.counts.completed = 20;
    countUp(sound.summary.brokenAfterEnd, 'reset', 5);
  });
  expect(found(record)['client-dropped']?.severity).toBe('warn');
});

it.each([
  ['no ids in answers with an end that are asked for by POST', true, 'POST', []],
  ['ids in streams with an end that are asked for by GET', true, 'GET', ['no-event-ids']],
  ['ids in streams without an end', false, 'POST', ['no-event-ids']],
])('the detectors ask for %s', (_what, ends, method, ids) => {
  const record = soundRecord((sound) => {
    sound.until = ends ? { kind: 'text', text: '[DONE]' } : null;
    sound.method = method;
    Object.assign(sound.summary.counts, { eventsWithId: 0, eventsWithoutId: 300, completed: 20 });
  });
  expect(Object.keys(found(record))).toEqual(ids);
});

it('the detectors do not let a quiet feed pass that was asked for an end', () => {
  const record = soundRecord((sound) => {
    sound.until = { kind: 'event-name', name: 'done' };
    Object.assign(sound.summary.counts, { events: 0, heartbeatsAfterGreeting: 100 });
  });
  expect(found(record)['no-events']?.severity).toBe('inconclusive');
});

it('the detectors do not let sessions of MCP pass that were asked for an end', () => {
  const record = soundRecord((sound) => {
    sound.until = { kind: 'event-name', name: 'done' };
    Object.assign(sound.summary.counts, { events: 0, sessions: 8 });
  });
  expect(Object.keys(found(record))).toEqual(['no-events']);
});

it('the detectors warn of events without data, and do not take them for events', () => {
  const record = soundRecord(({ summary }) => {
    Object.assign(summary.counts, { events: 0, comments: 0, withoutData: 40, heartbeatsAfterGreeting: 40 });
    countUp(summary.withoutDataSamples, 'event: ping');
  });
  expect(found(record)).toMatchObject({
    'malformed-stream': {
      severity: 'warn',
      title: '10 streams had 40 events without `data:` and no others, so clients dispatch no event, as in event: ping.',
    },
    'no-events': { severity: 'inconclusive', title: expect.stringContaining('only 40 events without data arrived') },
  });
});

it('the detectors warn of replacement characters that a decoder before the server has left, and of nothing else for it', () => {
  const { 'malformed-stream': malformed, ...others } = found(
    soundRecord(({ summary }) => {
      Object.assign(summary.counts, { eventsRead: 40, replacedEvents: 18, replacedCuts: 18, replacedCharacters: 41 });
      for (const place of ['a\ufffd\ufffdb', 'c\ufffd\ufffdd']) countUp(summary.replacedPlaces, place);
      countUp(summary.replacedSamples, '気\ufffd\ufffd\u001b[2J');
    }),
  );
  expect(others).toEqual({});
  expect(malformed).toMatchObject({
    severity: 'warn',
    hint: expect.stringContaining('one decoder for the whole stream'),
  });
  expect(malformed?.title).toContain(
    '41 replacement characters (U+FFFD) in 18 of 40 events, as in 気\ufffd\ufffd\\u001b[2J: the text may have been decoded in pieces',
  );
});

it('the detectors do not mention events without data among others, nor a quiet compressor where others heard events', () => {
  const record = soundRecord(({ summary }) =>
    Object.assign(summary.counts, { withoutData: 40, notFlushed: 1, bytesNotFlushed: 10 }),
  );
  expect(Object.keys(found(record))).toEqual([]);
});

it('the detectors do not say of a stream that cannot be read under an unknown coding that clients read it', () => {
  const record = soundRecord(({ summary }) => {
    summary.counts.unknownCodings = 2;
    countUp(summary.unknownCodingNames, 'zstd');
    countUp(summary.dropsByCause, 'decode', 2);
    Object.assign(summary.kind('healthy'), { dropped: 2, unreadable: 2 });
  });
  expect(Object.keys(found(record))).not.toContain('compressed-stream');
});

it('the detectors do not take a few clients that were sent pieces of events for a compressor that is not flushed', () => {
  const record = soundRecord(({ summary }) => Object.assign(summary.counts, { heldByCompressor: 1, stopsInEvent: 2 }));
  expect(Object.keys(found(record))).toEqual([]);
});

it('the detectors only warn of a silence that nobody promised to be shorter', () => {
  const record = soundRecord(({ summary, expectations }) => {
    Object.assign(expectations, { heartbeatMs: null, heartbeatWithinMs: UNPROMISED_SILENCE_MS });
    summary.times.silence.record(25_000);
  });
  expect(found(record)['heartbeat-missing']?.severity).toBe('warn');
});

it('the detectors do not ask for events on the streams of MCP sessions, which may have nothing to say', () => {
  const record = soundRecord(({ summary }) => Object.assign(summary.counts, { events: 0, sessions: 8 }));
  expect(Object.keys(found(record))).toEqual([]);
});

it('the detectors report the death of the server once, and not what went with it', () => {
  const record = soundRecord(({ server, summary }) => {
    server.down = 'was ended by SIGKILL';
    server.settled = null;
    summary.kind('healthy').dropped = 8;
    summary.kind('slow').dropped = 1;
    countUp(summary.refusalsByCause, 'refused', 20);
    Object.assign(summary.counts, { lost: 8, heartbeatsMissing: 8, heartbeatsLate: 1, evictionsMissed: 1 });
  });
  expect(Object.keys(found(record))).toEqual(['target-down']);
});

it('the detectors say that a remote target is gone when nobody is left and nobody comes in', () => {
  const record = soundRecord(({ server, series, summary }) => {
    Object.assign(server, emptyServerRecord(NO_ORIGIN));
    for (const point of series) if (point.tMs > 12_000) point.clients = 0;
    summary.refusalsByCause.set('refused', 8);
  });
  const findings = found(record);
  expect(findings['target-down']?.evidence).toEqual({
    lastSeenMs: 12_000,
    durationMs: 36_000,
    byCause: { refused: 8 },
  });
  expect(findings['target-down']?.title).toContain('12s after the start');
  expect(Object.keys(findings)).toEqual(['target-down', 'connect-refused']);
});

it('the detectors do not call a target gone whose clients are all refused by status', () => {
  const record = soundRecord(({ series, summary }) => {
    for (const point of series) point.clients = 0;
    summary.refusalsByCause.set('http-status: status 503', 8);
  });
  expect(Object.keys(found(record))).toEqual(['connect-refused']);
});

it.each<[name: string, waitedMs: readonly number[], says: RegExp]>([
  ['a time limit of 2 s', [2000, 2050, 2010], /^Each of 3 arrived after 2s, like a timeout .*TimeoutHandler/],
  ['answers that come at once', [0, 0, 50], /^The server is full/],
  ['answers after 1, 2 and 3 s', [1000, 2000, 3000], /^The server is full/],
])('the detectors tell refusals that a time limit gave from others: %s', (_name, waitedMs, says) => {
  const { 'connect-refused': refused } = found(
    soundRecord(({ summary }) => {
      summary.refusalsByCause.set('http-status: status 503', waitedMs.length);
      for (const ms of waitedMs) noteRefusalTime(summary, 503, ms);
    }),
  );
  expect(refused?.hint).toMatch(says);
});

it('the detectors hold a late first heartbeat against the promise, and not against an interval that was never seen', () => {
  const record = soundRecord(({ summary }) => {
    summary.counts.heartbeatsLate = 1;
    summary.times.heartbeatLateness.record(1400);
    summary.times.heartbeatInterval.reset();
  });
  expect(found(record)['heartbeat-late']?.title).toBe(
    '1 heartbeat arrived up to 1.4s late; the server announces one every 2s.',
  );
});

it('the detectors do not name an amount that the kernels swallowed before any was seen', () => {
  const record = soundRecord((sound) => {
    sound.swallowedBytes = 0;
    sound.summary.counts.evictionsUnknown = 1;
    sound.summary.counts.evictionsMissed = 1;
  });
  expect(found(record)['not-measured']?.hint).not.toContain('0B');
  expect(found(record)['stale-client-kept']?.hint).not.toContain('0B');
});

it('the detectors put all that was not measured into one finding', () => {
  const record = soundRecord(({ server, summary }) => {
    Object.assign(summary.counts, { eventsWithSeq: 0, evictionsUnknown: 1 });
    summary.sequence.clear();
    summary.times.latency.reset();
    server.settled = null;
  });
  expect(found(record)).toEqual({
    'not-measured': expect.objectContaining({
      evidence: {
        evictionsUnknown: 1,
        evictWithinMs: 13_500,
        swallowedBytes: 131_072,
        sequence: 'none',
        eventsWithSeq: 0,
        eventsWithTime: 0,
        clientsAfter: null,
      },
    }),
  });
});

it('the detectors do not miss what nobody could have measured: a target whose memory and clients are not told', () => {
  const record = soundRecord(({ server }) => {
    Object.assign(server, emptyServerRecord(NO_ORIGIN));
  });
  expect(found(record)).toEqual({});
});

it.each([
  ['just enough', 16 * MIB + 10 * 1024, []],
  ['a byte too little', 16 * MIB + 10 * 1024 + 1, ['memory-retained']],
])('the room that is left for a runtime is %s', (_name, retainedBytes, ids) => {
  const record = soundRecord(({ server }) => {
    server.settled = sample(45_500, 61 * MB, { clients: 0, heapUsedBytes: 10 * MB + retainedBytes });
  });
  expect(Object.keys(found(record))).toEqual(ids);
});

it('the room that is left for a runtime is judged by what is in use and not by what is resident', () => {
  const record = soundRecord(({ server }) => {
    server.settled = sample(45_500, 900 * MB, { clients: 0 });
  });
  expect(found(record)).toEqual({});
});

it.each<[how: string, healthyDropped: number, ids: string[]]>([
  ['alone', 0, ['slow-client-evicted']],
  ['with every healthy one', 8, ['client-dropped']],
  ['beside one healthy one of eight', 1, ['client-dropped', 'slow-client-evicted']],
])(
  'slow-client-evicted is said where slow clients were thrown out %s, unless others went with them',
  (_how, dropped, ids) => {
    const record = soundRecord(({ summary }) => {
      Object.assign(summary.kind('slow'), { connected: 2, dropped: 2 });
      Object.assign(summary.kind('healthy'), { connected: 8, dropped });
      if (dropped > 0) countUp(summary.dropsByCause, 'reset', dropped);
    });
    expect(Object.keys(found(record))).toEqual(ids);
  },
);
