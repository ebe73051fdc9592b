import { expect, it } from 'vitest';
import type { RunRecord } from '../../src/record/run-record.ts';
import type { TimeName } from '../../src/record/summary.ts';
import { bufferedStream } from '../../src/verdict/detectors/buffered-stream.ts';
import { headOfLineBlocking } from '../../src/verdict/detectors/head-of-line-blocking.ts';
import { heartbeatMissing } from '../../src/verdict/detectors/heartbeat-missing.ts';
import { countUp } from '../../src/measure/figures.ts';
import { idleCut } from '../../src/verdict/detectors/idle-cut.ts';
import { reconnectStorm } from '../../src/verdict/detectors/reconnect-storm.ts';
import { silentStream } from '../../src/verdict/detectors/silent-stream.ts';
import type { Detected } from '../../src/findings/finding.ts';
import type { Detector } from '../../src/verdict/finding.ts';
import { findingsOf } from '../../src/verdict/findings-of-run.ts';
import { judgedRun } from '../../src/verdict/judged-run.ts';
import { soundRecord } from '../support/run-record.ts';

function fill(record: RunRecord, name: TimeName, samplesMs: readonly number[]): void {
  for (const ms of samplesMs) record.summary.times[name].record(ms);
}

/** Evenly from one to the other. */
function between(count: number, fromMs: number, toMs: number): number[] {
  return Array.from({ length: count }, (_none, at) => fromMs + ((toMs - fromMs) * at) / Math.max(count - 1, 1));
}

const same = (count: number, ms: number): number[] => between(count, ms, ms);

function detected({ detect }: Detector, change: (record: RunRecord) => void): Detected | null {
  return detect(judgedRun(soundRecord(change)));
}

it.each([silentStream, headOfLineBlocking, bufferedStream, idleCut, reconnectStorm])(
  '$id is not said of a sound run',
  ({ detect }) => {
    expect(detect(judgedRun(soundRecord()))).toBeNull();
  },
);

it('silent-stream says how many, and for how long nothing came', () => {
  const found = detected(silentStream, ({ summary }) => {
    summary.counts.silentStreams = 3;
    for (const ms of [8000, 15_000]) summary.times.withoutByte.record(ms);
  });
  expect(found?.title).toContain('3 streams stayed open but fell silent: not a byte for 6s and up to 15s, while');
  expect(found?.evidence).toMatchObject({ silent: 3, healthy: 8, heartbeatMs: 2000 });
});

it('silent-stream says the silence that was allowed where nothing is promised', () => {
  const found = detected(silentStream, ({ summary, expectations }) => {
    summary.counts.silentStreams = 1;
    Object.assign(expectations, { heartbeatMs: null, heartbeatWithinMs: 20_000 });
  });
  expect(found?.title).toContain('1 stream stayed open but fell silent: not a byte for 20s,');
});

interface Phases {
  before?: number[];
  during?: number[];
  sent?: number[];
  after?: number[];
  held?: number;
  unheard?: number;
  ownStopMs?: number;
}

/** 100 healthy events each before, while and after; the middle ones wait for up to 8 s. */
function blocked({
  before,
  during,
  sent,
  after,
  held = 60,
  unheard = 0,
  ownStopMs = 20,
}: Phases = {}): Detected | null {
  return detected(headOfLineBlocking, (record) => {
    const waits = [...between(40, 1, 5), ...between(60, 1, 8000)];
    fill(record, 'latencyBeforeStall', before ?? between(100, 1, 5));
    fill(record, 'latencyWhileStalled', during ?? waits);
    fill(record, 'sentWhileStalled', sent ?? during ?? waits);
    fill(record, 'latencyAfterStall', after ?? between(100, 1, 5));
    Object.assign(record.summary.counts, { bunchedWhileStalled: held, unheardWhileStalled: unheard });
    record.generator.eventLoopDelayMs.max = ownStopMs;
  });
}

