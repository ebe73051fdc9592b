import { expect, it } from 'vitest';
import type { ListenRecord } from '../../../src/client/listener.ts';
import { columnsIn, fitColumns, wrapWords } from '../../../src/report/columns.ts';
import { listenText, type ListenView } from '../../../src/report/listen/text.ts';

const bare = (text: string): string => text;
const inPipe: ListenView = {
  paint: { good: bare, bad: bare, doubt: bare, dim: bare, bold: bare },
  columns: null,
  quiet: false,
};
const marked =
  (mark: string) =>
  (text: string): string =>
    `<${mark}>${text}</${mark}>`;
const painted: ListenView = {
  ...inPipe,
  paint: { good: marked('good'), bad: marked('bad'), doubt: marked('doubt'), dim: marked('dim'), bold: marked('bold') },
};

const event = (data: string, more: { type?: string; id?: string } = {}): ListenRecord => ({
  kind: 'event',
  type: 'message',
  data,
  id: '',
  atMs: 1234,
  ...more,
});
const shown = (record: ListenRecord, view: ListenView = inPipe): string => [...listenText(record, view)].join('');

it.each<[ListenRecord, string]>([
  [
    { kind: 'open', status: 200, contentType: 'text/event-stream', atMs: 4 },
    '    0.004s open, status 200, text/event-stream\n',
  ],
  [event('a'), '    1.234s message a\n'],
  [event('', { type: 'tick', id: '7' }), '    1.234s tick #7 \n'],
  [event('a\nb\n\nc', { type: 'tick' }), '    1.234s tick a\n           b\n           \n           c\n'],
  [{ kind: 'comment', comment: 'ping', atMs: 86_400_000 }, '86400.000s : ping\n'],
  [{ kind: 'retry', retryMs: 2000, atMs: 0 }, '    0.000s reconnection time 2s\n'],
  [
    { kind: 'error', cause: 'eof-clean', message: 'the response is complete', willRetryInMs: 3000, atMs: 0 },
    '    0.000s eof-clean: the response is complete; reconnecting in 3s\n',
  ],
  [
    { kind: 'error', cause: 'http-status', message: 'status 503', willRetryInMs: null, atMs: 0 },
    '    0.000s http-status: status 503\n',
  ],
  [{ kind: 'closed', cause: 'server-stop', atMs: 0 }, '    0.000s closed (server-stop)\n'],
  [
    { kind: 'closed', cause: 'http-status', atMs: 0 },
    '    0.000s closed (http-status): an EventSource does not reconnect after this\n',
  ],
])('a record as text is %j', (record, text) => {
  expect(shown(record)).toBe(text);
});

it('a record as text is only events when it is to be quiet', () => {
  const view = { ...inPipe, quiet: true };
  expect(shown(event('a'), view)).toBe(shown(event('a')));
  expect(shown({ kind: 'comment', comment: 'a', atMs: 0 }, view)).toBe('');
  expect(shown({ kind: 'closed', cause: 'reset', atMs: 0 }, view)).toBe('');
});

it('a record as text has colours around its parts, never within what a server sent', () => {
  expect(shown(event('a', { id: '1' }), painted)).toBe('<dim>    1.234s</dim> <bold>message</bold><dim> #1</dim> a\n');
  expect(shown({ kind: 'comment', comment: 'a', atMs: 0 }, painted)).toBe('<dim>    0.000s</dim> <dim>: a</dim>\n');
});

it('a record as text is whole in a pipe, and bounded only in lines', () => {
  expect(shown(event('x'.repeat(2_000_000)))).toBe(`    1.234s message ${'x'.repeat(2_000_000)}\n`);
  const many = shown(event('x\n'.repeat(100_000)));
  expect(many.split('\n')).toHaveLength(102);
  expect(many).toMatch(/\n {11}… more lines; 200000 characters in all\n$/);
});

it('a record as text comes in pieces that are small, also where all is escaped', () => {
  for (const piece of listenText(event('\u0001'.repeat(1_000_000)), inPipe))
    expect(piece.length).toBeLessThanOrEqual(6 * 8192);
});

