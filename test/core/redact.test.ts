import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { redactHeaders, redactUrl, withoutSecrets } from '../../src/core/redact.ts';
import { runs } from '../sse/recorder.ts';

const SECRET = 'S3CRET';

it.each([
  `http://${SECRET}@host/events`,
  `http://u:${SECRET}@host/events`,
  `http://:${SECRET}@host/events`,
  `https://u%40x:${SECRET}%2F@host:8443/events`,
  `http://u:${SECRET}@[::1]:80/`,
  ...[
    'token',
    'TOKEN',
    'access_token',
    'accessToken',
    'id_token',
    'refresh-token',
    'api_key',
    'apikey',
    'key',
    'password',
    'passwd',
    'pass',
    'pwd',
    'passphrase',
    'secret',
    'client_secret',
    'auth',
    'Authorization',
    'bearer',
    'sig',
    'signature',
    'X-Amz-Signature',
    'X-Amz-Credential',
    'session',
    'sessionid',
    'jwt',
    'code',
    'to%6ben',
    'a.token',
    'token[]',
    'cookie',
  ].map((name) => `http://host/events?a=1&${name}=${SECRET}&b=2`),
  `http://host/?token=x&token=${SECRET}`,
  `http://host/?token=${SECRET}#part`,
  `http://host/?%74oken=${SECRET}%00`,
  `http://host/#access_token=${SECRET}`,
  `u:${SECRET}@host/events?token=${SECRET}`,
  `http://u:${SECRET}@ho st/?token=${SECRET}`,
  `http://u:${SECRET}@host:99999/?token=${SECRET}`,
  `//u:${SECRET}@host/?token=${SECRET}`,
  `/events?token=${SECRET}`,
  `host:80/events?x=1&api_key=${SECRET}`,
  `http://u:${SECRET}@`,
])('a URL that is written down has no secret in it: %s', (url) => {
  expect(redactUrl(url)).not.toContain(SECRET);
});

it('a URL that is written down keeps what is none', () => {
  for (const url of [
    'http://host/',
    'http://127.0.0.1:8080/events?topic=a&since=5',
    'https://host:8443/a/b?x=%20y#part',
    'http://[::1]:9/',
  ]) {
    expect(redactUrl(url)).toBe(url);
  }
  expect(redactUrl(`http://u:${SECRET}@host:81/a?b=1&token=${SECRET}&c=2`)).toBe(
    'http://REDACTED@host:81/a?b=1&token=REDACTED&c=2',
  );
});

it('a URL that is written down leaves text that is no URL as it is', () => {
  for (const text of ['', 'none', 'not a url', '127.0.0.1', 'mail me @ home']) expect(redactUrl(text)).toBe(text);
});

it('a URL that is written down is written without throwing, whatever it is, and never with the password of a URL', () => {
  const part = fc.oneof(
    fc.constantFrom(
      'http://',
      'https:',
      '//',
      '/',
      '@',
      ':',
      '?',
      '#',
      '&',
      ';',
      '=',
      '%',
      '%2',
      '%ff',
      '\\',
      '[::1]',
      'host',
      'u',
      'token',
      '\n',
      '\0',
      '\ud800',
    ),
    fc.string({ maxLength: 5 }),
  );
  const anything = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(anything, (text) => {
      expect(typeof redactUrl(text)).toBe('string');
      expect(typeof redactUrl(`http://${text}`)).toBe('string');
    }),
    runs(2000),
  );
  fc.assert(
    fc.property(anything, anything, (path, query) => {
      expect(redactUrl(`http://u:${SECRET}@host/${path}?${query}`)).not.toContain(SECRET);
    }),
    runs(1000),
  );
});

it('headers that are written down keep their names and no value, whatever they are called', () => {
  expect(
    redactHeaders([
      ['Authorization', `Bearer ${SECRET}`],
      ['X-Plain', SECRET],
      ['X-Plain', SECRET],
      ['Empty', ''],
    ]),
  ).toEqual([
    ['Authorization', 'REDACTED'],
    ['X-Plain', 'REDACTED'],
    ['X-Plain', 'REDACTED'],
    ['Empty', 'REDACTED'],
  ]);
  expect(redactHeaders([])).toEqual([]);
});

it('a secret that begins another one leaves nothing of the other in a text', () => {
  expect(withoutSecrets('it is abcdef-ghijkl', ['abcdef', 'abcdef-ghijkl'])).toBe('it is REDACTED');
});