it('head-of-line-blocking is said with the figures of before, while and after', () => {
  const found = blocked();
  expect(found?.title).toContain('healthy clients had to wait: p99 7.9');
  expect(found?.title).toContain('instead of 5ms');
  expect(found?.evidence).toMatchObject({
    beforeMs: { count: 100 },
    whileStalledMs: { count: 100 },
    afterMs: { count: 100 },
    heldBack: 60,
    neverCame: 0,
  });
});

it.each<[name: string, phases: Phases]>([
  [
    'nobody was removed, and nothing ever came',
    {
      after: [],
      sent: between(40, 1, 5),
      held: 0,
      unheard: 60,
      during: [...between(40, 1, 5), ...between(60, 1000, 15_000)],
    },
  ],
  ['the sender itself was held up', { sent: same(100, 1), during: [...between(20, 1, 5), ...between(80, 1000, 8000)] }],
  ['our own loop stood still for a moment', { ownStopMs: 500 }],
])('head-of-line-blocking is said when %s', (_name, phases) => {
  expect(blocked(phases)).not.toBeNull();
});

it.each<[name: string, phases: Phases]>([
  ['nobody stalled', { during: [], sent: [] }],
  ['it was as slow before', { before: between(100, 1, 2000) }],
  ['too little was heard before', { before: between(19, 1, 5) }],
  ['too little was heard meanwhile', { during: same(19, 5000) }],
  ['it did not get better when they were gone', { after: between(100, 4000, 9000) }],
  ['it was less than half a second', { during: between(100, 1, 480) }],
  ['our own loop stood still that long', { ownStopMs: 7000 }],
  [
    'the server was late, not the way to the clients',
    { sent: same(100, 1), during: [...same(80, 2), ...between(20, 100, 5000)] },
  ],
  ['the server was too slow, but sent one event after the other', { held: 5 }],
])('head-of-line-blocking is not said when %s', (_name, phases) => {
  expect(blocked(phases)).toBeNull();
});

interface Pauses {
  /** The longest time between two events of each of 8 clients. */
  before?: number[];
  held?: number[];
  after?: number[];
  open?: number[];
  came?: number;
  ownStopMs?: number;
}

/** 8 healthy clients, and events of which nobody knows the time. */
function pausing({ before, held = [], after = [], open = [], came = 160, ownStopMs = 20 }: Pauses): Detected | null {
  return detected(headOfLineBlocking, (record) => {
    fill(record, 'pauseBeforeStall', before ?? same(8, 250));
    fill(record, 'pauseHeld', held);
    fill(record, 'pauseAfterStall', after);
    fill(record, 'pauseToTheEnd', open);
    Object.assign(record.summary.counts, { cameBeforeStall: came, heldWhileStalled: 18 * held.length });
    record.generator.eventLoopDelayMs.max = ownStopMs;
  });
}

it('head-of-line-blocking is said where events have no time, by pauses behind which they come at once', () => {
  const found = pausing({ held: same(7, 4500), after: same(8, 260) });
  expect(found?.severity).toBeUndefined();
  expect(found?.title).toMatch(
    /^While 1 client read nothing, 7 of 8 healthy clients received no event for up to 4\.5s, and then 126 at the same moment; events were at most 250ms apart before that\.$/,
  );
  expect(found?.evidence).toMatchObject({ healthy: 8, stalled: 1, clientsHeld: 7, heldBack: 126 });
});

it('head-of-line-blocking is a warning where events have no time and none came any more', () => {
  const found = pausing({ open: same(8, 9000) });
  expect(found?.severity).toBe('warn');
  expect(found?.title).toContain('events stopped for 8 of 8 healthy clients: none in the last 9s,');
});

it.each<[name: string, pauses: Pauses]>([
  ['came as far apart before', { before: same(8, 1000), held: same(8, 4500) }],
  ['were too few before', { came: 40, held: same(8, 4500) }],
  ['came late for a few only', { held: same(3, 4500) }],
  ['came two seconds late at most', { held: same(8, 1900) }],
  ['were late by as much as our own loop', { held: same(8, 4500), ownStopMs: 2600 }],
  ['came no better when those were gone', { held: same(8, 4500), after: same(8, 4000) }],
  ['stopped for a few only', { open: same(4, 9000) }],
])('head-of-line-blocking is not said where events have no time and %s', (_name, pauses) => {
  expect(pausing(pauses)).toBeNull();
});

