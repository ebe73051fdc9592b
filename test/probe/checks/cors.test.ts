import { cors } from '../../../src/probe/checks/cors.ts';
import { judges } from '../../support/check-table.ts';
import type { Seeing } from '../../support/observations.ts';

const PAGE = 'https://app.example.com';

function asked(origin: string | null, headers: Readonly<Record<string, string>> = {}): Seeing {
  return { main: { headers, requestSpec: { headers: origin === null ? [] : [['Origin', origin]] } } };
}

judges(cors, [
  [
    'skips when no origin was asked about, and says how',
    asked(null),
    { status: 'skip', title: 'no origin was sent', advises: true },
  ],
  [
    'tells who is allowed though nobody asked',
    asked(null, { 'access-control-allow-origin': '*' }),
    { status: 'skip', title: 'open to *', advises: false },
  ],
  [
    'passes what is open to any origin',
    asked(PAGE, { 'access-control-allow-origin': '*' }),
    { status: 'pass', title: 'open to any origin' },
  ],
  [
    'passes the origin that was asked about, with Vary',
    asked(PAGE, { 'access-control-allow-origin': PAGE, vary: 'Accept-Encoding, origin' }),
    { status: 'pass', title: `${PAGE} may read` },
  ],
  [
    'passes it when the answer varies by everything',
    asked(PAGE, { 'access-control-allow-origin': PAGE, vary: '*' }),
    { status: 'pass' },
  ],
  [
    'warns when caches are not told that the answer depends on it',
    asked(PAGE, { 'access-control-allow-origin': PAGE, vary: 'Accept-Encoding' }),
    { status: 'warn', title: 'caches do not know' },
  ],
  ['fails when nothing is allowed', asked(PAGE), { status: 'fail', title: `no header allows ${PAGE}` }],
  [
    'fails when another origin is allowed',
    asked(PAGE, { 'access-control-allow-origin': 'https://www.example.com' }),
    { status: 'fail', title: `https://www.example.com may read the stream, ${PAGE} may not` },
  ],
  [
    'fails an origin that is written otherwise, as browsers do',
    asked(PAGE, { 'access-control-allow-origin': `${PAGE}/` }),
    { status: 'fail' },
  ],
  [
    'warns of any origin with credentials',
    asked(PAGE, { 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'true' }),
    { status: 'warn', title: 'which browsers reject' },
  ],
  [
    'warns of it though nobody asked',
    asked(null, { 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'true' }),
    { status: 'warn' },
  ],
  [
    'fails an allowed origin that is a terminal sequence',
    asked(PAGE, { 'access-control-allow-origin': '\u001b]0;owned\u0007' }),
    { status: 'fail', title: `${PAGE} may not` },
  ],
]);
