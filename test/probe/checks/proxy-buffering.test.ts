import { proxyBuffering } from '../../../src/probe/checks/proxy-buffering.ts';
import { judges } from '../../support/check-table.ts';
import type { Seeing } from '../../support/observations.ts';

function saying(value: string | null): Seeing {
  return { main: { headers: { 'x-accel-buffering': value, server: 'nginx' } } };
}

judges(proxyBuffering, [
  ['passes a stream that tells nginx not to collect it', saying('no'), { status: 'pass', advises: false }],
  ['reads the value in any case', saying('NO'), { status: 'pass', advises: false }],
  ['warns of a stream that tells nginx to collect it', saying('Yes'), { status: 'warn', title: 'makes nginx buffer' }],
  [
    'only advises when nothing is said, since nginx takes the header for itself',
    saying(null),
    { status: 'pass', evidence: { xAccelBuffering: '', server: 'nginx' }, advises: true },
  ],
  ['takes a value that nginx does not know for nothing said', saying('off'), { status: 'pass', advises: true }],
]);