it('head-of-line-blocking is told by times where there are any', () => {
  const found = detected(headOfLineBlocking, (record) => {
    fill(record, 'pauseBeforeStall', same(8, 250));
    fill(record, 'pauseHeld', same(8, 4500));
    fill(record, 'latencyBeforeStall', between(100, 1, 5));
    Object.assign(record.summary.counts, { cameBeforeStall: 160, heldWhileStalled: 100, stamped: 300 });
  });
  expect(found).toBeNull();
});

function buffered(counts: Record<string, number>, change: (record: RunRecord) => void = () => {}): Detected | null {
  return detected(bufferedStream, (record) => {
    record.summary.times.latencySent.reset();
    fill(record, 'latencySent', between(100, 1, 4000));
    Object.assign(record.summary.counts, { stamped: 300, bunched: 300, bunches: 75, ...counts });
    change(record);
  });
}

it('buffered-stream is said with the share, the size of the bunches and the time held back', () => {
  const found = buffered({});
  expect(found?.title).toContain(
    '100 % of the events arrived in batches of 4 although they were sent separately, up to 4s',
  );
  expect(found?.evidence).toMatchObject({ events: 300, inBunches: 300, bunches: 75, eventsPerBunch: 4 });
});

it('buffered-stream is said also where events only tell when they were due', () => {
  expect(buffered({}, ({ summary }) => summary.times.latencySent.reset())).not.toBeNull();
});

it.each<[name: string, counts: Record<string, number>]>([
  ['less than half came so', { bunched: 149 }],
  ['it happened once or twice to each', { bunches: 23 }],
  ['there was nothing to tell by', { stamped: 0, bunched: 0, bunches: 0 }],
])('buffered-stream is not said when %s', (_name, counts) => {
  expect(buffered(counts)).toBeNull();
});

it('buffered-stream is not said when events were late before they were sent', () => {
  expect(
    buffered({}, ({ summary }) => {
      summary.times.latencySent.reset();
      for (let at = 0; at < 100; at++) summary.times.latencySent.record(2);
    }),
  ).toBeNull();
});

it('buffered-stream is said of streams that come from a cache, with how many of how many and by what that is known', () => {
  const found = detected(bufferedStream, ({ summary }) => {
    Object.assign(summary.counts, { streamsOpened: 28, streamsCached: 16 });
    summary.cacheSigns.set('Age: 12 (Via: 1.1 \u001b[2J)', 1);
  });
  expect(found?.title).toBe(
    '16 of 28 streams came from a cache, which sends a recording instead of the live stream: Age: 12 (Via: 1.1 \\u001b[2J).',
  );
  expect(found?.hint).toContain('Cache-Control: no-store');
  expect(found?.explains).toBe(false);
});

function late(record: RunRecord): void {
  record.summary.times.latencySent.reset();
  fill(record, 'latencySent', between(100, 40.2, 44));
}

it('buffered-stream warns of events that are late by a delayed acknowledgement, where both ends have one clock', () => {
  const found = detected(bufferedStream, late);
  expect(found).toMatchObject({ severity: 'warn', explains: false, evidence: { delayMs: 40, delayed: 100, of: 100 } });
  expect(found?.title).toContain('100 % of 100 events arrived 40ms late');
  expect(found?.hint).toContain('setNoDelay()');
  for (const target of [{ url: 'http://192.0.2.7/events' }, { proxy: 'http://192.0.2.8:3128' }]) {
    const elsewhere = detected(bufferedStream, (record) => {
      late(record);
      Object.assign(record.target, target);
    });
    expect(elsewhere).toBeNull();
  }
});

it('buffered-stream warns of events whose rest comes when an acknowledgement does, on any clock', () => {
  const found = detected(bufferedStream, (record) => {
    fill(record, 'restAfter', between(200, 40.2, 44));
    Object.assign(record.target, { url: 'http://192.0.2.7/events' });
  });
  expect(found?.title).toContain('200 of 309 events arrived in two parts, the second 40ms later,');
});

