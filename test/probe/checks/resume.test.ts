import { resume } from '../../../src/probe/checks/resume.ts';
import { judges } from '../../support/check-table.ts';
import { type Course, HEAD_MS, type Said, tick, ticks } from '../../support/observations.ts';

/** When the second connection comes back, behind the second event of six that the main stream has had by then. */
const BACK_MS = 6500;
const MAIN: Course = { says: ticks(9) };

function back(says: readonly Said[], course: Course = {}): Course {
  return {
    startedMs: HEAD_MS + BACK_MS,
    askedMs: HEAD_MS + BACK_MS,
    headMs: HEAD_MS + BACK_MS,
    requestSpec: { lastEventId: '2' },
    says,
    ...course,
  };
}

const GREETING: Said = [0, 'event: hello\ndata: {}\n\n'];

/** These at once, and then what is live. */
function history(...numbers: readonly number[]): Said[] {
  return [...numbers.map((number): Said => [10, tick(number)]), [500, tick(7)], [1500, tick(8)]];
}

/** The events of one ticker under ids that each connection counts from 0. */
const OWN_IDS = Array.from({ length: 9 }, (_, at): Said => [(at + 1) * 1000, `id: ${at}\ndata: {"v":${at + 1}}\n\n`]);

judges(resume, [
  [
    'passes when all that was missed came once',
    { main: MAIN, auxiliary: { resume: back(history(3, 4, 5, 6)) } },
    {
      status: 'pass',
      title: 'all 4 events after the id arrived, once',
      evidence: { lastEventId: '2', behind: 4, firstId: '3' },
    },
  ],
  [
    'takes ids that count for each connection, on one ticker, for no place to come back to',
    {
      main: { says: OWN_IDS },
      auxiliary: {
        resume: back([
          [500, 'id: 0\ndata: {"v":7}\n\n'],
          [1500, 'id: 1\ndata: {"v":8}\n\n'],
        ]),
      },
    },
    { status: 'skip', title: 'its own stream with its own ids' },
  ],
  [
    'passes when a greeting without an id came before what was missed',
    {
      main: { says: [GREETING, ...ticks(9)] },
      auxiliary: { resume: back([GREETING, ...history(3, 4, 5, 6)]) },
    },
    { status: 'pass', title: 'all 4 events after the id arrived, once', evidence: { behind: 4, firstId: '3' } },
  ],
  [
    'fails when it came out of order',
    { main: MAIN, auxiliary: { resume: back(history(4, 3, 5, 6)) } },
    {
      status: 'fail',
      title: '1 event arrived out of order after reconnecting with Last-Event-ID (id "3").',
      evidence: { finding: 'event-reordered', lost: 0, doubled: 0, reordered: 1 },
    },
  ],
  [
    'fails when the newest came first',
    { main: MAIN, auxiliary: { resume: back(history(6, 5, 4, 3)) } },
    { status: 'fail', title: '3 events arrived out of order', evidence: { finding: 'event-reordered' } },
  ],
  [
    'judges the order of a replay by ids that count, not by a main stream that was sent them out of order',
    {
      main: { says: ticks(9).map(([ms, text], at): Said => [ms, at === 3 ? tick(5) : at === 4 ? tick(4) : text]) },
      auxiliary: { resume: back(history(3, 4, 5, 6)) },
    },
    { status: 'pass', title: 'all 4 events after the id arrived, once' },
  ],
  [
    'holds nobody to the order of a replay where the main stream is out of order as well',
    {
      main: { says: ticks(9).map(([ms, text], at): Said => [ms, at === 3 ? tick(5) : at === 4 ? tick(4) : text]) },
      auxiliary: { resume: back(history(4, 3, 5, 6)) },
    },
    { status: 'pass', title: 'all 4 events after the id arrived, once' },
  ],
  [
    'fails when each of them came twice',
    { main: MAIN, auxiliary: { resume: back(history(3, 3, 4, 4, 5, 5, 6, 6)) } },
    { status: 'fail', title: '4 events arrived again', evidence: { finding: 'resume-duplicated', doubled: 4 } },
  ],
  [
    'fails when a history that is read late has what came live before it',
    {
      main: MAIN,
      auxiliary: {
        resume: back([[500, tick(7)], ...[3, 4, 5, 6, 7].map((number): Said => [700, tick(number)]), [1500, tick(8)]]),
      },
    },
    {
      status: 'fail',
      title: '1 event arrived again after reconnecting with Last-Event-ID (id "7"). 4 events arrived out of order',
      evidence: { finding: 'resume-duplicated', doubled: 1, reordered: 4 },
    },
  ],
  [
    'fails when the same events came under new ids',
    {
      main: MAIN,
      auxiliary: {
        resume: back([
          ...[3, 4, 5, 6].map((number): Said => [10, `id: r${number}\ndata: {"number":${number}}\n\n`]),
          [500, tick(7)],
        ]),
      },
    },
    {
      status: 'fail',
      title: '4 events had new ids, or none, after reconnecting with Last-Event-ID (one had the id "3").',
      evidence: { finding: 'resume-lost', renamed: 4, lost: 0 },
    },
  ],
  [
    'takes the state that each client is greeted with, without an id, for no replay of an event that said the same',
    {
      main: { says: [[5, 'data: {"number":0}\n\n'], ...ticks(9)] },
      auxiliary: {
        resume: back([
          [10, 'data: {"number":6}\n\n'],
          [10, 'data: {"number":5}\n\n'],
          ...[3, 4, 5, 6].map((number): Said => [20, tick(number)]),
          [500, tick(7)],
        ]),
      },
    },
    { status: 'pass', title: 'all 4 events after the id arrived, once' },
  ],
  [
    'takes one event under a new id for the state of the feed, and for no replay',
    {
      main: { says: ticks(9) },
      auxiliary: {
        resume: back([
          [10, 'id: state-1\ndata: {"number":6}\n\n'],
          [500, tick(7)],
        ]),
      },
    },
    { status: 'warn', evidence: { renamed: 0 } },
  ],
  [
    'fails when the last of them did not come, even when nothing came behind it',
    { main: { says: ticks(6) }, auxiliary: { resume: back([3, 4, 5].map((number): Said => [10, tick(number)])) } },
    { status: 'fail', title: '1 event was missing', evidence: { lost: 1 } },
  ],
  [
    'fails when the whole history came again, from before the main stream began',
    {
      main: { says: ticks(9).map(([ms], at): Said => [ms, tick(at + 21)]) },
      auxiliary: {
        resume: back(
          [19, 20, 21, 22, 23, 24, 25, 26].map((number): Said => [10, tick(number)]),
          { requestSpec: { lastEventId: '22' } },
        ),
      },
    },
    { status: 'fail', title: '4 events arrived again', evidence: { doubled: 4 } },
  ],
  [
    'fails when the id that a browser returns with is a heartbeat of which the server knows nothing',
    {
      main: { says: [...ticks(9), [2200, 'id: hb-7\nevent: heartbeat\ndata: {}\n\n']] },
      auxiliary: {
        resume: back(history(3, 4, 5, 6)),
        resumeBehindBeat: back(history(), { requestSpec: { lastEventId: 'hb-7' } }),
      },
    },
    {
      status: 'fail',
      title: `Clients resume with the id of a heartbeat ("hb-7"): 4 events were missing`,
      evidence: { finding: 'resume-lost', heartbeatId: 'hb-7', behindId: '2', lost: 4 },
    },
  ],
  [
    'passes heartbeats whose ids are places in the feed as well',
    {
      main: { says: [...ticks(9), [2200, 'id: 2.5\nevent: heartbeat\ndata: {}\n\n']] },
      auxiliary: {
        resume: back(history(3, 4, 5, 6)),
        resumeBehindBeat: back(history(3, 4, 5, 6), { requestSpec: { lastEventId: '2.5' } }),
      },
    },
    { status: 'pass', title: 'all 4 events after the id arrived, once' },
  ],
  [
    'fails when heartbeats take the id away',
    {
      main: { says: [...ticks(9), [2200, 'id:\nevent: ping\ndata: {}\n\n']] },
      auxiliary: { resume: back(history(3, 4, 5, 6)) },
    },
    { status: 'fail', title: 'An `id:` without a value, as in a heartbeat, clears the id' },
  ],
  [
    'says nothing of the ids of heartbeats where no id is looked at',
    {
      main: { says: [...ticks(9), [2200, 'id: hb-7\nevent: heartbeat\ndata: {}\n\n']] },
      auxiliary: { resume: back(history()), resumeBehindBeat: back(history()) },
    },
    { status: 'warn', title: 'Last-Event-ID is ignored' },
  ],
  [
    'fails when an id that nobody knows is refused',
    {
      main: MAIN,
      auxiliary: {
        resume: back(history(3, 4, 5, 6)),
        resumeUnknown: back([], { head: { statusCode: 400 }, requestSpec: { lastEventId: '99' } }),
      },
    },
    { status: 'fail', title: 'an unknown Last-Event-ID ("99") is rejected: status 400', advises: true },
  ],
  [
    'warns when only an id that is written otherwise is refused',
    {
      main: MAIN,
      auxiliary: {
        resume: back(history(3, 4, 5, 6)),
        resumeUnknown: back(history(), { requestSpec: { lastEventId: '99' } }),
        resumeForeign: back([], { head: { statusCode: 400 }, requestSpec: { lastEventId: 'x' } }),
      },
    },
    { status: 'warn', title: 'an unknown Last-Event-ID ("x") is rejected:' },
  ],
  [
    'takes a server that has no room for one more for no refusal of the id',
    {
      main: MAIN,
      auxiliary: { resume: back(history(3, 4, 5, 6)), resumeUnknown: back([], { head: { statusCode: 503 } }) },
    },
    { status: 'pass', title: 'all 4 events' },
  ],
  [
    'skips when each connection counts for itself behind a prefix of its own, with the same data',
    {
      main: { says: ticks(9).map(([ms], at): Said => [ms, `id: a-${at}\ndata: {"n":${at}}\n\n`]) },
      auxiliary: {
        resume: back(
          ticks(3).map(([ms], at): Said => [ms, `id: b-${at}\ndata: {"n":${at}}\n\n`]),
          { requestSpec: { lastEventId: 'a-1' } },
        ),
      },
    },
    { status: 'skip', title: 'its own stream with its own ids' },
  ],
  [
    'fails when one of them is missing',
    { main: MAIN, auxiliary: { resume: back(history(3, 5, 6)) } },
    { status: 'fail', title: '1 event was missing', evidence: { finding: 'resume-lost', lost: 1 } },
  ],
  [
    'passes what is missing when the server says so',
    { main: MAIN, auxiliary: { resume: back([[5, 'event: missed\ndata: {"from":3,"to":4}\n\n'], ...history(5, 6)]) } },
    { status: 'pass', title: '2 events were missing after reconnecting, as the server reported', advises: true },
  ],
  [
    'warns when the id is ignored and only what is live comes',
    { main: MAIN, auxiliary: { resume: back(history()) } },
    { status: 'warn', title: 'Last-Event-ID is ignored', evidence: { finding: 'resume-lost', lost: 4, firstId: '7' } },
  ],
  [
    'warns when nothing comes at all any more',
    { main: MAIN, auxiliary: { resume: back([]) } },
    { status: 'warn', title: 'Last-Event-ID is ignored', evidence: { lost: 4, firstId: null } },
  ],
  [
    'fails when what was known comes again',
    { main: MAIN, auxiliary: { resume: back(history(1, 2, 3, 4, 5, 6)) } },
    { status: 'fail', title: '2 events arrived again', evidence: { finding: 'resume-duplicated', doubled: 2 } },
  ],
  [
    'names what came again before what is missing',
    { main: MAIN, auxiliary: { resume: back(history(2, 4, 5, 6)) } },
    { status: 'fail', evidence: { finding: 'resume-duplicated', doubled: 1, lost: 1 } },
  ],
  [
    'fails when a client that comes back is refused',
    { main: MAIN, auxiliary: { resume: back([], { head: { statusCode: 400 } }) } },
    { status: 'fail', title: 'is rejected: status 400', evidence: { status: 400, cause: 'http-status' } },
  ],
  [
    'skips when the second connection got no response',
    { main: MAIN, auxiliary: { resume: back([], { headMs: null }) } },
    { status: 'skip', title: 'got no response' },
  ],
  [
    'skips when each connection is sent stream with its own',
    { main: MAIN, auxiliary: { resume: back(ticks(3)) } },
    { status: 'skip', title: 'its own stream with its own ids' },
  ],
  [
    'skips when each connection counts for itself on one ticker, whatever the age of its stream',
    {
      main: { says: ticks(9, 700, 100) },
      auxiliary: {
        resume: back([
          [650, tick(1)],
          [1350, tick(2)],
        ]),
      },
    },
    { status: 'skip', title: 'its own stream with its own ids' },
  ],
  [
    'skips when the ids of the main stream do not tell its events apart',
    { main: { says: [...ticks(3), [4000, tick(1)]] }, auxiliary: { resume: back(history(3)) } },
    { status: 'skip', title: 'not known' },
  ],
  [
    'says that no event has an id',
    { main: { says: [[1000, 'data: a\n\n']] } },
    { status: 'skip', title: 'no event has an id' },
  ],
  [
    'says how to try it when the request would have to be sent again',
    { main: MAIN, asksTwice: false },
    { status: 'skip', title: 'not tested:', advises: true },
  ],
  ['says that too few events came', { main: { says: ticks(1) } }, { status: 'skip', title: 'too few events' }],
  [
    'says that the ids do not identify events',
    { main: { says: [...ticks(3), [4000, tick(1)]] } },
    { status: 'skip', title: 'do not identify events' },
  ],
]);
