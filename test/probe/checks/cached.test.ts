import { cached } from '../../../src/probe/checks/cached.ts';
import { judges } from '../../support/check-table.ts';
import { type Course, HEAD_MS, type Said, tick, ticks } from '../../support/observations.ts';

/** The second client comes when the main stream has had four of its events. */
const OPENED_MS = 4500;
const MAIN: Course = { says: ticks(9) };

function twin(says: readonly Said[], end: Course['end'] = { cause: 'closed-by-us', ageMs: 5000 }): Course {
  return { headMs: HEAD_MS + OPENED_MS, says, end };
}

/** The first events of the main stream, over so long. */
function played(count: number, tookMs: number): Said[] {
  return ticks(count).map(([, text], at) => [10 + (at * tookMs) / (count - 1), text]);
}

/** What the main stream had from then on. */
const LIVE: readonly Said[] = ticks(9)
  .slice(4)
  .map(([ageMs, text]): Said => [ageMs - OPENED_MS, text]);

function signed(name: string, value: string): Course {
  return { headers: { [name]: value } };
}

/** When the streams of these rows are looked at, to the day. */
const DATE = new Date(Date.UTC(2026, 10, 3)).toUTCString();

judges(cached, [
  [
    'passes a second client that gets what is live',
    { main: MAIN, auxiliary: { twin: twin(LIVE) } },
    { status: 'pass', title: 'gets its own stream', evidence: { secondEvents: 5 } },
  ],
  [
    'passes a history for newcomers that goes on live',
    { main: MAIN, auxiliary: { twin: twin([...played(4, 10), ...LIVE]) } },
    { status: 'pass' },
  ],
  [
    'fails a recording: the past at once, and then nothing live',
    { main: MAIN, auxiliary: { twin: twin(played(4, 50)) } },
    { status: 'fail', title: 'received over 3s, and then no live event', evidence: { events: 4, spreadMs: 3000 } },
  ],
  [
    'passes a past that is not played at once',
    { main: MAIN, auxiliary: { twin: twin(played(4, 51)) } },
    { status: 'pass' },
  ],
  [
    'does not judge by one event of the past',
    { main: MAIN, auxiliary: { twin: twin([[10, tick(1)]]) } },
    { status: 'pass' },
  ],
  [
    'passes a past that the first client got at once as well',
    { main: { says: [...ticks(4, 100, 0), ...ticks(9).slice(4)] }, auxiliary: { twin: twin(played(4, 10)) } },
    { status: 'pass' },
  ],
  [
    'waits for something live while the second client still listens',
    { main: { says: ticks(4) }, auxiliary: { twin: twin(played(4, 10), null) } },
    { status: 'pass' },
  ],
  [
    'fails a recording that ends, though nothing live came to the first client either',
    { main: { says: ticks(4) }, auxiliary: { twin: twin(played(4, 10), { cause: 'eof-clean', ageMs: 100 }) } },
    { status: 'fail', evidence: { events: 4 } },
  ],
  [
    'fails a recording of two events that were half a second apart',
    { main: { says: [...ticks(2, 500), ...ticks(9).slice(5)] }, auxiliary: { twin: twin(played(2, 10)) } },
    { status: 'fail', evidence: { events: 2, spreadMs: 500 } },
  ],
  [
    'fails a recording once two live events are missing, while the second client still listens',
    { main: { says: ticks(7) }, auxiliary: { twin: twin(played(4, 10), null) } },
    { status: 'fail', evidence: { events: 4 } },
  ],
  ['fails an age', { main: signed('age', '7') }, { status: 'fail', title: 'the response comes from a cache: Age: 7' }],
  ['passes an age of nothing', { main: signed('age', '0'), auxiliary: { twin: {} } }, { status: 'pass' }],
  [
    'fails a cache that says that it hit',
    { main: signed('x-cache', 'Hit from cloudfront') },
    { status: 'fail', title: 'x-cache: Hit from cloudfront' },
  ],
  [
    'fails a cache that hits only for the second client',
    { auxiliary: { twin: signed('cf-cache-status', 'HIT') } },
    { status: 'fail', evidence: { sign: 'cf-cache-status: HIT' } },
  ],
  ['does not take a miss for a hit', { main: signed('x-cache', 'MISS'), auxiliary: { twin: {} } }, { status: 'pass' }],
  [
    'does not take a word within another for a hit',
    { main: signed('x-cache', 'white'), auxiliary: { twin: {} } },
    { status: 'pass' },
  ],
  ['skips without a second client', {}, { status: 'skip', title: 'no second client' }],
  [
    'skips when the second client got no stream',
    { auxiliary: { twin: { head: { statusCode: 503 } } } },
    { status: 'skip', title: 'got no stream', evidence: { cause: 'http-status' } },
  ],
  [
    'names by what way the answer of a cache came',
    { main: { headers: { age: '12', via: '1.1 varnish' } } },
    {
      status: 'fail',
      title: 'the response comes from a cache: Age: 12 (Via: 1.1 varnish)',
      evidence: { finding: 'buffered-stream' },
    },
  ],
  [
    'fails a second client whose answer has the date of one three seconds before',
    { main: { ...MAIN, ...signed('date', DATE) }, auxiliary: { twin: { ...twin(LIVE), ...signed('date', DATE) } } },
    { status: 'fail', title: `the response comes from a cache: Date: ${DATE} again` },
  ],
  [
    'passes one date at two clients that asked within three seconds',
    {
      main: { ...MAIN, ...signed('date', DATE) },
      auxiliary: { twin: { ...twin(LIVE), headMs: HEAD_MS + 2999, ...signed('date', DATE) } },
    },
    { status: 'pass' },
  ],
]);