interface Rarely {
  counts?: Record<string, number>;
  dueMs?: readonly number[];
  sentMs?: readonly number[];
  ownStopMs?: number;
}

/** 8 clients, each of which heard one bunch of ten events. */
function rarely({ counts = {}, dueMs = same(8, 9500), sentMs = [], ownStopMs = 20 }: Rarely): Detected | null {
  return buffered({ stamped: 80, bunched: 80, bunches: 8, ...counts }, (record) => {
    fill(record, 'bunchDue', dueMs);
    fill(record, 'bunchSent', sentMs);
    record.generator.eventLoopDelayMs.max = ownStopMs;
  });
}

it('buffered-stream is said of one bunch a client where nearly all events are in it', () => {
  expect(rarely({})?.title).toContain('100 % of the events arrived in batches of 10');
});

it.each<[name: string, seen: Rarely]>([
  ['events came by themselves as well', { counts: { stamped: 90 } }],
  ['they were due over less than two seconds', { dueMs: same(8, 1990) }],
  ['our own loop may have stood still for the rest', { dueMs: same(8, 2500), ownStopMs: 600 }],
  ['few clients heard one', { dueMs: same(3, 9500) }],
  ['there were few events in it', { counts: { stamped: 24, bunched: 24 } }],
])('buffered-stream is not said of one bunch a client when %s', (_name, seen) => {
  expect(rarely(seen)).toBeNull();
});

it('buffered-stream warns where events were held for five seconds once, by the times at which they were sent', () => {
  const found = rarely({ counts: { stamped: 300 }, sentMs: same(7, 8500) });
  expect(found).toMatchObject({ severity: 'warn', explains: false });
  expect(found?.title).toContain('sent over up to 8.5s arrived together, 7 times on 8 streams:');
  expect(rarely({ counts: { stamped: 300 }, sentMs: same(7, 4900) })).toBeNull();
  expect(rarely({ counts: { stamped: 300 }, sentMs: same(3, 8500) })).toBeNull();
});

function heldForNext(counts: Record<string, number>, heldMs: readonly number[]): Detected | null {
  return detected(bufferedStream, (record) => {
    Object.assign(record.summary.counts, { nextJudged: 100, heldUntilNext: 100, ...counts });
    fill(record, 'heldForNext', heldMs);
  });
}

it('buffered-stream is said where each event comes with the next write only', () => {
  const found = heldForNext({}, same(100, 2000));
  expect(found?.title).toContain(
    'Events arrive only with the next write: 100 % of 100 were held back until then, for 2s',
  );
  expect(found?.hint).toContain('Flush after each event');
});

it('buffered-stream is said where each event comes with the next heartbeat only', () => {
  const counts = { heldUntilNext: 0, heldUntilBeat: 95, beatsAlone: 30 };
  expect(heldForNext(counts, between(95, 500, 4000))?.title).toContain('only with the next heartbeat');
});

it.each<[name: string, counts: Record<string, number>, heldMs: number[]]>([
  ['fewer than four in five came with the next write', { heldUntilNext: 79 }, same(79, 2000)],
  ['it was seen on less than each stream', { nextJudged: 7, heldUntilNext: 7 }, same(7, 2000)],
  ['the time was only found, and all are late by the same', { nextGuessed: 100 }, same(100, 2000)],
  [
    'all that come with a heartbeat are late by the same',
    { heldUntilNext: 0, heldUntilBeat: 100, beatsAlone: 9 },
    same(100, 5000),
  ],
  ['each event is followed by a comment', { heldUntilNext: 0, heldUntilBeat: 100 }, between(100, 500, 4000)],
])('buffered-stream is not said when %s', (_name, counts, heldMs) => {
  expect(heldForNext(counts, heldMs)).toBeNull();
});

interface Silence {
  streams?: number;
  sinceMs?: readonly number[];
  openedMs?: readonly number[];
  usuallyMs?: number;
  newcomer?: string;
  withinMs?: number;
  missing?: number;
}

