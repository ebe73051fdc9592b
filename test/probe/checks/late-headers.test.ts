import { lateHeaders } from '../../../src/probe/checks/late-headers.ts';
import { judges } from '../../support/check-table.ts';
import { ASKED_MS, connected, type Course, type Said, tick, ticks } from '../../support/observations.ts';

/** A head that came so late is late. */
const LATE_MS = 250;
/** When the probe begins, by the wall clock: a time in an event is one that is near it. */
const WALL_MS = Date.now();
/** An event that is read so long after the head came with it. */
const TOGETHER_MS = 20;

/** The events that every client is sent, by the clock of the probe. */
const SENT_MS = [2000, 5000];

/** A client that asked at `askedMs`, got its head at `headMs` and hears what is sent from then on. */
function client(askedMs: number, headMs: number): Course {
  const says = SENT_MS.map((ms, at): Said => [ms - headMs, tick(at + 1)]).filter(([ageMs]) => ageMs >= 0);
  return { askedMs, headMs, says };
}

/** A head after so long, and the first event so long after it. */
function waited(headMs: number, eventMs: number): Course {
  return { headMs: ASKED_MS + headMs, says: [[eventMs, tick(1)]] };
}

judges(lateHeaders, [
  [
    'passes a sound stream',
    {},
    { status: 'pass', title: 'the response headers arrived after 25ms', evidence: { headersMs: 25 } },
  ],
  [
    'warns when the heads of two clients wait for the same event',
    { main: client(100, 2000), auxiliary: { twin: client(1100, 2000) } },
    {
      status: 'warn',
      title: 'took 1.9s here and 900ms for a second client.',
      evidence: { finding: 'late-headers', headersMs: 1900, secondHeadersMs: 900 },
    },
  ],
  [
    'warns when the second head waits for a later event that the first client hears as well',
    { main: client(100, 2000), auxiliary: { twin: client(2100, 5000) } },
    { status: 'warn', evidence: { headersMs: 1900, secondHeadersMs: 2900 } },
  ],
  [
    'passes a server that takes the same short time for each head, and greets with an event',
    { main: client(1400, 2000), auxiliary: { twin: { askedMs: 2100, headMs: 2700, says: [[0, tick(9)]] } } },
    { status: 'pass', title: 'the response headers arrived after 600ms', advises: false },
  ],
  [
    'says that it cannot be told where the head took as long for each client, and came with an event of its own',
    { main: client(100, 2000), auxiliary: { twin: { askedMs: 1100, headMs: 3000, says: [[0, tick(9)]] } } },
    {
      status: 'warn',
      title: 'the server waits for the event, or is slow to respond',
      evidence: { finding: 'late-headers', headersMs: 1900, secondHeadersMs: 1900 },
    },
  ],
  [
    'passes a server that takes long for each head and then sends its last state, which says that it is older',
    {
      wallOffsetMs: WALL_MS,
      main: { askedMs: 100, headMs: 2000, says: [[0, tick(1, { sent: WALL_MS - 5000 })]] },
      auxiliary: { twin: { askedMs: 1100, headMs: 3000, says: [[0, tick(1, { sent: WALL_MS - 5000 })]] } },
    },
    { status: 'pass', advises: false },
  ],
  [
    'passes a server that takes long for each head and greets with what is about the stream',
    {
      main: {
        askedMs: 100,
        headMs: 2000,
        says: [
          [0, connected(5000)],
          [700, tick(1)],
        ],
      },
      auxiliary: { twin: { askedMs: 1100, headMs: 3000, says: [[0, connected(5000)]] } },
    },
    { status: 'pass', advises: false },
  ],
  [
    'warns when a timer of each connection lets its head go with its first event',
    {
      main: { askedMs: 100, headMs: 400, says: ticks(9, 300, 0) },
      auxiliary: { twin: { askedMs: 1100, headMs: 1410, says: ticks(5, 300, 0) } },
    },
    { status: 'warn', title: 'only with the first event: they took 300ms here and 310ms for a second client' },
  ],
  [
    'passes a wait that is no period of the events that follow',
    {
      main: { askedMs: 100, headMs: 400, says: ticks(9, 1000, 0) },
      auxiliary: { twin: { askedMs: 1100, headMs: 1410, says: ticks(5, 1000, 0) } },
    },
    { status: 'pass', advises: false },
  ],
  [
    'passes when the second head comes without an event',
    { main: client(100, 2000), auxiliary: { twin: client(1100, 1125) } },
    { status: 'pass', advises: false },
  ],
  [
    'passes when any other client got its head without an event',
    { main: client(100, 2000), auxiliary: { twin: client(1100, 2000), coded: client(1100, 1125) } },
    { status: 'pass', advises: false },
  ],
  [
    'does not judge by a second client that got no stream',
    { main: client(100, 2000), auxiliary: { twin: { ...client(1100, 2000), head: { statusCode: 503 } } } },
    { status: 'pass', advises: true },
  ],
  [
    'passes a head that is just not late, though an event came with it',
    { main: waited(LATE_MS - 1, 0) },
    { status: 'pass', advises: false },
  ],
  [
    'advises when one client alone got a late head with an event',
    { main: waited(LATE_MS, TOGETHER_MS) },
    {
      status: 'pass',
      title: 'arrived with the first event',
      evidence: { firstEventMs: LATE_MS + TOGETHER_MS },
      advises: true,
    },
  ],
  [
    'passes a late head when the event came a little after it',
    { main: waited(LATE_MS, TOGETHER_MS + 1) },
    { status: 'pass', advises: false },
  ],
  [
    'does not take a heartbeat for the event that the head waited for',
    { main: { headMs: ASKED_MS + LATE_MS, says: [[0, ': x\n\n']] } },
    { status: 'pass', evidence: { firstEventMs: null }, advises: false },
  ],
]);
