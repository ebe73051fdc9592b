import { firstEvent } from '../../../src/probe/checks/first-event.ts';
import { judges } from '../../support/check-table.ts';
import { ASKED_MS, connected, HEAD_MS, pings, tick } from '../../support/observations.ts';

judges(firstEvent, [
  [
    'counts a greeting as an event',
    { main: { says: [[0, connected(5000)]] } },
    { status: 'pass', title: 'after 25ms' },
  ],
  [
    'counts from the request and not from the head',
    { main: { says: [[1000, tick(1)]] } },
    { status: 'pass', evidence: { firstEventMs: HEAD_MS - ASKED_MS + 1000 } },
  ],
  [
    'holds no silence against a stream that may have nothing to say',
    { main: { says: pings(5000) } },
    { status: 'skip', title: 'no event within 20s', evidence: { bytes: 8 }, advises: true },
  ],
  [
    'warns of a stream on which nothing came at all',
    { main: { says: [] } },
    {
      status: 'warn',
      title: 'nothing arrived on the stream,',
      evidence: { finding: 'no-events', bytes: 0 },
      advises: true,
    },
  ],
  [
    'warns of a greeting behind which nothing came',
    { main: { says: pings(0) } },
    {
      status: 'warn',
      title: 'only 1 comment arrived on the stream, no event within 20s',
      evidence: { finding: 'no-events' },
    },
  ],
  [
    'warns of a stream that was over without an event, however soon',
    { main: { says: pings(0, 600), end: { cause: 'eof-clean', ageMs: 1000 } } },
    { status: 'warn', title: 'only 2 comments arrived on the stream,' },
  ],
  [
    'leaves a greeting alone that was watched for a moment',
    { main: { says: pings(0), end: { cause: 'closed-by-us', ageMs: 2000 } } },
    { status: 'skip' },
  ],
  [
    'warns of a stream on which nothing came, however short it was watched',
    { main: { says: [], end: { cause: 'closed-by-us', ageMs: 1000 } } },
    { status: 'warn', title: 'nothing arrived on the stream,' },
  ],
  [
    'leaves lines that are no events to the framing',
    { main: { says: [[1000, 'data: 1\ndata: 2\n']] } },
    { status: 'skip' },
  ],
  ['leaves what a compressor keeps to the framing', { main: { says: [], codedBytes: 10 } }, { status: 'skip' }],
  [
    'fails when an event was waited for on a stream that was over at once',
    { main: { head: { statusCode: 204 }, says: [] }, plan: { until: { kind: 'event' } } },
    { status: 'fail', title: 'an event did not arrive within', evidence: { until: 'event' }, advises: true },
  ],
  [
    'fails when an event was waited for',
    { main: { says: pings(5000) }, plan: { until: { kind: 'event' } } },
    { status: 'fail', title: 'no event within 20s', evidence: { watchedMs: 20_000 } },
  ],
  [
    'passes when the event that was waited for came',
    { main: { says: [[1000, tick(1)]] }, plan: { until: { kind: 'event' } } },
    { status: 'pass' },
  ],
]);