/** 20 streams that opened over four seconds and stopped at one moment. */
function silent({ detect }: Detector, change: Silence): Detected | null {
  const { sinceMs = same(20, 8200), openedMs = between(20, 0, 4000), usuallyMs = 1000 } = change;
  const { newcomer = 'hears', streams = 20, withinMs = 55_000, missing = 0 } = change;
  const run = soundRecord(({ summary, expectations }) => {
    const { times, counts } = summary;
    times.silence.reset();
    for (let stream = 0; stream < streams; stream++) times.silence.record(20_000);
    for (const ms of sinceMs) times.silentSince.record(ms);
    for (const ms of openedMs) times.silentOpened.record(ms);
    times.silentFor.record(20_000);
    times.silentUsually.record(usuallyMs);
    summary.newcomer.set(newcomer, 1);
    counts.heartbeatsMissing = missing;
    Object.assign(expectations, { heartbeatMs: null, heartbeatWithinMs: withinMs });
  });
  return detect(judgedRun(run));
}

it('silent-stream is said of streams that stopped at one moment while a client that came afterwards was sent events', () => {
  expect(silent(silentStream, {})?.title).toBe(
    'No client received a byte after 8.2s: all 20 streams stayed open and silent for 20s, while a new client received events.',
  );
  expect(silent(silentStream, {})?.hint).toContain('keeps the connections');
});

it('silent-stream is said where a new client cannot reach the server', () => {
  expect(silent(silentStream, { newcomer: 'refused' })?.title).toContain(
    'while a new client could not reach the server',
  );
});

it.each<[name: string, change: Silence]>([
  ['a client that came afterwards heard nothing either', { newcomer: 'quiet' }],
  ['they stopped at different moments', { sinceMs: between(20, 8200, 12_200) }],
  ['others went on', { streams: 40 }],
  ['they opened at one moment, so that each may have said all', { openedMs: between(20, 0, 900) }],
  ['they opened within one interval of the feed', { openedMs: between(20, 0, 1400), usuallyMs: 1000 }],
])('silent-stream is not said when %s', (_name, change) => {
  expect(silent(silentStream, change)).toBeNull();
});

it('heartbeat-missing says since when nobody heard a byte, and for how long', () => {
  const found = silent(heartbeatMissing, { newcomer: 'quiet', withinMs: 3000, missing: 20 });
  expect(found?.title).toBe(
    'No client received a byte after 8.2s: all 20 streams stayed open and silent for 20s (expected within 3s).',
  );
  expect(found?.hint).toContain('keeps the connections');
});

it('heartbeat-missing warns of a silence of all that nobody promised to break, and says since when', () => {
  const found = silent(heartbeatMissing, { newcomer: 'quiet' });
  expect(found?.severity).toBe('warn');
  expect(found?.title).toContain(
    'No client received a byte after 8.2s: all 20 streams stayed open and silent for 20s, which ',
  );
});

interface Deaths {
  ages?: number[];
  silences?: number[];
  timesMs?: number[];
  together?: number;
  /** Those of them that no restart ended. */
  apart?: number;
  survivedAges?: number[];
  survivedSilences?: number[];
  /** Layers that the answers name. */
  named?: string[];
  rotated?: number;
  /** Our own event loop came round so late. */
  delayMs?: number;
}

/** 20 streams that ended, scattered in all respects, unless said otherwise. */
function cut({
  ages,
  silences,
  timesMs,
  together = 0,
  survivedAges = [],
  survivedSilences = [],
  apart = 0,
  named = [],
  rotated = 0,
  delayMs = 0,
}: Deaths): Detected | null {
  return detected(idleCut, (record) => {
    record.summary.times.silence.reset();
    fill(record, 'deathAge', ages ?? between(20, 3000, 90_000));
    fill(record, 'deathSilence', silences ?? between(20, 0, 1000));
    fill(record, 'deathTime', timesMs ?? between(20, 0, 90_000));
    fill(record, 'survivedAge', survivedAges);
    fill(record, 'survivedSilence', survivedSilences);
    Object.assign(record.summary.counts, { diedTogether: together, diedApart: apart, rotated });
    for (const layer of named) countUp(record.summary.layersNamed, layer);
    record.generator.eventLoopDelayMs.max = delayMs;
  });
}