it('a record as text cuts no character in two between its pieces', () => {
  const text = `x${'👩'.repeat(10_000)}`;
  expect(shown(event(text)) === `    1.234s message ${text}\n`).toBe(true);
});

it.each([
  ['plain text', 'x'.repeat(500)],
  ['wide characters', '豆腐'.repeat(200)],
  ['what is escaped', '\u0001\u202e'.repeat(200)],
  ['tabs', '\t'.repeat(100)],
  ['marks', `a${'\u0301'.repeat(500)}`],
  ['emoji', '👍'.repeat(200)],
])('a record as text ends at the edge of a terminal, with %s, and says how much there is', (_what, data) => {
  for (const columns of [40, 80, 133]) {
    const text = shown(event(data), { ...inPipe, columns });
    expect(fitColumns(text.slice(0, -1), columns)).toBe(text.slice(0, -1));
    expect(text).toContain(`… (${data.length} characters)\n`);
  }
});

it('a record as text is as it is where it fits', () => {
  const text = `豆腐 ${'e\u0301'.repeat(20)}`;
  expect(shown(event(text), { ...inPipe, columns: 80 })).toBe(`    1.234s message ${text}\n`);
});

it('a record as text stays of some length on a terminal of no width, or with names that leave no room', () => {
  expect(shown(event('x'.repeat(100)), { ...inPipe, columns: 0 })).toMatch(
    /^ +1\.234s message x+… \(100 characters\)\n$/,
  );
  const long = shown(event('x'.repeat(100), { type: 't'.repeat(1000), id: 'i'.repeat(1000) }), {
    ...inPipe,
    columns: 80,
  });
  expect(long).toMatch(/^ +1\.234s t{59}… #i{59}… x+… \(100 characters\)\n$/);
});

it.each<[string, number, string]>([
  ['abc', 2, 'ab'],
  ['abc', 3, 'abc'],
  ['', 0, ''],
  ['a', 0, ''],
  ['豆腐', 3, '豆'],
  ['豆腐', 4, '豆腐'],
  ['e\u0301x', 1, 'e\u0301'],
  ['👍👍', 3, '👍'],
  ['한글', 4, '한글'],
  ['ü', 1, 'ü'],
  ['\tx', 7, ''],
])('what fits into columns of %j into %d is %j', (text, columns, fits) => {
  expect(fitColumns(text, columns)).toBe(fits);
});

it.each<[string, number, string[]]>([
  ['a bc def', 4, ['a bc', '  def']],
  ['a  b', 80, ['a  b']],
  ['overlongword b', 4, ['overlongword', '  b']],
  ['豆腐 豆腐', 8, ['豆腐', '  豆腐']],
  ['\u001b[1mab\u001b[22m cd', 5, ['\u001b[1mab\u001b[22m cd']],
  ['', 80, ['']],
  ['a b c', Number.POSITIVE_INFINITY, ['a b c']],
])('the words of %j in lines of %d columns are %j', (text, columns, lines) => {
  expect(wrapWords(text, columns, 2)).toEqual(lines);
});

it('what a refused attempt was answered, and what to do, stands beneath its error', () => {
  const error: ListenRecord = {
    kind: 'error',
    cause: 'http-status',
    message: 'status 401',
    willRetryInMs: null,
    atMs: 0,
  };
  const notes = { says: ['“who are you?”', 'WWW-Authenticate: Bearer'], hint: 'Say who asks. '.repeat(8).trim() };
  const lines = [...listenText(error, { ...inPipe, columns: 60 }, notes)].join('').split('\n');
  expect(lines.slice(0, 4)).toEqual([
    '    0.000s http-status: status 401',
    '           “who are you?”',
    '           WWW-Authenticate: Bearer',
    '           → Say who asks. Say who asks. Say who asks. Say',
  ]);
  for (const line of lines) expect(columnsIn(line)).toBeLessThanOrEqual(60);
});
