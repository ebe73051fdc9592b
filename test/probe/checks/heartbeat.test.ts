import { lateAfterMs, missingAfterMs, silentAfterMs, UNPROMISED_SILENCE_MS } from '../../../src/findings/bounds.ts';
import { heartbeat } from '../../../src/probe/checks/heartbeat.ts';
import { judges } from '../../support/check-table.ts';
import { connected, pings, type Course, ticks, type Said } from '../../support/observations.ts';

const PERIOD_MS = 4000;
const LATE_MS = lateAfterMs(PERIOD_MS);
const MISSING_MS = missingAfterMs(PERIOD_MS);
const WITHIN_MS = 3000;

/** Events flow all the time, so that nothing but the heartbeat is missing. */
function promised(beatsMs: readonly number[], forMs: number): Course {
  const says: Said[] = [[0, connected(PERIOD_MS)], ...ticks(Math.floor(forMs / 500), 500), ...pings(...beatsMs)];
  return { says, end: { cause: 'closed-by-us', ageMs: forMs } };
}

function unpromised(says: readonly Said[], forMs: number): Course {
  return { says, end: { cause: 'closed-by-us', ageMs: forMs } };
}

judges(heartbeat, [
  [
    'fails when heartbeats that nobody promised stop with the first event',
    { main: unpromised([...pings(0, 1000, 2000, 3000), [3500, 'id: 1\ndata: {}\n\n']], 15_000) },
    {
      status: 'fail',
      title: 'Heartbeats every 1s stopped after the event at 3.5s; then not a byte arrived for 11.5s.',
      evidence: { finding: 'heartbeat-missing', afterEvent: true, silentMs: 11_500 },
      advises: true,
    },
  ],
  [
    'fails when events come now and then where heartbeats came before them',
    { main: unpromised([...pings(1000, 2000, 3000), ...ticks(3, 7000, 3500)], 20_000) },
    { status: 'fail', title: 'stopped after the event at 3.5s' },
  ],
  [
    'fails when they stop by themselves',
    { main: unpromised(pings(1000, 2000, 3000, 4000), 15_000) },
    { status: 'fail', title: 'Heartbeats every 1s stopped after 4s; then not a byte arrived for 11s.' },
  ],
  [
    'passes heartbeats that come only while nothing else does',
    { main: unpromised([...pings(1000, 2000, 3000), ...ticks(20, 500, 3500)], 14_000) },
    { status: 'pass' },
  ],
  [
    'holds a silence against no rhythm of two heartbeats',
    { main: unpromised(pings(1000, 2000), 15_000) },
    { status: 'pass' },
  ],
  [
    'holds no stop of our own against heartbeats that were not read',
    { main: unpromised(pings(1000, 2000, 3000), 9000), ownStopMs: 2000 },
    { status: 'pass' },
  ],
  ['passes a sound stream', {}, { status: 'pass', title: 'a comment every 5s', evidence: { heartbeatMs: 5000 } }],
  [
    'says that a heartbeat came as announced',
    { main: promised([PERIOD_MS, 2 * PERIOD_MS], 10_000) },
    { status: 'pass', title: 'as announced', evidence: { periodMs: PERIOD_MS, heartbeats: 2, whileEventsFlow: true } },
  ],
  [
    'counts pings that are events',
    {
      main: {
        says: [
          [0, connected(PERIOD_MS)],
          [PERIOD_MS, 'event: ping\ndata: x\n\n'],
        ],
        end: { cause: 'closed-by-us', ageMs: 5000 },
      },
    },
    { status: 'pass', title: '1 heartbeat (event), as announced' },
  ],
  [
    'allows an interval that is just not late',
    { main: promised([PERIOD_MS, PERIOD_MS + LATE_MS], 12_000) },
    { status: 'pass', evidence: { periodMs: LATE_MS } },
  ],
  [
    'calls an interval late that is a millisecond longer',
    { main: promised([PERIOD_MS, PERIOD_MS + LATE_MS + 1], 12_000) },
    { status: 'fail', title: '1 heartbeat arrived up to', evidence: { finding: 'heartbeat-late', late: 1 } },
  ],
  [
    'calls a first heartbeat late, counted from the head',
    { main: promised([LATE_MS + 1], 8000) },
    { status: 'fail', evidence: { finding: 'heartbeat-late' } },
  ],
  [
    'holds no stop of our own against a late heartbeat',
    { main: promised([PERIOD_MS, PERIOD_MS + LATE_MS + 1], 12_000), ownStopMs: 1 },
    { status: 'pass' },
  ],
  [
    'calls a heartbeat late and not missing, just before it is missing',
    { main: promised([PERIOD_MS, PERIOD_MS + MISSING_MS], PERIOD_MS + MISSING_MS + 100) },
    { status: 'fail', evidence: { finding: 'heartbeat-late' } },
  ],
  [
    'calls a heartbeat missing that came a millisecond later than that',
    { main: promised([PERIOD_MS, PERIOD_MS + MISSING_MS + 1], PERIOD_MS + MISSING_MS + 100) },
    { status: 'fail', title: 'No heartbeat arrived for', evidence: { finding: 'heartbeat-missing' } },
  ],
  [
    'calls a first heartbeat missing that came so late, counted from the head',
    { main: promised([MISSING_MS + 1], MISSING_MS + 100) },
    { status: 'fail', title: 'No heartbeat arrived for', evidence: { finding: 'heartbeat-missing' } },
  ],
  [
    'calls a heartbeat missing that stopped while events flow',
    { main: promised([PERIOD_MS], PERIOD_MS + MISSING_MS + 1) },
    { status: 'fail', evidence: { finding: 'heartbeat-missing' } },
  ],
  [
    'waits for a heartbeat that stopped until it is missing',
    { main: promised([PERIOD_MS], PERIOD_MS + MISSING_MS) },
    { status: 'pass', evidence: { whileEventsFlow: null } },
  ],
  [
    'holds no stop of our own against a missing heartbeat',
    { main: promised([PERIOD_MS], PERIOD_MS + MISSING_MS + 1), ownStopMs: 1 },
    { status: 'pass' },
  ],
  [
    'skips while none was due',
    { main: promised([], PERIOD_MS * 1.25) },
    { status: 'skip', title: 'no heartbeat was due in' },
  ],
  [
    'warns of a first one that is overdue and not missing yet',
    { main: promised([], PERIOD_MS * 1.25 + 1) },
    { status: 'warn', title: 'no heartbeat in 5s', evidence: { finding: 'heartbeat-missing' } },
  ],
  [
    'leaves a stream that silent altogether to silent-gap',
    { main: unpromised([[0, connected(1000)], ...ticks(1)], 1000 + missingAfterMs(1000) + 1) },
    { status: 'skip', title: 'fell completely silent' },
  ],
  [
    'leaves heartbeats that come in bunches to buffered',
    { main: unpromised(pings(1000, 1000, 1000, 4000, 4000, 4000), 5000) },
    { status: 'skip', title: 'buffered data' },
  ],
  [
    'allows a silence as long as the user does, with the room of a timer',
    { main: unpromised(ticks(1), 1000 + silentAfterMs(WITHIN_MS)), plan: { heartbeatWithinMs: WITHIN_MS } },
    { status: 'pass', title: 'never silent for longer' },
  ],
  [
    'fails a silence that is longer than the user allows',
    { main: unpromised(ticks(1), 1000 + silentAfterMs(WITHIN_MS) + 1), plan: { heartbeatWithinMs: WITHIN_MS } },
    { status: 'fail', title: '(expected within 3s)', evidence: { finding: 'heartbeat-missing' } },
  ],
  [
    "takes the user's bound instead of the server's promise",
    { main: promised([], MISSING_MS + 1), plan: { heartbeatWithinMs: WITHIN_MS } },
    { status: 'pass', evidence: { heartbeatMs: null, heartbeatWithinMs: WITHIN_MS } },
  ],
  [
    'skips where nothing is promised and nothing came for less than too long',
    { main: unpromised([], silentAfterMs(UNPROMISED_SILENCE_MS)) },
    { status: 'skip', title: 'no heartbeat in 55.5s', advises: true },
  ],
  [
    'fails a silence that is too long without any promise',
    { main: unpromised([], silentAfterMs(UNPROMISED_SILENCE_MS) + 1) },
    { status: 'fail', evidence: { finding: 'heartbeat-missing', heartbeatMs: null } },
  ],
  [
    'takes a comment with the head for a greeting',
    { main: unpromised(pings(0), 3500), plan: { until: { kind: 'heartbeat' } } },
    { status: 'fail', title: 'no heartbeat within 3.5s', evidence: { heartbeats: 0 } },
  ],
  [
    'fails when a heartbeat was waited for and none came',
    { main: unpromised(ticks(3), 3500), plan: { until: { kind: 'heartbeat' } } },
    { status: 'fail', title: 'no heartbeat within 3.5s' },
  ],
  [
    'shows how far the period strays',
    { main: unpromised(pings(1000, 2000, 3100), 3500) },
    { status: 'pass', title: 'a comment every 1.1s ± 50ms', evidence: { jitterMs: 100 } },
  ],
]);
