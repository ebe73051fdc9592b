import { expect, it } from 'vitest';
import { ClientOrder, type ClientRow, type SortKey } from '../../../src/server/dashboard/page/client-order.ts';
import { bytes, duration, perSecond } from '../../../src/server/dashboard/page/format.ts';

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
    blocked: false,
    lastAcceptedAgoMs: 5,
    writtenBytes: 10,
    userAgent: 'x',
    ratePerSecond: null,
  },
  {
    id: 'b',
    ageMs: 3000,
    queuedBytes: 0,
    blocked: false,
    lastAcceptedAgoMs: 7,
    writtenBytes: 30,
    userAgent: 'y',
    ratePerSecond: 1,
  },
  {
    id: 'c',
    ageMs: 2000,
    queuedBytes: 9,
    blocked: true,
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

it('the order of clients is by queue, then by age, until another is chosen', () => {
  expect(orderBy()).toBe('cba');
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
