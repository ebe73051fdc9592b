import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ValueError } from '../../../src/options/values/value-kind.ts';
import {
  clientsSource,
  metricsSource,
  parseLabels,
  parseSelector,
} from '../../../src/options/values/metrics-source.ts';
import { loadSoakPlan } from '../../../src/options/soak-plan.ts';

const URL_FLAG = { url: 'http://127.0.0.1:1/events' };

function complaint(flags: Record<string, string>): string {
  try {
    loadSoakPlan({ flags });
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

it.each([
  ['http://127.0.0.1:9090/metrics', 'http://127.0.0.1:9090/metrics', 'process_resident_memory_bytes'],
  ['http://h/m#go_memstats_sys_bytes', 'http://h/m', 'go_memstats_sys_bytes'],
  ['https://h:1/m?a=b#x{y="a#b"}', 'https://h:1/m?a=b', 'x{y="a#b"}'],
  ['http://u:p@h/stats#/memory/rssBytes', 'http://u:p@h/stats', '/memory/rssBytes'],
])('the place where a server tells its memory is read of %s', (text, url, selector) => {
  expect(metricsSource.read(text)).toEqual({ url, selector });
});

it.each([
  ['', 'is not a URL'],
  ['/metrics', 'is not a URL'],
  ['http://a b/', 'is not a URL'],
  ['ftp://h/m', 'begins with "ftp:"'],
  ['http://h:0/m', 'port 0'],
  ['http://h/m#', 'is neither a series'],
  ['http://h/m#9lives', 'is neither a series'],
  ['http://h/m#a b', 'is neither a series'],
  ['http://h/m#a{b}', 'is neither a series'],
  ['http://h/m#a{b="c}', 'is neither a series'],
  ['http://h/m#a{b=~"c"}', 'is neither a series'],
  ['http://h/m#a{b="\\x"}', 'is neither a series'],
  ['http://h/m#/a~2', 'not a JSON pointer'],
  [`http://h/m#${'a'.repeat(501)}`, 'more than 500 characters'],
])('the place where a server tells its memory is refused as %j', (text, why) => {
  expect(() => metricsSource.read(text)).toThrow(ValueError);
  expect(() => metricsSource.read(text)).toThrow(why);
});

it('the place where a server tells its memory may hold a user with a stray percent sign, as the URL of a stream may', () => {
  expect(metricsSource.read('http://%zz@h/m#/rss').url).toBe('http://%zz@h/m');
});

it('the place where a server tells its memory never repeats a password', () => {
  expect(complaint({ ...URL_FLAG, 'server-metrics': 'http://user:hunter2@h:0/m' })).not.toContain('hunter2');
});

it('the place where a server tells its memory is one place, and not that of our own server', () => {
  expect(complaint({ ...URL_FLAG, 'server-pid': '5', 'server-metrics': 'http://h/m' })).toContain(
    'cannot be combined with --server-pid',
  );
  expect(complaint({ 'server-pid': '5' })).toBe('--server-pid: the built-in server reports its memory itself');
  expect(complaint({ 'server-metrics': 'http://h/m' })).toBe(
    '--server-metrics: the built-in server reports its memory itself',
  );
  expect(loadSoakPlan({ flags: { ...URL_FLAG, 'server-pid': '4194304' } }).serverPid).toBe(4_194_304);
});

it('the place where a server tells its clients names a figure, and is not that of our own server', () => {
  expect(clientsSource.read('http://h/stats#/clients/connected')).toEqual({
    url: 'http://h/stats',
    selector: '/clients/connected',
  });
  expect(complaint({ ...URL_FLAG, 'server-clients': 'http://h/stats' })).toBe(
    '--server-clients: does not say which value to read; add #/clients/connected (a JSON pointer) or #sse_clients_connected (a series)',
  );
  expect(complaint({ ...URL_FLAG, 'server-clients': 'h/stats#/n' })).toContain('is not a URL');
  expect(complaint({ ...URL_FLAG, 'server-clients': 'http://h/stats#9' })).toContain('is neither a series');
  expect(complaint({ 'server-clients': 'http://h/stats#/n' })).toBe(
    '--server-clients: the built-in server reports its clients itself',
  );
});

it.each([
  ['0', 'too small'],
  ['-5', 'negative'],
  ['4194305', 'too large'],
  ['1e3', 'plain digits'],
  ['node', 'plain digits'],
  ['', 'plain digits'],
])('the place where a server tells its memory is no process %j', (pid, why) => {
  expect(complaint({ ...URL_FLAG, 'server-pid': pid })).toContain(why);
});

it('a selector is a pointer behind a slash, and a series otherwise', () => {
  expect(parseSelector('/a~1b/~0/0')).toEqual({ form: 'json', path: ['a/b', '~', '0'] });
  expect(parseSelector('/')).toEqual({ form: 'json', path: [''] });
  expect(parseSelector('a:b_9')).toEqual({ form: 'prometheus', name: 'a:b_9', labels: new Map() });
  expect(parseSelector('a{}')).toEqual({ form: 'prometheus', name: 'a', labels: new Map() });
  expect(parseSelector(String.raw`a{b="c",d="\"e\"\\\n,}"}`)).toEqual({
    form: 'prometheus',
    name: 'a',
    labels: new Map([
      ['b', 'c'],
      ['d', '"e"\\\n,}'],
    ]),
  });
});

it('a selector has the labels that were escaped into it', () => {
  const labels = fc.uniqueArray(
    fc.tuple(fc.stringMatching(/^[A-Za-z_]\w{0,5}$/), fc.string({ maxLength: 12, unit: 'grapheme' })),
    { selector: ([name]) => name, maxLength: 4 },
  );
  fc.assert(
    fc.property(labels, (given) => {
      const text = given
        .map(
          ([name, value]) =>
            `${name}="${value.replace(/[\\"\n]/g, (char) => (char === '\n' ? String.raw`\n` : `\\${char}`))}"`,
        )
        .join(',');
      expect(parseLabels(text)).toEqual(new Map(given));
      expect(parseSelector(`x{${text}}`)).toEqual({ form: 'prometheus', name: 'x', labels: new Map(given) });
    }),
    { numRuns: 300 },
  );
});
