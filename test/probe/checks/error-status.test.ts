import { errorStatus } from '../../../src/probe/checks/error-status.ts';
import { judges } from '../../support/check-table.ts';
import type { Course } from '../../support/observations.ts';

function answered(statusCode: number): Course {
  return { head: { statusCode }, says: [] };
}

function head(course: Course): Course {
  return { requestSpec: { method: 'HEAD' }, says: [], ...course };
}

judges(errorStatus, [
  [
    'passes HEAD that gets a head and ends',
    { auxiliary: { wrongPath: answered(404), headOnly: head({ end: { cause: 'eof-truncated', ageMs: 5 } }) } },
    { status: 'pass', title: 'a wrong path gets 404, HEAD gets 200', advises: false },
  ],
  [
    'passes HEAD that is not allowed',
    { auxiliary: { wrongPath: answered(404), headOnly: head({ head: { statusCode: 405 } }) } },
    { status: 'pass', title: 'HEAD gets 405', advises: false },
  ],
  [
    'advises on HEAD that opens a stream',
    { auxiliary: { wrongPath: answered(404), headOnly: head({}) } },
    { status: 'pass', title: 'HEAD gets 200 and does not end', evidence: { headOnly: 200 }, advises: true },
  ],
  [
    'advises on HEAD that gets no response',
    { auxiliary: { wrongPath: answered(404), headOnly: head({ headMs: null }) } },
    { status: 'pass', title: 'HEAD gets no response', evidence: { headOnly: null }, advises: true },
  ],
  [
    'passes HEAD behind which the stream is answered',
    { auxiliary: { headOnly: head({ end: { cause: 'eof-clean', ageMs: 5 } }), behindHead: answered(200) } },
    { status: 'pass', title: 'HEAD gets 200', advises: false },
  ],
  [
    'warns of HEAD behind which nobody is answered: a proxy sends them on the same connection',
    { auxiliary: { headOnly: head({ end: { cause: 'eof-clean', ageMs: 5 } }), behindHead: { headMs: null } } },
    { status: 'warn', title: 'HEAD gets 200, and the next client on that connection gets no response' },
  ],
  [
    'says nothing of HEAD where the server was gone behind it',
    {
      auxiliary: {
        headOnly: head({ end: { cause: 'eof-clean', ageMs: 5 } }),
        behindHead: { headMs: null, end: { cause: 'refused', ageMs: 5 } },
      },
    },
    { status: 'pass', title: 'HEAD gets 200', advises: false },
  ],
  [
    'warns of HEAD that gets a body',
    {
      auxiliary: {
        wrongPath: answered(404),
        headOnly: head({ says: [[0, 'data: 1\n\n']], end: { cause: 'eof-clean', ageMs: 5 } }),
      },
    },
    { status: 'warn', title: 'HEAD gets 200 and a body' },
  ],
  [
    'does not advise on HEAD where nobody else is answered',
    { auxiliary: { wrongPath: { headMs: null }, headOnly: head({ headMs: null }) } },
    { status: 'pass', title: 'a wrong path gets no response, HEAD gets no response', advises: false },
  ],
  [
    'does not blame the server for a request for the head that was cut off',
    { auxiliary: { wrongPath: answered(404), headOnly: head({ headMs: null, end: { cause: 'reset', ageMs: 5 } }) } },
    { status: 'pass', title: 'HEAD gets no response (reset)' },
  ],
  ['skips when nothing wrong was asked', {}, { status: 'skip' }],
  [
    'passes a path that is not found and a client that is turned away',
    { auxiliary: { wrongPath: answered(404), withoutToken: answered(401) } },
    {
      status: 'pass',
      title: 'a wrong path gets 404, a request without the token gets 401',
      evidence: { wrongPath: 404, withoutToken: 401 },
      advises: false,
    },
  ],
  [
    'only advises when a wrong path gets a stream',
    { auxiliary: { wrongPath: {} } },
    { status: 'pass', title: 'a stream as well', advises: true },
  ],
  [
    'only advises when a wrong path gets a page',
    { auxiliary: { wrongPath: { headers: { 'content-type': 'text/html' } } } },
    { status: 'pass', title: 'a wrong path gets 200', evidence: { contentType: 'text/html' }, advises: true },
  ],
  [
    'warns when the stream is open without the token',
    { auxiliary: { withoutToken: {} } },
    { status: 'warn', title: 'a request without the token gets a stream as well' },
  ],
  [
    'warns of a fault at a wrong path',
    { auxiliary: { wrongPath: answered(500) } },
    { status: 'warn', title: 'gets 500' },
  ],
  [
    'warns of a fault without the token',
    { auxiliary: { wrongPath: answered(404), withoutToken: answered(502) } },
    { status: 'warn' },
  ],
  [
    'does not blame a server that is full',
    { auxiliary: { wrongPath: answered(503) } },
    { status: 'pass', title: 'gets 503' },
  ],
  [
    'tells of a connection that was cut instead of an answer',
    { auxiliary: { wrongPath: { headMs: null, end: { cause: 'reset', ageMs: 50 } } } },
    { status: 'pass', title: 'no response (reset)', evidence: { wrongPath: null } },
  ],
  [
    'does not blame the server when we left before the answer',
    { auxiliary: { wrongPath: { headMs: null } } },
    { status: 'pass', title: 'a wrong path gets no response' },
  ],
]);
