import { cacheControl } from '../../../src/probe/checks/cache-control.ts';
import { judges } from '../../support/check-table.ts';
import type { Seeing } from '../../support/observations.ts';

function saying(value: string | null): Seeing {
  return { main: { headers: { 'cache-control': value } } };
}

judges(cacheControl, [
  ['passes no-store with no-transform', {}, { status: 'pass', title: 'no-store, no-transform', advises: false }],
  ['advises no-transform beside no-store', saying('no-store'), { status: 'pass', advises: true }],
  ['passes no-cache', saying('no-cache, no-transform'), { status: 'pass', advises: false }],
  ['passes private, whatever its age', saying('private, max-age=60'), { status: 'pass', advises: true }],
  [
    'reads directives in any case, with or without a value',
    saying('No-Cache="set-cookie",NO-TRANSFORM'),
    { status: 'pass', advises: false },
  ],
  ['fails public', saying('public'), { status: 'fail', title: 'caches may store the stream: public' }],
  ['fails an age', saying('max-age=1'), { status: 'fail' }],
  ['fails an age for shared caches', saying('s-maxage="600"'), { status: 'fail' }],
  ['passes an age of nothing', saying('max-age=0'), { status: 'pass' }],
  ['warns when nothing is said', saying(null), { status: 'warn', evidence: { cacheControl: '' } }],
  [
    'asks nothing of responses to other methods, which are not cached',
    { main: { headers: { 'cache-control': null }, requestSpec: { method: 'POST' } } },
    { status: 'pass', title: 'responses to POST are not cached' },
  ],
  ['warns of no-transform alone', saying('no-transform'), { status: 'warn' }],
  ['does not take a word within another for a directive', saying('x-no-store'), { status: 'warn' }],
]);
