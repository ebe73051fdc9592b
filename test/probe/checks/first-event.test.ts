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
      title: 'nothing came on the stream',
      evidence: { finding: 'no-events', bytes: 0 },
      advises: true,
    },
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
