import { contentType } from '../../../src/probe/checks/content-type.ts';
import { judges } from '../../support/check-table.ts';
import type { Seeing } from '../../support/observations.ts';

function saying(type: string | null, statusCode = 200): Seeing {
  return { main: { headers: { 'content-type': type }, head: { statusCode }, says: [] } };
}

const REFUSED = { finding: 'not-event-stream' };

judges(contentType, [
  ['passes an event stream', saying('text/event-stream'), { status: 'pass', title: 'text/event-stream' }],
  ['passes one with parameters, in any case', saying('Text/Event-Stream; charset=utf-8'), { status: 'pass' }],
  ['fails a page', saying('text/html'), { status: 'fail', title: 'but text/html', evidence: REFUSED }],
  [
    'fails an answer without a type',
    saying(null),
    { status: 'fail', title: 'it has no Content-Type', evidence: REFUSED },
  ],
  ['fails a type that only begins like it', saying('text/event-streams'), { status: 'fail', evidence: REFUSED }],
  ['takes the last of several types', saying('text/event-stream, text/html'), { status: 'fail', evidence: REFUSED }],
  ['fails a type that is a terminal sequence', saying('\u001b]0;owned\u0007'), { status: 'fail', evidence: REFUSED }],
  ['does not judge an error page', saying('text/html', 500), { status: 'skip', title: 'not 200' }],
  ['does not judge an empty answer', saying(null, 204), { status: 'skip', title: 'not 200' }],
  [
    'does not blame the type for a coding that nobody knows',
    { main: { headers: { 'content-encoding': 'rot13' } } },
    { status: 'pass' },
  ],
]);
