import type { Cause } from '../../../src/core/causes.ts';
import { status } from '../../../src/probe/checks/status.ts';
import { judges } from '../../support/check-table.ts';
import { type Course, type Seeing, tick, ticks } from '../../support/observations.ts';

function answering(statusCode: number, head: Course['head'] = {}, headers: Course['headers'] = {}): Seeing {
  return { main: { head: { statusCode, ...head }, headers, says: [[10, 'sorry']] } };
}

function unanswered(cause: Cause, detail = ''): Seeing {
  return { main: { headMs: null, end: { cause, detail, ageMs: 3000 } } };
}

/** Another client that asked and had no head by the time when it was left. */
function waiting(askedMs: number, leftMs: number): Course {
  return { askedMs, headMs: null, end: { cause: 'closed-by-us', ageMs: leftMs - askedMs } };
}

const SOUND = { status: 'pass', title: '200' } as const;

judges(status, [
  ['passes 200', {}, { status: 'pass', title: '200', evidence: { status: 200, statusText: 'OK' } }],
  ['warns of 204, which tells clients to stop', answering(204), { status: 'warn', title: '204' }],
  [
    'fails any other status, and shows how the answer begins',
    answering(404, { statusText: 'Not Found' }),
    { status: 'fail', title: 'the status was 404 Not Found;', evidence: { status: 404, body: 'sorry' }, advises: true },
  ],
  [
    'shows a status without its text',
    answering(500, { statusText: '' }),
    { status: 'fail', title: 'the status was 500', evidence: { statusText: '' } },
  ],
  [
    'shows when to come back',
    answering(503, {}, { 'retry-after': '120' }),
    { status: 'fail', evidence: { retryAfter: '120' } },
  ],
  [
    'names whose time was up where a gateway says no after a while',
    { main: { ...(answering(504).main as Course), headMs: 60_020 } },
    {
      status: 'fail',
      hint: 'It arrived after 1m, like a timeout while waiting for the response headers: `proxy_read_timeout`',
    },
  ],
  [
    'names no time where the same answer came at once',
    answering(504),
    { status: 'fail', hint: 'A gateway timed out waiting for the response headers' },
  ],
  ['fails a success that is not 200', answering(206), { status: 'fail' }],
  [
    'fails a status whose text is a terminal sequence',
    answering(500, { statusText: '\u001b]0;owned\u0007' }),
    { status: 'fail', title: 'the status was 500', evidence: { status: 500 } },
  ],
  [
    'fails when no head came while we waited',
    unanswered('closed-by-us'),
    { status: 'fail', title: 'no response headers within 3s', evidence: { waitedMs: 3000 } },
  ],
  [
    'fails a connection that ended without an answer',
    unanswered('reset', 'ECONNRESET'),
    { status: 'fail', title: '(ECONNRESET)', evidence: { cause: 'reset' } },
  ],
  [
    'shows what the answer says for itself',
    {
      main: {
        head: { statusCode: 429 },
        headers: { 'retry-after': '7', 'www-authenticate': 'Bearer realm="\u001bx"' },
        says: [[10, '{"error":{"message":"slow down"}}']],
      },
    },
    {
      status: 'fail',
      title: 'the response says “slow down”, `Retry-After: 7`, `WWW-Authenticate: Bearer realm="\\u001bx"`',
      evidence: { retryAfter: '7' },
    },
  ],
  [
    'does not repeat the secret that the answer repeats',
    {
      main: {
        head: { statusCode: 401 },
        says: [[10, 'no such token: S3CRET-TOKEN']],
        requestSpec: { headers: [['Authorization', 'Bearer S3CRET-TOKEN']] },
      },
    },
    { status: 'fail', title: '“no such token: REDACTED”' },
  ],
  [
    'fails when a second client waits in vain while the first hears its stream',
    { auxiliary: { twin: waiting(1000, 6000), coded: waiting(500, 5500) } },
    {
      status: 'fail',
      title:
        'a second client got no response within 5s while the first had its stream: the server serves one client at a time',
      evidence: { finding: 'connect-refused', waitedMs: 5000, others: 2 },
      advises: true,
    },
  ],
  [
    'fails when a second client waits in vain though other paths are answered',
    { auxiliary: { twin: waiting(1000, 6000), wrongPath: { head: { statusCode: 404 }, says: [] } } },
    { status: 'fail', evidence: { others: 1 } },
  ],
  ['passes when any other client was answered', { auxiliary: { twin: waiting(1000, 6000), coded: {} } }, SOUND],
  [
    'passes when a second client was turned away',
    {
      auxiliary: {
        twin: waiting(1000, 6000),
        coded: { askedMs: 50, headMs: null, end: { cause: 'reset', ageMs: 10 } },
      },
    },
    SOUND,
  ],
  ['passes when a second client has not waited for long', { auxiliary: { twin: waiting(1000, 3900) } }, SOUND],
  [
    'passes when the first client waited for its head as well',
    { main: { askedMs: 15, headMs: 2015, says: ticks(9) }, auxiliary: { twin: waiting(1000, 8000) } },
    SOUND,
  ],
  ['passes when only the one that asks for the head waits', { auxiliary: { headOnly: waiting(1000, 6000) } }, SOUND],
  [
    'says that it cannot be told where the head may wait for the next event',
    {
      main: {
        says: [
          [0, tick(1)],
          [9000, tick(2)],
        ],
      },
      auxiliary: { twin: waiting(1000, 6000) },
    },
    { status: 'warn', title: 'the server waits for the next event, or serves one client at a time' },
  ],
  ['leaves a circle of redirects to redirects', unanswered('redirect-loop'), { status: 'skip', title: 'redirected' }],
  ['leaves what could not be asked to reachable', { main: null }, { status: 'skip', title: 'no request was sent' }],
  [
    'leaves a connection that never stood to reachable',
    { main: { askedMs: null, headMs: null, end: { cause: 'refused', ageMs: 10 } } },
    { status: 'skip', title: 'no request was sent' },
  ],
]);
