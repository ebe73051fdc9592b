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
      title: 'all 4 events behind the id came, once',
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
    { status: 'skip', title: 'a stream of its own' },
  ],
  [
    'passes when a greeting without an id came before what was missed',
    {
      main: { says: [GREETING, ...ticks(9)] },
      auxiliary: { resume: back([GREETING, ...history(3, 4, 5, 6)]) },
    },
    { status: 'pass', title: 'all 4 events behind the id came, once', evidence: { behind: 4, firstId: '3' } },
  ],
  [
    'passes when it came out of order',
    { main: MAIN, auxiliary: { resume: back(history(4, 3, 5, 6)) } },
    { status: 'pass', evidence: { lost: 0, doubled: 0 } },
  ],
  [
    'fails when one of them is missing',
    { main: MAIN, auxiliary: { resume: back(history(3, 5, 6)) } },
    { status: 'fail', title: '1 event was missing', evidence: { finding: 'resume-lost', lost: 1 } },
  ],
  [
    'passes what is missing when the server says so',
    { main: MAIN, auxiliary: { resume: back([[5, 'event: missed\ndata: {"from":3,"to":4}\n\n'], ...history(5, 6)]) } },
    { status: 'pass', title: '2 events were missing after reconnecting, and the server said so', advises: true },
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
    { status: 'fail', title: '2 events came again', evidence: { finding: 'resume-duplicated', doubled: 2 } },
  ],
  [
    'names what came again before what is missing',
    { main: MAIN, auxiliary: { resume: back(history(2, 4, 5, 6)) } },
    { status: 'fail', evidence: { finding: 'resume-duplicated', doubled: 1, lost: 1 } },
  ],
  [
    'fails when a client that comes back is refused',
    { main: MAIN, auxiliary: { resume: back([], { head: { statusCode: 400 } }) } },
    { status: 'fail', title: 'is refused: status 400', evidence: { status: 400, cause: 'http-status' } },
  ],
  [
    'skips when the second connection got no answer',
    { main: MAIN, auxiliary: { resume: back([], { headMs: null }) } },
    { status: 'skip', title: 'got no answer' },
  ],
  [
    'skips when each connection is sent a stream of its own',
    { main: MAIN, auxiliary: { resume: back(ticks(3)) } },
    { status: 'skip', title: 'a stream of its own' },
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
    { status: 'skip', title: 'a stream of its own' },
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
    { status: 'skip', title: 'not tried', advises: true },
  ],
  ['says that too few events came', { main: { says: ticks(1) } }, { status: 'skip', title: 'too few events' }],
  [
    'says that the ids do not tell events apart',
    { main: { says: [...ticks(3), [4000, tick(1)]] } },
    { status: 'skip', title: 'do not tell events apart' },
  ],
]);
