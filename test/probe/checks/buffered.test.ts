import { buffered } from '../../../src/probe/checks/buffered.ts';
import { judges } from '../../support/check-table.ts';
import { type Course, HEAD_MS, observed, pings, type Said, tick, ticks } from '../../support/observations.ts';

/** Stamps have to be near the clock of this machine to be believed; only their differences count. */
const SERVER_MS = Date.now();

/** Events that were sent at these ages and all came at one. */
function sent(cameMs: number, ...sentMs: readonly number[]): Said[] {
  return sentMs.map((ageMs) => [cameMs, tick(ageMs, { sent: SERVER_MS + ageMs })]);
}

/** So many events that come when they are sent, one each second. */
function each(count: number, fromMs: number): Said[] {
  return Array.from({ length: count }, (_, at) => fromMs + at * 1000).flatMap((ageMs) => sent(ageMs, ageMs));
}

function sentAt(number: number, ageMs: number): string {
  return tick(number, { sent: SERVER_MS + ageMs });
}

/** The ticks of the main stream from the third on, that much later, on a stream that opened 900 ms after it. */
function twin(laterMs: number, count = 4): Course {
  const opened = 900;
  const says = ticks(count + 2)
    .slice(2)
    .map(([ageMs, text]): Said => [ageMs - opened + laterMs, text]);
  return { headMs: HEAD_MS + opened, says };
}

const LATE_BY_40 = {
  wallOffsetMs: SERVER_MS,
  main: { headMs: 0, says: each(10, 1000).map(([ageMs, text]): Said => [ageMs + 41, text]) },
};

const HELD_TWICE = [...sent(1000, 0, 250, 500), ...sent(2000, 1500, 1750, 2000)];

