import { redirects } from '../../../src/probe/checks/redirects.ts';
import type { Listening } from '../../../src/probe/listening.ts';
import { firstHop } from '../../../src/reach/redirect.ts';
import { judges } from '../../support/check-table.ts';
import { type Course, heard } from '../../support/observations.ts';

/** A stream behind these redirects. */
function behind(hops: readonly string[], course: Course = {}): Listening {
  const listening = heard(course);
  for (const to of hops) listening.redirects.push({ statusCode: 307, to });
  const last = hops.at(-1);
  if (last !== undefined) listening.hop = firstHop(new URL(last), 'GET', '192.0.2.7');
  return listening;
}

const NO_ANSWER: Course = { headMs: null };

judges(redirects, [
  ['passes a stream at its URL', {}, { status: 'pass', title: 'no redirect', advises: false }],
  [
    'advises the last URL after one redirect',
    { main: behind(['http://192.0.2.7/b']) },
    { status: 'pass', title: '1 redirect, to http://192.0.2.7/b', evidence: { redirects: 1 }, advises: true },
  ],
  [
    'passes two redirects',
    { main: behind(['http://192.0.2.7/b', 'http://192.0.2.7/c']) },
    { status: 'pass', advises: true },
  ],
  [
    'warns of three',
    { main: behind(['http://192.0.2.7/b', 'http://192.0.2.7/c', 'http://192.0.2.7/d']) },
    {
      status: 'warn',
      title: '3 redirects, to http://192.0.2.7/d',
      evidence: { hops: [{ statusCode: 307, to: 'http://192.0.2.7/b' }, {}, {}] },
    },
  ],
  [
    'shows no secret of a URL',
    { main: behind(['http://192.0.2.7/b?token=hunter2']) },
    {
      status: 'pass',
      title: 'http://192.0.2.7/b?token=REDACTED',
      evidence: { hops: [{ to: 'http://192.0.2.7/b?token=REDACTED' }] },
    },
  ],
  [
    'fails a circle',
    {
      main: behind(['http://192.0.2.7/b'], {
        headMs: null,
        end: { cause: 'redirect-loop', detail: 'a circle', ageMs: 50 },
      }),
    },
    { status: 'fail', title: 'a circle', evidence: { redirects: 1 } },
  ],
  [
    'fails a first redirect that we do not follow',
    { main: { headMs: null, end: { cause: 'redirect-refused', detail: 'down to http', ageMs: 50 } } },
    { status: 'fail', title: 'down to http', evidence: { redirects: 0 } },
  ],
  [
    'tells of the redirects before an answer that never came',
    { main: behind(['http://192.0.2.7/b'], NO_ANSWER) },
    { status: 'pass', title: '1 redirect' },
  ],
  ['skips without an answer', { main: NO_ANSWER }, { status: 'skip', title: 'no response' }],
  ['skips when nothing could be asked', { main: null }, { status: 'skip', title: 'no response' }],
]);
