import {
  FORGOTTEN_AFTER_MS,
  GREETING_MS,
  missingAfterMs,
  silentAfterMs,
  UNPROMISED_SILENCE_MS,
} from '../../../src/findings/bounds.ts';
import { silentGap } from '../../../src/probe/checks/silent-gap.ts';
import { judges } from '../../support/check-table.ts';
import { connected, type Course, HEAD_MS, pings, tick, ticks, type Said } from '../../support/observations.ts';

const PERIOD_MS = 1000;
const MISSING_MS = missingAfterMs(PERIOD_MS);
/** Every 15 s or so: the standard's advice, and room for a timer. */
const ADVISED_MS = 15_500;

function lasting(forMs: number, says: readonly Said[] = []): Course {
  return { says, end: { cause: 'closed-by-us', ageMs: forMs } };
}

const TOO_SILENT = lasting(silentAfterMs(UNPROMISED_SILENCE_MS) + 1);
/** While others are sent events. */
const FORGOTTEN = lasting(silentAfterMs(FORGOTTEN_AFTER_MS) + 1);

/** Two streams stop at one moment, and a third one that opens later goes on. */
const DEAD = {
  main: lasting(15_000, ticks(5)),
  auxiliary: {
    twin: { headMs: HEAD_MS + 1020, says: ticks(4).map(([ageMs, text]): Said => [ageMs - 20, text]) },
    fresh: { headMs: HEAD_MS + 8100, says: ticks(4).map(([ageMs]): Said => [ageMs, tick(1)]) },
  },
} as const;

judges(silentGap, [
  ['passes a sound stream', {}, { status: 'pass', title: 'the longest silence was 1s' }],
  [
    'counts the silence before the first byte from the head on',
    { main: lasting(4000, [[3000, tick(1)]]) },
    { status: 'pass', evidence: { maxSilenceMs: 3000, silentFromMs: 0, watchedMs: 4000 } },
  ],
  ['passes a silence as long as is advised', { main: lasting(ADVISED_MS) }, { status: 'pass' }],
  [
    'warns of a silence that is longer than is advised',
    { main: lasting(ADVISED_MS + 1) },
    { status: 'warn', title: 'nothing arrived for 15.5s,' },
  ],
  [
    'only warns of the longest silence that is held against nobody',
    { main: lasting(silentAfterMs(UNPROMISED_SILENCE_MS)) },
    { status: 'warn' },
  ],
  [
    'fails a silence that is longer',
    { main: TOO_SILENT },
    { status: 'fail', title: 'not a byte for 55.5s.', evidence: { finding: 'heartbeat-missing' } },
  ],
  ['holds no stop of our own against the server', { main: TOO_SILENT, ownStopMs: 1 }, { status: 'warn' }],
  [
    'passes a silence that the promised period allows',
    {
      main: lasting(MISSING_MS + 500, [
        [0, connected(PERIOD_MS)],
        [500, tick(1)],
      ]),
    },
    { status: 'pass', evidence: { allowedMs: MISSING_MS } },
  ],
  [
    'fails a stream that had events and then fell silent against its promise',
    {
      main: lasting(MISSING_MS + 501, [
        [0, connected(PERIOD_MS)],
        [500, tick(1)],
      ]),
    },
    { status: 'fail', evidence: { finding: 'silent-stream', silentFromMs: 500 } },
  ],
  [
    'takes a silence that a byte ended for a missing heartbeat',
    {
      main: lasting(MISSING_MS + 600, [
        [0, connected(PERIOD_MS)],
        [500, tick(1)],
        [MISSING_MS + 501, tick(2)],
      ]),
    },
    { status: 'fail', evidence: { finding: 'heartbeat-missing' } },
  ],
  [
    'says when another client was sent events meanwhile',
    { main: FORGOTTEN, auxiliary: { twin: { says: ticks(19) } } },
    { status: 'fail', title: 'while another stream received events.', evidence: { finding: 'silent-stream' } },
  ],
  [
    'does not count a greeting of another client, which each new stream is sent',
    { main: FORGOTTEN, auxiliary: { twin: { headMs: HEAD_MS + 15_000, says: [[GREETING_MS - 1, tick(1)]] } } },
    { status: 'warn', title: 'nothing arrived for 20.5s,' },
  ],
  [
    'does not count heartbeats of another client, whose timer may be its own',
    { main: FORGOTTEN, auxiliary: { twin: { says: pings(19_000) } } },
    { status: 'warn', title: 'nothing arrived for 20.5s,' },
  ],
  [
    'counts what another client was sent after its greeting',
    { main: FORGOTTEN, auxiliary: { twin: { headMs: HEAD_MS + 15_000, says: [[GREETING_MS, tick(1)]] } } },
    { status: 'fail', evidence: { finding: 'silent-stream' } },
  ],
  [
    'does not count what another client was sent in the first half of the silence',
    { main: FORGOTTEN, auxiliary: { twin: { says: ticks(9) } } },
    { status: 'warn' },
  ],
  [
    'leaves to buffered what was only held back',
    { main: lasting(27_000, pings(3000, 3000, 3000, 25_000, 25_000, 25_000)) },
    { status: 'skip', title: 'buffered', evidence: { maxSilenceMs: 22_000 } },
  ],
  [
    'finds streams that stopped at one moment and lead nowhere, by a client that comes afterwards',
    DEAD,
    {
      status: 'fail',
      title:
        'No client received a byte after 5s: both streams stayed open and silent for 10s, while a new client received events.',
      evidence: { finding: 'silent-stream', newcomer: 'hears', streams: 2 },
      advises: true,
    },
  ],
  [
    'finds such a stream by ids that count on, where no other client was there',
    { main: DEAD.main, auxiliary: { fresh: { headMs: HEAD_MS + 8100, says: [[1500, tick(6)]] } } },
    { status: 'fail', evidence: { newcomer: 'news', streams: 1 } },
  ],
  [
    'finds such a stream where a client that comes afterwards reaches nobody',
    { main: DEAD.main, auxiliary: { fresh: { headMs: HEAD_MS + 8100, head: { statusCode: 502 }, says: [] } } },
    { status: 'fail', title: 'while a new client could not reach the server' },
  ],
  [
    'passes a feed that is quiet for a client that comes afterwards too',
    { main: DEAD.main, auxiliary: { fresh: { headMs: HEAD_MS + 8100, says: [[0, tick(5)]] } } },
    { status: 'pass' },
  ],
  [
    'passes where a client that comes afterwards is turned away since there are too many',
    { main: DEAD.main, auxiliary: { fresh: { headMs: HEAD_MS + 8100, head: { statusCode: 503 }, says: [] } } },
    { status: 'pass' },
  ],
  [
    'passes a stream of its own that has said all, while one that comes afterwards begins',
    {
      main: DEAD.main,
      auxiliary: {
        twin: { headMs: HEAD_MS + 1020, says: ticks(5) },
        fresh: { headMs: HEAD_MS + 8100, says: ticks(4) },
      },
    },
    { status: 'pass' },
  ],
  [
    'says since when nobody heard a byte, where the user said what is allowed',
    {
      plan: { heartbeatWithinMs: 3000 },
      main: DEAD.main,
      auxiliary: { fresh: { headMs: HEAD_MS + 8100, says: [] } },
    },
    {
      status: 'fail',
      title: 'No client received a byte after 5s: the stream stayed open and silent for 10s (expected within 3s).',
      evidence: { finding: 'heartbeat-missing' },
    },
  ],
]);
