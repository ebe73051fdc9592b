import { reachable } from '../../../src/probe/checks/reachable.ts';
import type { Observations } from '../../../src/probe/observations.ts';
import { judges } from '../../support/check-table.ts';
import type { Course } from '../../support/observations.ts';

function contact(change: Partial<Observations['contact']>): Observations['contact'] {
  return {
    dnsMs: null,
    connectMs: null,
    tlsMs: null,
    addresses: ['192.0.2.7'],
    handshake: null,
    failure: null,
    ...change,
  };
}

const REFUSED: Course = { askedMs: null, headMs: null, end: { cause: 'refused', detail: 'ECONNREFUSED', ageMs: 10 } };

judges(reachable, [
  [
    'passes a connection that stood, and says how long it took',
    {},
    { status: 'pass', title: 'connected in 10ms', evidence: { connectMs: 10, addresses: ['192.0.2.7'] } },
  ],
  [
    'takes the time of the first contact where there was one',
    { contact: contact({ connectMs: 30 }) },
    { status: 'pass', title: 'connected in 30ms' },
  ],
  ['passes a server that never answers', { main: { headMs: null } }, { status: 'pass' }],
  [
    'passes a server whose certificate is at fault: it was reached',
    { main: null, contact: contact({ connectMs: 30, failure: { cause: 'tls', detail: 'no' } }) },
    { status: 'pass' },
  ],
  [
    'fails a connection that was refused',
    { main: REFUSED },
    {
      status: 'fail',
      title: 'the connection was refused: ECONNREFUSED',
      evidence: { cause: 'refused' },
      advises: true,
    },
  ],
  [
    'fails a name that nobody knows',
    { main: null, contact: contact({ addresses: [], failure: { cause: 'dns', detail: 'ENOTFOUND' } }) },
    { status: 'fail', title: 'could not be resolved: ENOTFOUND', evidence: { cause: 'dns', addresses: [] } },
  ],
  [
    'fails as not in time what we gave up ourselves',
    { main: { askedMs: null, headMs: null } },
    { status: 'fail', title: 'the TCP connection timed out', evidence: { cause: 'connect-timeout' } },
  ],
  [
    'leaves it to the profile where that came to no stream',
    { main: null, plan: { profile: 'mcp' } },
    { status: 'skip', title: 'see completion' },
  ],
  [
    'fails as not in time what ended without a word',
    { main: null, endMs: 5000 },
    { status: 'fail', evidence: { cause: 'connect-timeout', waitedMs: 5000 } },
  ],
]);
