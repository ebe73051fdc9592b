import { protocol } from '../../../src/probe/checks/protocol.ts';
import { judges } from '../../support/check-table.ts';
import { ASKED_MS, type Course, HEAD_MS } from '../../support/observations.ts';

const HTTP2: Course = { head: { httpVersion: '2' } };
/** One version may take so much longer. */
const SLOWER_MS = 1000;

/** The same stream over HTTP/1.1, with a head that comes so much later than over HTTP/2. */
function slower(laterMs: number): Course {
  return { askedMs: 500, headMs: 500 + HEAD_MS - ASKED_MS + laterMs };
}

judges(protocol, [
  [
    'advises HTTP/2 to a server of HTTP/1.1',
    {},
    { status: 'pass', title: 'HTTP/1.1', evidence: { protocol: 'http/1.1' }, advises: true },
  ],
  ['passes HTTP/2', { main: HTTP2 }, { status: 'pass', title: 'HTTP/2', evidence: { protocol: 'h2' }, advises: false }],
  ['warns of HTTP/1.0', { main: { head: { httpVersion: '1.0' } } }, { status: 'warn', title: 'HTTP/1.0' }],
  [
    'passes the version that the user asked for',
    { plan: { http1: true } },
    { status: 'pass', title: 'http/1.1, as requested', advises: false },
  ],
  ['does not advise what a proxy decides', { proxy: 'http://192.0.2.8:3128' }, { status: 'pass', advises: false }],
  [
    'passes the same stream over both versions',
    { main: HTTP2, auxiliary: { other: {} } },
    { status: 'pass', title: 'the same stream over HTTP/1.1', evidence: { other: '1.1', otherStatus: 200 } },
  ],
  [
    'passes a version that is a little slower',
    { main: HTTP2, auxiliary: { other: slower(SLOWER_MS) } },
    { status: 'pass' },
  ],
  [
    'warns of a version that is slower than that',
    { main: HTTP2, auxiliary: { other: slower(SLOWER_MS + 1) } },
    { status: 'warn', title: 'the response headers took 25ms over HTTP/2 and 1s over HTTP/1.1' },
  ],
  [
    'warns when HTTP/1.1 gets another answer',
    { main: HTTP2, auxiliary: { other: { head: { statusCode: 426 } } } },
    { status: 'warn', title: 'HTTP/1.1 gets status 426', evidence: { otherStatus: 426 } },
  ],
  [
    'warns when HTTP/1.1 gets no answer at all',
    { main: HTTP2, auxiliary: { other: { headMs: null, end: { cause: 'reset', detail: 'ECONNRESET', ageMs: 50 } } } },
    {
      status: 'warn',
      title: 'HTTP/2 works, but HTTP/1.1 fails: reset',
      evidence: { other: null, detail: 'ECONNRESET' },
    },
  ],
  [
    'skips when we left before HTTP/1.1 answered',
    { main: HTTP2, auxiliary: { other: { headMs: null } } },
    { status: 'skip', title: 'did not respond in time' },
  ],
]);
