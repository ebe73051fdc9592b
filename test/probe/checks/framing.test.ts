import { framing } from '../../../src/probe/checks/framing.ts';
import { DEFAULT_MAX_EVENT_BYTES, DEFAULT_MAX_LINE_BYTES } from '../../../src/sse/handlers.ts';
import { judges } from '../../support/check-table.ts';
import { type Course, type Said, tick, ticks } from '../../support/observations.ts';

function spoken(text: string, end: Course['end'] = { cause: 'closed-by-us', ageMs: 2000 }): Course {
  return { says: [[1000, text]], end };
}

const MALFORMED = { finding: 'malformed-stream' };

const CUT = ['天\ufffd\ufffdは', '晴\ufffd\ufffd\ufffd、', '気\ufffd\ufffd20'];

judges(framing, [
  ['passes a sound stream', {}, { status: 'pass', title: 'every line is valid', evidence: { deviations: 0 } }],
  ['skips a stream on which nothing was sent', { main: { says: [] } }, { status: 'skip', title: 'nothing was sent' }],
  [
    'shows a line that is no field, and at which byte it began',
    { main: spoken('data: a\n\nhello: b\n\n') },
    {
      status: 'fail',
      title: '1 invalid line, as in unknown-field: hello: b (at byte 9):',
      evidence: { ...MALFORMED, deviations: 1, first: [{ defect: 'unknown-field', offset: 9 }] },
    },
  ],
  [
    'finds events that no blank line parts',
    { main: spoken('data: 1\ndata: 2\ndata: 3\n') },
    {
      status: 'fail',
      title: '`data:` lines but no blank line, so clients dispatch no event, as in data: 1.',
      evidence: { ...MALFORMED, mistake: 'no-blank-line', dataLines: 3 },
      advises: true,
    },
  ],
  [
    'finds line ends that were written as a backslash and an n',
    { main: spoken(String.raw`data: 1\n\ndata: 2\n\n`) },
    { status: 'fail', title: 'a literal `\\n`', evidence: { ...MALFORMED, mistake: 'literal-line-end' } },
  ],
  [
    'finds a line that never ends',
    { main: spoken('data: 1data: 2data: 3') },
    { status: 'fail', title: 'one line that never ends', evidence: { ...MALFORMED, mistake: 'no-line-end' } },
  ],
  [
    'does not take a first event that is on its way for one that never comes',
    { main: spoken('data: {"a":') },
    { status: 'pass' },
  ],
  [
    'does not take the lines of an event that was cut short for events',
    { main: spoken('data: 0\n\ndata: 1\ndata: 2\n') },
    { status: 'pass' },
  ],
  [
    'finds a compressor that is not flushed',
    { main: { says: [], codedBytes: 10 } },
    {
      status: 'fail',
      title:
        'The stream is compressed, and the compressor is not flushed after each event: 10B arrived, but no event could be decoded.',
      evidence: { ...MALFORMED, mistake: 'not-flushed', codedBytes: 10 },
      advises: true,
    },
  ],
  [
    'gives a compressor some time',
    { main: { says: [], codedBytes: 10, end: { cause: 'closed-by-us', ageMs: 2000 } } },
    { status: 'skip' },
  ],
  [
    'does not blame a compressor whose first event came',
    { main: { says: [[100, tick(1)]], codedBytes: 10 } },
    { status: 'pass' },
  ],
  [
    'warns of events without data, where there are no others',
    { main: spoken('event: ping\n\nevent: ping\n\n') },
    {
      status: 'warn',
      title: 'The stream had 2 events without `data:` and no others, so clients dispatch no event, as in event: ping.',
      evidence: { ...MALFORMED, mistake: 'no-data', withoutData: 2 },
      advises: true,
    },
  ],
  [
    'warns of ids without data, where there is no event',
    { main: spoken('id: 1\n\nid: 2\n\n') },
    { status: 'warn', title: 'as in id: 1.' },
  ],
  [
    'passes events without data among others',
    { main: spoken('event: ping\n\nevent: ping\n\ndata: 1\n\n') },
    { status: 'pass' },
  ],
  [
    'passes one id that tells a client where to begin',
    { main: spoken('retry: 2000\nid: 7\n\n: ping\n\n') },
    { status: 'pass' },
  ],
  ['passes an event whose data is an empty line', { main: spoken('event: ping\ndata:\n\n') }, { status: 'pass' }],
  [
    'names the mistake of data in a field that is none',
    { main: spoken('Data: 1\n\nData: 2\n\n') },
    { status: 'fail', title: 'as in unknown-field: Data: 1 (at byte 0): field names must be lower case.' },
  ],
  [
    'counts every line and shows the first',
    { main: spoken('retry: soon\n\nid: a\0b\ndata: c\n\n') },
    { status: 'fail', title: '2 invalid lines, as in bad-retry:', evidence: { deviations: 2 } },
  ],
  [
    'counts more lines than it keeps',
    { main: spoken('x: y\n'.repeat(1000)) },
    { status: 'fail', title: '1,000 invalid lines,', evidence: { deviations: 1000 } },
  ],
  [
    'shows a line that is a terminal sequence as escapes',
    { main: spoken('\u001b]0;owned\u0007: b\n\n') },
    {
      status: 'fail',
      title: String.raw`unknown-field: \u001b]0;owned\u0007`,
      evidence: { first: [{ sample: String.raw`\u001b]0;owned\u0007: b` }] },
    },
  ],
  [
    'takes a line of megabytes, for which the standard sets no limit',
    { main: spoken(`data: ${'a'.repeat(DEFAULT_MAX_LINE_BYTES - 'data: '.length)}\n\n`) },
    { status: 'pass', title: 'every line is valid' },
  ],
  [
    'gives up at a line that is too long',
    { main: spoken(`data: ${'a'.repeat(DEFAULT_MAX_LINE_BYTES)}\n\n`) },
    {
      status: 'fail',
      title: 'a line of more than 16MiB',
      evidence: { finding: 'oversize-event', cause: 'line-limit' },
    },
  ],
  [
    'gives up at an event that is too large',
    {
      main: spoken(
        `data: ${'a'.repeat(DEFAULT_MAX_LINE_BYTES - 10)}\n`.repeat(
          DEFAULT_MAX_EVENT_BYTES / DEFAULT_MAX_LINE_BYTES + 1,
        ),
      ),
    },
    {
      status: 'fail',
      title: 'an event of more than 32MiB',
      evidence: { finding: 'oversize-event', cause: 'event-limit' },
    },
  ],
  [
    'fails a stream that broke by bytes that are not HTTP',
    { main: spoken(tick(1), { cause: 'http-protocol', detail: 'bad chunk size', ageMs: 2000 }) },
    { status: 'fail', title: '(bad chunk size)', evidence: { ...MALFORMED, deviations: 0, detail: 'bad chunk size' } },
  ],
  [
    'fails a stream that broke in its content coding',
    { main: spoken(tick(1), { cause: 'decode', detail: 'incorrect header check', ageMs: 2000 }) },
    { status: 'fail', evidence: { ...MALFORMED, detail: 'incorrect header check' } },
  ],
  [
    'does not blame the format for an HTTP/2 stream that was reset',
    { main: spoken(tick(1), { cause: 'http-protocol', detail: 'the stream was reset with CANCEL', ageMs: 2000 }) },
    { status: 'pass' },
  ],
  [
    'does not blame the format for a compressed stream that was cut',
    { main: spoken(tick(1), { cause: 'decode', detail: 'unexpected end of file', ageMs: 2000 }) },
    { status: 'pass' },
  ],
  [
    'warns of an end in the middle of an event',
    { main: spoken('data: a\n', { cause: 'eof-clean', ageMs: 2000 }) },
    { status: 'warn', title: 'in the middle of an event', evidence: { endedInEvent: true } },
  ],
  [
    'does not warn of it when the connection broke',
    { main: spoken('data: a\n', { cause: 'reset', ageMs: 2000 }) },
    { status: 'pass' },
  ],
  ['does not warn of it when we left', { main: spoken('data: a\n') }, { status: 'pass' }],
  [
    'warns of replacement characters that a decoder before the server has left, as in one of them',
    { main: { says: ticks(6).map(([ageMs], at): Said => [ageMs, tick(at, { text: CUT[at % 3] })]) } },
    {
      status: 'warn',
      title: '14 replacement characters (U+FFFD) in 6 of 6 events, as in ',
      evidence: { finding: 'malformed-stream', mistake: 'replaced', places: 3 },
      advises: true,
    },
  ],
  [
    'passes a replacement character that somebody wrote',
    {
      main: {
        says: ticks(6).map(([ageMs], at): Said => [ageMs, tick(at, { text: at === 3 ? 'the sign \ufffd' : '気温' })]),
      },
    },
    { status: 'pass' },
  ],
]);
