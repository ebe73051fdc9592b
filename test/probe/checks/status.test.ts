import type { Cause } from '../../../src/core/causes.ts';
import { status } from '../../../src/probe/checks/status.ts';
import { judges } from '../../support/check-table.ts';
import type { Course, Seeing } from '../../support/observations.ts';

function answering(statusCode: number, head: Course['head'] = {}, headers: Course['headers'] = {}): Seeing {
  return { main: { head: { statusCode, ...head }, headers, says: [[10, 'sorry']] } };
}

function unanswered(cause: Cause, detail = ''): Seeing {
  return { main: { headMs: null, end: { cause, detail, ageMs: 3000 } } };
}

judges(status, [
  ['passes 200', {}, { status: 'pass', title: '200', evidence: { status: 200, statusText: 'OK' } }],
  ['warns of 204, which tells clients to stop', answering(204), { status: 'warn', title: '204' }],
  [
    'fails any other status, and shows how the answer begins',
    answering(404, { statusText: 'Not Found' }),
    { status: 'fail', title: 'the answer was 404 Not Found', evidence: { status: 404, body: 'sorry' }, advises: true },
  ],
  [
    'shows a status without its text',
    answering(500, { statusText: '' }),
    { status: 'fail', title: 'the answer was 500', evidence: { statusText: '' } },
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
      hint: 'It came after 1m, as when a time is up in which the head did not come: `proxy_read_timeout`',
    },
  ],
  [
    'names no time where the same answer came at once',
    answering(504),
    { status: 'fail', hint: 'The server, or a gateway' },
  ],
  ['fails a success that is not 200', answering(206), { status: 'fail' }],
  [
    'fails a status whose text is a terminal sequence',
    answering(500, { statusText: '\u001b]0;owned\u0007' }),
    { status: 'fail', title: 'the answer was 500', evidence: { status: 500 } },
  ],
  [
    'fails when no head came while we waited',
    unanswered('closed-by-us'),
    { status: 'fail', title: 'no response head within 3s', evidence: { waitedMs: 3000 } },
  ],
  [
    'fails a connection that ended without an answer',
    unanswered('reset', 'ECONNRESET'),
    { status: 'fail', title: '(ECONNRESET)', evidence: { cause: 'reset' } },
  ],
  ['leaves a circle of redirects to redirects', unanswered('redirect-loop'), { status: 'skip', title: 'redirected' }],
  ['leaves what could not be asked to reachable', { main: null }, { status: 'skip', title: 'nothing could be asked' }],
  [
    'leaves a connection that never stood to reachable',
    { main: { askedMs: null, headMs: null, end: { cause: 'refused', ageMs: 10 } } },
    { status: 'skip', title: 'nothing could be asked' },
  ],
]);
