import { expect, it } from 'vitest';
import { ClientOrder, type ClientRow, type SortKey, stateOf } from '../../../src/server/dashboard/page/client-order.ts';
import { curlLine } from '../../../src/server/dashboard/page/curl-line.ts';
import { bytes, counted, duration, eventsPerSecond, perSecond } from '../../../src/server/dashboard/page/format.ts';

it('figures on the dashboard are sizes of three figures', () => {
  expect([0, 999, 1000, 1024, 10_240, 123_456, 1023 * 1024, 5e6, 3.2e9].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '0.98 KiB',
    '1.00 KiB',
    '10.0 KiB',
    '121 KiB',
    '1.00 MiB',
    '4.77 MiB',
    '2.98 GiB',
  ]);
});

it('figures on the dashboard are times in the two largest units', () => {
  expect([0, 850, 3210, 59_900, 252_000, 7_500_000, 273_600_000].map(duration)).toEqual([
    '0 ms',
    '850 ms',
    '3.2 s',
    '59 s',
    '4 m 12 s',
    '2 h 5 m',
    '3 d 4 h',
  ]);
});

it('figures on the dashboard are rates with a decimal where it says something', () => {
  expect([0, 4.96, 12.4, 12_345].map(perSecond)).toEqual(['0.0/s', '5.0/s', '12/s', '12,345/s']);
});

const clients: ClientRow[] = [
  {
    id: 'a',
    ageMs: 1000,
    queuedBytes: 0,
    unacknowledgedBytes: null,
    blocked: false,
    noProgressMs: 0,
    badness: 2,
    lastAcceptedAgoMs: 5,
    writtenBytes: 10,
    userAgent: 'x',
    ratePerSecond: null,
  },
  {
    id: 'b',
    ageMs: 3000,
    queuedBytes: 0,
    unacknowledgedBytes: null,
    blocked: false,
    noProgressMs: 0,
    badness: 1,
    lastAcceptedAgoMs: 7,
    writtenBytes: 30,
    userAgent: 'y',
    ratePerSecond: 1,
  },
  {
    id: 'c',
    ageMs: 2000,
    queuedBytes: 9,
    unacknowledgedBytes: null,
    blocked: true,
    noProgressMs: 0,
    badness: 3,
    lastAcceptedAgoMs: 6,
    writtenBytes: 20,
    userAgent: '',
    ratePerSecond: 0,
  },
];

function orderBy(...keys: SortKey[]): string {
  const order = new ClientOrder();
  for (const key of keys) order.choose(key);
  return clients
    .toSorted(order.compare)
    .map(({ id }) => id)
    .join('');
}

it('the order of clients is the one of the server, the worst first, until another is chosen', () => {
  expect(orderBy()).toBe('cab');
});

it('the order of clients begins with the largest figure and the first word, and is turned round by a second choice', () => {
  expect([
    orderBy('writtenBytes'),
    orderBy('writtenBytes', 'writtenBytes'),
    orderBy('userAgent'),
    orderBy('userAgent', 'userAgent'),
    orderBy('ratePerSecond'),
  ]).toEqual(['bca', 'acb', 'cab', 'bac', 'bca']);
});

it('the state of a client is blocked, unacknowledged when it has made no progress for longer than chance explains, else accepting', () => {
  const [one] = clients;
  if (one === undefined) throw new Error('there is no client');
  expect([
    stateOf(one),
    stateOf({ ...one, noProgressMs: 5000 }),
    stateOf({ ...one, noProgressMs: 6000 }),
    stateOf({ ...one, noProgressMs: 6000, blocked: true }),
  ]).toEqual(['accepting', 'accepting', 'unacknowledged', 'blocked']);
});

it('figures on the dashboard have their noun, in the singular for one', () => {
  expect([counted(1, 'event'), counted(1234, 'event'), eventsPerSecond(0.5), eventsPerSecond(1234)]).toEqual([
    '1 event',
    '1,234 events',
    '0.5 events/s',
    '1,234 events/s',
  ]);
});

it('the line to copy opens the stream under the address of the page, and no shell reads more into it', () => {
  for (const [page, path, line] of [
    ['http://127.0.0.1:3000/', '/events', 'curl -N http://127.0.0.1:3000/events'],
    ['https://status.example/sse/', '/a/stream', 'curl -N https://status.example/sse/a/stream'],
    ['http://[::1]:3000/#clients', '/events', "curl -N 'http://[::1]:3000/events'"],
    ['http://localhost:3000/', "/it's;rm&x", "curl -N 'http://localhost:3000/it%27s;rm&x'"],
  ] as const)
    expect(curlLine(page, path)).toBe(line);
});