judges(buffered, [
  [
    'finds a compressor that stands still in the middle of events, which say no time',
    {
      main: {
        codedBytes: 900,
        says: [
          [2000, 'data: a\n\ndata: b\n\nda'],
          [5000, 'ta: c\n\ndata: d\n\ndata: '],
          [8000, 'e\n\ndata: f\n\n'],
        ],
      },
    },
    {
      status: 'fail',
      title:
        'The stream is compressed, and the compressor is not flushed after each event: data stopped 2 times for 500ms or more in the middle of an event.',
      evidence: { finding: 'buffered-stream', stopsInEvent: 2 },
      advises: true,
    },
  ],
  [
    'finds a compressor that stands still in the middle of an event for long',
    { main: { codedBytes: 900, says: [[2000, 'data: a\n\ndata: b\n\nda']] } },
    { status: 'fail', evidence: { stopsInEvent: 1 } },
  ],
  [
    'does not take one piece of an event that was late for a compressor that is not flushed',
    {
      main: {
        codedBytes: 900,
        says: [
          [2000, 'data: a\n\nda'],
          [2700, 'ta: b\n\n'],
        ],
      },
    },
    { status: 'pass' },
  ],
  [
    'does not take a server that writes its events in pieces for a compressor',
    {
      main: {
        says: [
          [2000, 'data: a\n\nda'],
          [4000, 'ta: b\n\nda'],
          [6000, 'ta: c\n\n'],
        ],
      },
    },
    { status: 'pass' },
  ],
  ['passes a sound stream', {}, { status: 'pass', title: 'events arrive when they are sent' }],
  ['skips a stream on which nothing came', { main: { says: [] } }, { status: 'skip' }],
  [
    'fails events that were sent half a second apart and came together, twice',
    { main: { says: HELD_TWICE } },
    {
      status: 'fail',
      title: '100 % of the events arrived in batches of 3 although they were sent separately, up to 1s',
      evidence: { finding: 'buffered-stream', bunches: 2 },
    },
  ],
  [
    'passes a burst, whose events were sent within less than half a second',
    { main: { says: [...sent(1000, 0, 250, 499), ...sent(2000, 1500, 1750, 1999)] } },
    { status: 'pass', evidence: { bunches: 0 } },
  ],
  [
    'passes a single bunch',
    { main: { says: sent(1000, 0, 250, 500) } },
    { status: 'pass', evidence: { bunches: 1, inBunches: 3 } },
  ],
  [
    'fails when half of the events came in bunches',
    { main: { says: [...HELD_TWICE, ...[3000, 4000, 5000, 6000, 7000, 8000].flatMap((ageMs) => sent(ageMs, ageMs))] } },
    { status: 'fail', title: '50 % of the events' },
  ],
  [
    'passes when fewer than half of them did',
    {
      main: {
        says: [...HELD_TWICE, ...[3000, 4000, 5000, 6000, 7000, 8000, 9000].flatMap((ageMs) => sent(ageMs, ageMs))],
      },
    },
    { status: 'pass', evidence: { bunches: 2, inBunches: 6 } },
  ],
  [
    'does not believe the clock of the server, only its differences',
    {
      main: {
        says: [1000, 2000, 3000].map((ageMs): Said => [ageMs, tick(ageMs, { sent: SERVER_MS - 3_600_000 + ageMs })]),
      },
    },
    { status: 'pass', evidence: { heldMaxMs: 0 } },
  ],
  [
    'fails heartbeats that came together, twice',
    { main: { says: pings(1000, 1000, 1000, 3000, 3000, 3000) } },
    { status: 'fail', title: '2 times', evidence: { finding: 'buffered-stream', heartbeatsTogether: 2 } },
  ],
  [
    'passes heartbeats that came together once',
    { main: { says: pings(1000, 1000, 1000, 3000, 4000, 5000) } },
    { status: 'pass', evidence: { heartbeatsTogether: 1 } },
  ],
  [
    'passes heartbeats that came in pairs',
    { main: { says: pings(1000, 1000, 3000, 3000, 5000, 5000) } },
    { status: 'pass', evidence: { heartbeatsTogether: 0 } },
  ],
  [
    'passes the same events at two clients that are as far apart as is allowed',
    { main: { says: ticks(6) }, auxiliary: { twin: twin(500) } },
    { status: 'pass', evidence: { apartFromSecondMs: 500 } },
  ],
  [
    'fails the same events that reach two clients further apart',
    { main: { says: ticks(6) }, auxiliary: { twin: twin(501) } },
    { status: 'fail', title: '501ms apart', evidence: { finding: 'buffered-stream', apartFromSecondMs: 501 } },
  ],
  [
    'judges two clients by three common events',
    { main: { says: ticks(6) }, auxiliary: { twin: twin(501, 3) } },
    { status: 'fail', evidence: { apartFromSecondMs: 501 } },
  ],
  [
    'does not judge two clients by fewer than three common events',
    { main: { says: ticks(6) }, auxiliary: { twin: twin(700, 2) } },
    { status: 'pass', evidence: { apartFromSecondMs: null } },
  ],
  [
    'does not take streams that begin anew for each client for events that are held back',
    { main: { says: ticks(6) }, auxiliary: { twin: { headMs: HEAD_MS + 900, says: ticks(6) } } },
    { status: 'pass', evidence: { apartFromSecondMs: null } },
  ],
  [
    'tells how late events came by the time that the user named',
    {
      plan: { sentAtPointer: '/at' },
      wallOffsetMs: SERVER_MS,
      main: {
        headMs: 0,
        says: [100, 200, 300].map((ageMs): Said => [ageMs + 7, tick(ageMs, { at: SERVER_MS + ageMs })]),
      },
    },
    {
      status: 'pass',
      title: 'by /at p50 7ms, max 7ms',
      evidence: { times: 'times: /at in ms', latencyMs: { count: 3, p50: 7, max: 7 } },
    },
  ],
  [
    'tells how late events came by a time that was found',
    {
      wallOffsetMs: SERVER_MS,
      main: {
        headMs: 0,
        says: Array.from({ length: 9 }, (_, at): Said => [at * 100 + 7, tick(at, { written: SERVER_MS + at * 100 })]),
      },
    },
    { status: 'pass', evidence: { times: 'times: /written in ms (found)', latencyMs: { p50: 7 } } },
  ],
  [
    'warns where no time stands at the pointer that the user named',
    { plan: { sentAtPointer: '/at' }, main: { says: [[100, tick(1, { at: 'soon' })]] } },
    { status: 'warn', title: 'None of 1 event has a time within a day of now at /at' },
  ],
  [
    'fails bunches by the time that the user named, and by no time that was found',
    {
      plan: { sentAtPointer: '/at' },
      main: {
        says: [0, 250, 500, 1500, 1750, 2000].map((ageMs): Said => [
          ageMs < 1000 ? 1000 : 2000,
          tick(ageMs, { at: SERVER_MS + ageMs }),
        ]),
      },
    },
    { status: 'fail', evidence: { finding: 'buffered-stream', bunches: 2 } },
  ],
  [
    'passes two streams that count for themselves on one ticker: the second one is at another age each time',
    {
      main: { says: ticks(8, 700, 100) },
      auxiliary: { twin: { headMs: HEAD_MS + 1000, says: ticks(6, 700, 500) } },
    },
    { status: 'pass', evidence: { apartFromSecondMs: null } },
  ],
  [
    'finds events that come only with the next one',
    {
      wallOffsetMs: SERVER_MS,
      main: { headMs: 0, says: Array.from({ length: 5 }, (_, at): Said => [at * 2000 + 2001, sentAt(at, at * 2000)]) },
    },
    {
      status: 'fail',
      title: 'Events arrive only with the next write: 100 % of 4 were held back until then, for 2s',
      evidence: { finding: 'buffered-stream', heldUntilNext: 4 },
      advises: true,
    },
  ],
  [
    'finds events that come only with the next write, where that may be a heartbeat',
    {
      wallOffsetMs: SERVER_MS,
      main: {
        headMs: 0,
        says: [
          [2001, sentAt(1, 0)],
          [3001, sentAt(2, 2000)],
          [4001, ': ping\n\n'],
          [6001, sentAt(3, 4000)],
          [9001, sentAt(4, 6000)],
        ],
      },
    },
    { status: 'fail', title: 'the next write' },
  ],
  [
    'finds events that come only with the next heartbeat, by different times at which they were written',
    {
      wallOffsetMs: SERVER_MS,
      main: {
        headMs: 0,
        says: [1, 2, 3, 4, 5, 6].flatMap((beat): Said[] => [
          ...(beat % 3 === 0 ? [] : [[beat * 2000, sentAt(beat, beat * 2000 - 300 * beat)] as const]),
          [beat * 2000, ': ping\n\n'],
        ]),
      },
    },
    { status: 'fail', title: 'Events arrive only with the next heartbeat:' },
  ],
  [
    'does not take a comment behind each event for a heartbeat that sent it off, where a clock is behind',
    {
      wallOffsetMs: SERVER_MS,
      main: {
        headMs: 0,
        says: ticks(6).map(([ageMs]): Said => [ageMs, `${sentAt(ageMs, ageMs - 5300)}: padding\n\n`]),
      },
    },
    { status: 'pass' },
  ],
  [
    'passes events that are late by another time than the one between them',
    {
      wallOffsetMs: SERVER_MS,
      main: { headMs: 0, says: ticks(6).map(([ageMs]): Said => [ageMs, sentAt(ageMs, ageMs - 700)]) },
    },
    { status: 'pass' },
  ],
  [
    'does not take a time that was found, and may be that of the beginning of a minute, for one of writing',
    {
      wallOffsetMs: SERVER_MS,
      main: {
        headMs: 0,
        says: Array.from({ length: 12 }, (_, at): Said => [
          at * 2000 + 2001,
          tick(at, { from: SERVER_MS + at * 2000 }),
        ]),
      },
    },
    { status: 'pass', title: 'by /from', advises: true },
  ],
  [
    'fails a single bunch where nearly all events are in it, and were sent over two seconds',
    { main: { says: sent(3000, 1000, 1500, 2000, 2500, 3000) } },
    {
      status: 'fail',
      title: '100 % of the events arrived in batches of 5',
      evidence: { finding: 'buffered-stream', bunches: 1 },
    },
  ],
  [
    'passes such a bunch where it comes with the head: it is history',
    { main: { says: sent(999, -1000, -500, 0, 500, 900) } },
    { status: 'pass' },
  ],
  [
    'holds no stop of our own against the server that sent a single bunch',
    { main: { says: sent(3000, 1000, 1500, 2000, 2500, 3000) }, ownStopMs: 1 },
    { status: 'pass' },
  ],
  [
    'warns of events that were sent over five seconds and came together once, among others that came at once',
    { main: { says: [...sent(8000, 3000, 4000, 5000, 6000, 7000, 8000), ...each(12, 9000)] } },
    { status: 'warn', title: 'Events that were sent over up to 5s arrived together, 1 time:', advises: true },
  ],
  [
    'passes what came together once since the server was stopped for less',
    { main: { says: [...sent(8000, 4000, 5000, 6000, 7000, 8000), ...each(12, 9000)] } },
    { status: 'pass' },
  ],
  [
    'passes what was due over five seconds and was sent at once',
    {
      main: {
        says: [
          ...[3, 4, 5, 6, 7, 8].map((due): Said => [
            8000,
            tick(due, { scheduled: SERVER_MS + due * 1000, sent: SERVER_MS + 8000 }),
          ]),
          ...each(12, 9000),
        ],
      },
    },
    { status: 'pass' },
  ],
  [
    'fails five heartbeats that came together after three seconds without any',
    { main: { says: pings(500, 3500, 3500, 3500, 3500, 3500) } },
    { status: 'fail', title: 'Heartbeats arrived together 1 time' },
  ],
  [
    'warns of events whose rest comes 40 ms after their beginning',
    {
      main: {
        says: ticks(10).flatMap(([ageMs, text]): Said[] => [
          [ageMs, text.slice(0, 6)],
          [ageMs + 41, text.slice(6)],
        ]),
      },
    },
    {
      status: 'warn',
      title: '10 of 10 events arrived in two parts, the second 40ms later,',
      evidence: { finding: 'buffered-stream' },
      advises: true,
    },
  ],
  [
    'warns of events that are 40 ms late, where the server is on this machine',
    { ...LATE_BY_40, contact: { ...observed().contact, addresses: ['127.0.0.1'] } },
    { status: 'warn', title: '100 % of 10 events arrived 40ms late', evidence: { finding: 'buffered-stream' } },
  ],
  ['passes events that are 40 ms late, where its clock may be behind', LATE_BY_40, { status: 'pass' }],
]);
