import { retry } from '../../../src/probe/checks/retry.ts';
import { judges } from '../../support/check-table.ts';
import type { Seeing } from '../../support/observations.ts';

/** Sooner is hammering, later is staying away. */
const LEAST_MS = 100;
const MOST_MS = 300_000;

function saying(...values: readonly string[]): Seeing {
  return { main: { says: values.map((value) => [0, `retry: ${value}\n\n`]) } };
}

judges(retry, [
  [
    'advises a time when there is none',
    {},
    { status: 'pass', title: 'no retry', evidence: { retryMs: null }, advises: true },
  ],
  ['passes some seconds', saying('3000'), { status: 'pass', title: 'after 3s', advises: false }],
  ['passes the shortest time that is sound', saying(`${LEAST_MS}`), { status: 'pass' }],
  ['warns of a shorter one', saying(`${LEAST_MS - 1}`), { status: 'warn', title: 'retry: 99 makes clients flood' }],
  ['warns of no time at all', saying('0'), { status: 'warn' }],
  ['passes the longest time that is sound', saying(`${MOST_MS}`), { status: 'pass' }],
  ['warns of a longer one', saying(`${MOST_MS + 1}`), { status: 'warn', title: 'only after 5m' }],
  ['takes the last of several, as clients do', saying('1', '2000'), { status: 'pass', evidence: { retryMs: 2000 } }],
  ['hears nothing in what is no number', saying('soon'), { status: 'pass', evidence: { retryMs: null } }],
]);
