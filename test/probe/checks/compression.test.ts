import { compression } from '../../../src/probe/checks/compression.ts';
import { judges } from '../../support/check-table.ts';
import { type Course, HEAD_MS, type Said, ticks } from '../../support/observations.ts';

/** The stream that offers a coding opens so much after the main one. */
const OPENED_MS = 500;
const MAIN: Course = { says: ticks(6) };

/** What the main stream has, decoded, that much later. */
function coded(laterMs: number, says: readonly Said[] = ticks(6)): Course {
  return {
    headMs: HEAD_MS + OPENED_MS,
    headers: { 'content-encoding': 'gzip', vary: 'Accept-Encoding' },
    says: says.map(([ageMs, text]): Said => [ageMs - OPENED_MS + laterMs, text]),
  };
}

const HELD = { finding: 'buffered-stream' };

judges(compression, [
  [
    'names the setting of the proxy that shows itself',
    { main: { headers: { 'content-encoding': 'gzip', server: 'nginx/1.24.0', via: '1.1 varnish' } } },
    { status: 'warn', title: 'gzip', advises: true },
  ],
  [
    'skips when compression was not offered',
    {},
    { status: 'skip', title: 'not offered', evidence: { contentEncoding: '' } },
  ],
  [
    'warns of a stream that is compressed though nobody asked for it',
    { main: { headers: { 'content-encoding': 'gzip' } } },
    { status: 'warn', title: 'compressed (gzip),', evidence: { finding: 'compressed-stream' } },
  ],
  [
    'passes a stream that is compressed because the user asked for it',
    { main: { headers: { 'content-encoding': 'br' }, requestSpec: { headers: [['Accept-Encoding', 'br']] } } },
    { status: 'pass', title: 'compressed (br), as requested' },
  ],
  [
    'passes what is called a coding and is none',
    { main: { headers: { 'content-encoding': 'identity' } } },
    { status: 'skip' },
  ],
  [
    'passes a server that does not compress when that is offered',
    { main: MAIN, auxiliary: { coded: { ...coded(0), headers: {} } } },
    { status: 'pass', title: 'not compressed, even when the client offers it', advises: false },
  ],
  [
    'passes a compressed stream whose events come at the same time, with advice',
    { main: MAIN, auxiliary: { coded: coded(0) } },
    {
      status: 'pass',
      title: '(gzip)',
      evidence: { commonEvents: 6, heldBackMs: 0, vary: 'Accept-Encoding' },
      advises: true,
    },
  ],
  [
    'passes a compressed stream that is as much later as is allowed',
    { main: MAIN, auxiliary: { coded: coded(500) } },
    { status: 'pass', evidence: { heldBackMs: 500 } },
  ],
  [
    'fails a compressed stream that is later than that',
    { main: MAIN, auxiliary: { coded: coded(501) } },
    { status: 'fail', title: '501ms later than on the uncompressed stream', evidence: { ...HELD, heldBackMs: 501 } },
  ],
  [
    'does not call a compressed stream held back that is ahead',
    { main: { says: coded(1000).says ?? [] }, auxiliary: { coded: { ...coded(0), headMs: HEAD_MS } } },
    { status: 'pass', evidence: { heldBackMs: 0 } },
  ],
  [
    'fails a compressed stream that has nothing of three events',
    { main: { says: ticks(3) }, auxiliary: { coded: coded(0, []) } },
    { status: 'fail', title: '3 arrived on the uncompressed stream, none on', evidence: { ...HELD, missing: 3 } },
  ],
  [
    'does not judge by two events',
    { main: { says: ticks(2) }, auxiliary: { coded: coded(0, []) } },
    { status: 'pass', evidence: { missing: 2 } },
  ],
  [
    'does not ask for events from before the compressed stream opened',
    { main: { says: ticks(3, 100) }, auxiliary: { coded: coded(0, []) } },
    { status: 'pass', evidence: { missing: 0 } },
  ],
  [
    'does not ask for events from after the compressed stream was left',
    { main: MAIN, auxiliary: { coded: { ...coded(0, []), end: { cause: 'closed-by-us', ageMs: 1000 } } } },
    { status: 'pass', evidence: { missing: 1 } },
  ],
  [
    'fails a compressor that is not flushed, also for one event',
    { main: MAIN, auxiliary: { coded: { ...coded(0, []), codedBytes: 10 } } },
    {
      status: 'fail',
      title:
        'With compression offered, the stream is compressed, and the compressor is not flushed after each event: 10B',
      evidence: { finding: 'buffered-stream', codedBytes: 10 },
    },
  ],
  [
    'leaves a coding that nobody knows to the framing, where the stream cannot be read',
    {
      main: {
        headers: { 'content-encoding': 'zstd' },
        says: [],
        end: { cause: 'decode', detail: 'no text', ageMs: 100 },
      },
    },
    { status: 'skip', title: 'see framing' },
  ],
  [
    'warns of a coding that nobody knows, under which clients read the stream as it is',
    { main: { headers: { 'content-encoding': 'none' } } },
    {
      status: 'warn',
      title: '`Content-Encoding: none`, which is not a content coding:',
      evidence: { contentEncoding: 'none' },
    },
  ],
  [
    'fails two codings',
    { auxiliary: { coded: { headers: { 'content-encoding': 'gzip, br' } } } },
    { status: 'fail', title: 'cannot be decoded' },
  ],
  [
    'fails bytes that are not in the coding that the head names',
    {
      auxiliary: { coded: { ...coded(0, []), end: { cause: 'decode', detail: 'incorrect header check', ageMs: 100 } } },
    },
    { status: 'fail', title: 'cannot be decoded: incorrect header check' },
  ],
  [
    'skips when the request that offered it got no response',
    { auxiliary: { coded: { headMs: null } } },
    { status: 'skip', title: 'got no response' },
  ],
]);
