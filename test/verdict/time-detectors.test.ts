import { expect, it } from 'vitest';
import type { RunRecord } from '../../src/record/run-record.ts';
import type { TimeName } from '../../src/record/summary.ts';
import { bufferedStream } from '../../src/verdict/detectors/buffered-stream.ts';
import { headOfLineBlocking } from '../../src/verdict/detectors/head-of-line-blocking.ts';
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
  });
  expect(found?.title).toContain('3 streams stayed open and fell silent: not a byte for 6s');
  expect(found?.evidence).toMatchObject({ silent: 3, healthy: 8, heartbeatMs: 2000 });
});

it('silent-stream says the silence that was allowed where nothing is promised', () => {
  const found = detected(silentStream, ({ summary, expectations }) => {
    summary.counts.silentStreams = 1;
    Object.assign(expectations, { heartbeatMs: null, heartbeatWithinMs: 20_000 });
  });
  expect(found?.title).toContain('1 stream stayed open and fell silent: not a byte for 20s');
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
  expect(found?.title).toContain('healthy ones waited too: p99 7.9');
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
    /^While 1 client accepted nothing, 7 of 8 healthy clients heard no event for up to 4\.5s and then 126 at once; events were at most 250ms apart before\.$/,
  );
  expect(found?.evidence).toMatchObject({ healthy: 8, stalled: 1, clientsHeld: 7, heldBack: 126 });
});

it('head-of-line-blocking is a warning where events have no time and none came any more', () => {
  const found = pausing({ open: same(8, 9000) });
  expect(found?.severity).toBe('warn');
  expect(found?.title).toContain('events stopped for 8 of 8 healthy clients: none for the last 9s');
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
  expect(found?.title).toContain('100 % of them, in bunches of 4, held back for up to 4s');
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

interface Deaths {
  ages?: number[];
  silences?: number[];
  timesMs?: number[];
  together?: number;
  survivedAges?: number[];
  survivedSilences?: number[];
}

/** 20 streams that ended, scattered in all respects, unless said otherwise. */
function cut({
  ages,
  silences,
  timesMs,
  together = 0,
  survivedAges = [],
  survivedSilences = [],
}: Deaths): Detected | null {
  return detected(idleCut, (record) => {
    record.summary.times.silence.reset();
    fill(record, 'deathAge', ages ?? between(20, 3000, 90_000));
    fill(record, 'deathSilence', silences ?? between(20, 0, 1000));
    fill(record, 'deathTime', timesMs ?? between(20, 0, 90_000));
    fill(record, 'survivedAge', survivedAges);
    fill(record, 'silence', survivedSilences);
    record.summary.counts.diedTogether = together;
  });
}

it('idle-cut is said of one age, with what is known to cut at it', () => {
  const found = cut({ ages: between(20, 29_900, 30_050), survivedAges: between(30, 100, 29_000) });
  expect(found?.title).toMatch(/cut at the age of 30s, whatever flows: 80 % of 20 streams/);
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
  expect(found?.hint).toContain('No layer');
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
  ['they ended at less than a second', { ages: same(20, 900) }],
])('idle-cut is not said when %s', (_name, deaths) => {
  expect(cut(deaths)).toBeNull();
});

it('reconnect-storm says how many were dropped and how many came back at one moment', () => {
  const found = detected(reconnectStorm, ({ summary }) => {
    Object.assign(summary.counts, { stormDropped: 500, stormPeak: 480 });
  });
  expect(found?.title).toBe(
    '500 streams were dropped within a second, and 480 of their clients came back within 250ms.',
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
