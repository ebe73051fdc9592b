import { expect, it } from 'vitest';
import { isSurelyUrl, looksLikeUrl, targetUrl } from '../../../src/options/values/urls.ts';

it.each([
  ['http://127.0.0.1:8787/events', 'http://127.0.0.1:8787/events', 'sure'],
  ['HTTPS://Example.org', 'https://example.org/', 'sure'],
  ['localhost:3000/events', 'http://localhost:3000/events', 'sure'],
  ['localhost:3000?a=b', 'http://localhost:3000/?a=b', 'sure'],
  ['web:3000/events', 'http://web:3000/events', 'sure'],
  ['127.0.0.1:3000', 'http://127.0.0.1:3000/', 'sure'],
  ['[::1]:3000/x', 'http://[::1]:3000/x', 'sure'],
  ['[::1]/x', 'http://[::1]/x', 'sure'],
  ['user:pass@localhost:3000/x', 'http://user:pass@localhost:3000/x', 'sure'],
  ['localhost', 'http://localhost/', 'likely'],
  ['127.0.0.1/events', 'http://127.0.0.1/events', 'likely'],
  ['example.org/events?a=b#c', 'http://example.org/events?a=b', 'likely'],
  ['user:pass@example.org', 'http://user:pass@example.org/', 'likely'],
])('the URL %s is %s, and that it is one is %s', (given, url, how) => {
  expect(targetUrl.read(given)).toBe(url);
  expect([looksLikeUrl(given), isSurelyUrl(given)]).toEqual([true, how === 'sure']);
});

it.each([
  '',
  'events',
  'web/events',
  '/events',
  './a.b',
  '../a.b',
  '::1',
  ':3000',
  'localhost:port',
  'a b.c',
  '//h.x/y',
])('the text %j is no URL without a scheme', (given) => {
  expect(() => targetUrl.read(given)).toThrow(/^".*" (?:is not a URL|begins with)/);
  expect(isSurelyUrl(given)).toBe(false);
});