it('idle-cut is said of one age, with what is known to cut at it', () => {
  const found = cut({ ages: between(20, 29_900, 30_050), survivedAges: between(30, 100, 29_000) });
  expect(found?.title).toMatch(/cut at the age of 30s, even while data flows: 80 % of 20 streams/);
  expect(found?.evidence).toMatchObject({ kind: 'absolute', deaths: 20, survivors: 0 });
  expect(found?.hint).toContain('Google external Application Load Balancer');
  expect(found?.hint).toContain('AWS API Gateway REST');
  expect(found?.hint).not.toContain('CloudFront');
});

it('idle-cut is said of one silence, with what is known to cut after it', () => {
  const found = cut({
    silences: between(20, 60_000, 60_020),
    ages: between(20, 61_000, 300_000),
    survivedSilences: between(20, 100, 59_000),
  });
  expect(found?.title).toContain('cut after 1m without a byte');
  expect(found?.evidence['kind']).toBe('idle');
  expect(found?.hint).toMatch(/nginx \(.*AWS Application Load Balancer/);
  expect(found?.hint).not.toContain('Envoy');
});

it('idle-cut is said of the silence when both are alike and only that is known', () => {
  const found = cut({ ages: same(20, 350_000), silences: same(20, 350_000) });
  expect(found?.evidence['kind']).toBe('idle');
});

it('idle-cut says so when no layer is known for it', () => {
  const found = cut({ ages: same(20, 42_000) });
  expect(found?.title).toContain('at the age of 42s');
  expect(found?.hint).toContain('not the default of any known layer');
});

it('idle-cut does not tell silence from age where streams were silent until they were cut, and puts heartbeats first', () => {
  const found = cut({ ages: same(20, 3000), silences: same(20, 3000) });
  expect(found?.evidence).toMatchObject({ kind: 'idle-or-absolute', limitMs: expect.closeTo(3000, -2) as number });
  expect(found?.title).toContain('without data they look the same');
  expect(found?.hint).toMatch(/^Send every client a comment .*nginx.*still cut at the same age.*Go/);
});

it('idle-cut takes a limit for an idle one where the answers name a layer that has no other', () => {
  const found = cut({ ages: same(20, 3000), silences: same(20, 3000), named: ['nginx'] });
  expect(found?.evidence['kind']).toBe('idle');
  expect(found?.hint).toContain('The response names nginx; set `proxy_read_timeout`.');
});

it('idle-cut is said of the age where the same silence was survived before', () => {
  const found = cut({ ages: same(20, 9000), silences: same(20, 3000), survivedSilences: same(20, 3000) });
  expect(found?.title).toContain('cut at the age of 9s, even while data flows');
  expect(found?.evidence).toMatchObject({ kind: 'absolute', silenceMs: null });
  expect(found?.hint).toContain('WriteTimeout');
});

it('idle-cut is refuted by one silence that is clearly longer, unless we stood still ourselves', () => {
  const deaths = { silences: same(20, 5000), survivedSilences: [...same(40, 1000), 6000] };
  expect(cut(deaths)).toBeNull();
  expect(cut({ ...deaths, delayMs: 900 })?.evidence['kind']).toBe('idle');
});

it('idle-cut is said of ages that end when the next event is due, at several moments', () => {
  const deaths = {
    ages: between(20, 10_100, 14_800),
    silences: same(20, 5000),
    survivedSilences: same(20, 5000),
    timesMs: [...same(10, 0), ...same(10, 5000)],
    together: 20,
  };
  const found = cut({ ...deaths, apart: 20 });
  expect(found?.title).toMatch(
    /cut at ages from 10\.\ds to 1\d\.\ds, even while data flows, each when its next event was due/,
  );
  expect(found?.hint).toContain("Go's WriteTimeout");
  expect(cut(deaths)?.title).toContain('so they may be restarts');
  expect(cut({ ...deaths, ages: between(20, 5100, 14_800), apart: 20 })).toBeNull();
});

it('idle-cut is said of an age at which others ended at other moments, though many ended together', () => {
  const deaths = { ages: same(20, 8000), together: 20, timesMs: between(20, 0, 2000) };
  expect(cut({ ...deaths, apart: 20 })?.evidence['kind']).toBe('absolute');
  expect(cut(deaths)).toBeNull();
});

it.each([
  ['Envoy to clients of HTTP/1.1', 16_000, 'Envoy route'],
  ['Tomcat', 30_100, 'Tomcat, Spring SseEmitter'],
])('idle-cut names the limit of age of %s', (_name, ageMs, layer) => {
  expect(cut({ ages: same(20, ageMs) })?.hint).toContain(layer);
});

it('idle-cut is said although one in five died of something else', () => {
  expect(cut({ ages: [...same(16, 5000), ...between(4, 1000, 4000)] })).not.toBeNull();
  expect(cut({ ages: [...same(15, 5000), ...between(5, 1000, 4000)] })).toBeNull();
});

it('idle-cut is said of silences that began for all at once, when it happened twice', () => {
  const silence = { silences: same(20, 60_000), together: 20 };
  expect(cut({ ...silence, timesMs: [...same(10, 0), ...same(10, 61_000)] })).not.toBeNull();
  expect(cut({ ...silence, timesMs: same(20, 0) })).toBeNull();
});

it.each<[name: string, deaths: Deaths]>([
  ['ends scatter', {}],
  ['four streams ended', { ages: same(4, 5000), silences: same(4, 10) }],
  ['all ended at one instant', { ages: same(20, 5000), together: 20 }],
  ['they ended after their own maximum age with a jitter of 20 %', { ages: between(20, 4000, 6000) }],
  ['the maximum age with a jitter is two minutes', { ages: between(20, 96_000, 144_000) }],
  ['they ended after their fourth event', { ages: between(20, 3000, 4000) }],
  ['a few ended at an age that most survived', { ages: same(5, 3500), survivedAges: same(95, 15_000) }],
  ['silences were alike but many survived longer ones', { silences: same(20, 5000), survivedSilences: same(20, 9000) }],
  ['they ended right after a byte', { silences: same(20, 1) }],
  ['all that ended did so as planned', { ages: same(20, 5000), rotated: 20 }],
  ['they ended at less than a second', { ages: same(20, 900) }],
])('idle-cut is not said when %s', (_name, deaths) => {
  expect(cut(deaths)).toBeNull();
});

it('reconnect-storm says how many were dropped and how many came back at one moment', () => {
  const found = detected(reconnectStorm, ({ summary }) => {
    Object.assign(summary.counts, { stormDropped: 500, stormPeak: 480 });
  });
  expect(found?.title).toBe(
    '500 of 500 streams were dropped within a second, and 480 of their clients reconnected within 250ms.',
  );
});

it('reconnect-storm says that clients come back in a loop', () => {
  expect(
    detected(reconnectStorm, ({ summary }) => {
      summary.counts.shortLives = 41;
    })?.title,
  ).toContain('41 streams of 8 clients');
  expect(
    detected(reconnectStorm, ({ summary }) => {
      summary.counts.shortLives = 40;
    }),
  ).toBeNull();
});

it.each([silentStream, headOfLineBlocking, bufferedStream, idleCut, reconnectStorm])(
  '$id is not reported of a server that died',
  ({ id, detect }) => {
    const run = judgedRun(
      soundRecord((record) => {
        record.server.down = 'was ended by SIGKILL';
        Object.assign(record.summary.counts, {
          silentStreams: 8,
          stamped: 300,
          bunched: 300,
          bunches: 75,
          bunchedWhileStalled: 60,
          stormDropped: 500,
          stormPeak: 480,
          shortLives: 99,
        });
        fill(record, 'latencySent', same(1000, 5000));
        fill(record, 'deathAge', same(20, 5000));
        fill(record, 'latencyBeforeStall', same(100, 1));
        fill(record, 'latencyWhileStalled', same(100, 5000));
        fill(record, 'sentWhileStalled', same(100, 5000));
      }),
    );
    expect(detect(run)).not.toBeNull();
    expect(findingsOf(run, { failOn: [], ignore: [] }).map((finding) => finding.id)).not.toContain(id);
  },
);
