import { charset } from '../../../src/probe/checks/charset.ts';
import { judges } from '../../support/check-table.ts';
import type { Seeing } from '../../support/observations.ts';

function saying(parameters: string): Seeing {
  return { main: { headers: { 'content-type': `text/event-stream${parameters}` } } };
}

judges(charset, [
  ['passes a type without a charset', saying(''), { status: 'pass', evidence: { charset: '' } }],
  ['passes UTF-8', saying(';charset=UTF-8'), { status: 'pass', evidence: { charset: 'UTF-8' } }],
  ['passes UTF-8 in quotes, without its hyphen', saying('; charset="utf8"'), { status: 'pass' }],
  ['warns of another charset', saying('; charset=iso-8859-1'), { status: 'warn', title: 'charset=iso-8859-1' }],
  [
    'finds the charset behind other parameters',
    saying('; q=1; charset = latin1; x=y'),
    { status: 'warn', evidence: { charset: 'latin1' } },
  ],
  ['does not take another parameter for it', saying('; x-charset=latin1'), { status: 'pass' }],
]);
