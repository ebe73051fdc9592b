import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  redactedTexts,
  redactHeaders,
  redactText,
  redactUrl,
  secretsOf,
  withoutSecrets,
} from '../../src/core/redact.ts';
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
    'ticket',
    'login_ticket',
    'tkt',
    'SAMLResponse',
    'SAMLRequest',
    'SAMLart',
    'RelayState',
    'assertion',
    'wresult',
    'otp',
    'totp_code',
    'oobCode',
    'one-time-code',
    'pin',
    'mfa',
    'invite',
    'user_code',
    'code_verifier',
    'nonce',
    'csrf',
    'xsrfToken',
    'sid',
    'connect.sid',
    'PHPSESSID',
    'JSESSIONID',
    'sessid',
    'mcp-session-id',
    'AWSAccessKeyId',
    'X-Goog-Credential',
    'X-Goog-Signature',
    'X-Amz-Security-Token',
    'Key-Pair-Id',
    'hdnts',
    'sign',
    'hmac',
    'subscription-key',
    'authKey',
    'accountkey',
    'dbpass',
    'authcode',
    'user[password]',
    'magic_link',
    'webhook_url',
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
  `http://host/events;jsessionid=${SECRET}?a=1`,
  `http://host/events?state=${SECRET}0123456789abcdef`,
  `http://host/?next=https://u:${SECRET}@other/`,
  `http://host/?next=https://other/?token=${SECRET}`,
  `http://host/?next=${encodeURIComponent(`https://other/a?b=1&token=${SECRET}`)}`,
  `http://host/?next=${encodeURIComponent(`https://u:${SECRET}@other/`)}`,
  `http://host/?next=${encodeURIComponent(encodeURIComponent(`https://other/?code=${SECRET}`))}`,
  `http://host/?a=${encodeURIComponent(`https://h/?b=${encodeURIComponent(`https://i/?sig=${SECRET}`)}`)}`,
  `http://host/#next=/login%3Fticket%3D${SECRET}`,
])('a URL that is written down has no secret in it: %s', (url) => {
  expect(redactUrl(url)).not.toContain(SECRET);
});

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';

it.each([
  JWT,
  JWT.slice(0, 20),
  `${JWT.slice(0, 60)}`,
  'ST-1856339-aA5Yuvrxzpv8Tau1cYQ7',
  'sk-proj-abcdef0123456789abcdef',
  'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
  'AKIAIOSFODNN7EXAMPLE',
])('a value that looks like a token is not written down, under whatever name: %s', (token) => {
  expect(redactUrl(`http://host/events/${token}/x?t=${token}&page=2#${token}`)).toBe(
    'http://host/events/REDACTED/x?t=REDACTED&page=2#REDACTED',
  );
  expect(redactText(`no such user: ${token}.`)).not.toContain(token);
});

it.each([
  'http://host/events?id=5f2b8c1e-7d3a-4c55-9b1f-0c9d8e7f6a5b&page=2',
  'http://host/events?lastEventId=LIFE-4711&cursor=1690000000000-0&limit=20',
  'http://host/rooms/8fa3b2c1d0e9/stream?topic=orders.created&since=2026-01-01T00:00:00Z',
  'http://host/events?keyword=a&author=b&design=c&assign=d&country_code=DE&status_code=404',
  'http://host/events?sort_key=date&languageCode=de&max_tokens=100&compass=n&passengers=2&monkey=1',
  'http://host/events?state=open&user=ann&client_id=web&redirect=%2Fhome%3Fpage%3D2&q=100%25',
  'http://host/?next=https://other/a?page=2',
  'http://host/design/signals/keyboards/authors/encode',
])('a URL that is written down keeps what a reader looks for: %s', (url) => {
  expect(redactUrl(url)).toBe(url);
});

it.each([
  [`see https://u:${SECRET}@host/a?page=2`, 'see https://REDACTED@host/a?page=2'],
  [`moved to https://host/?ticket=${SECRET}&page=2, sorry`, 'moved to https://host/?ticket=REDACTED&page=2, sorry'],
  [`{"token":"${SECRET}","id":"7"}`, '{"token":"REDACTED","id":"7"}'],
  [String.raw`{\"api_key\": \"S3CRET\", \"id\": 7}`, String.raw`{\"api_key\": \"REDACTED\", \"id\": 7}`],
  [`data: password=${SECRET}&page=2`, 'data: password=REDACTED&page=2'],
  [`wants Bearer abc123def456== here`, 'wants Bearer REDACTED here'],
  ['Set-Cookie: sid=abcdef0123', 'Set-Cookie: sid=REDACTED'],
])('a text of a server is written down without secrets: %s', (text, shown) => {
  expect(redactText(text)).toBe(shown);
});

it.each([
  '“Basic authentication is required”',
  'Bearer realm="example", error="invalid_token"',
  'Bearer authorization_uri="https://login.example/2"',
  'id: 42 event: tick data: {"seq":42,"key":7}',
  'from 8.2 s on nobody heard a byte; id 1690000000000-0, path /a/b?page=2',
  'token expired',
  'authors = everybody',
  '{"id":"5f2b8c1e-7d3a-4c55-9b1f-0c9d8e7f6a5b","status":"open","code":404}',
])('a text of a server is left alone where it holds no secret: %s', (text) => {
  expect(redactText(text)).toBe(text);
});

it('the secrets of a request are those of its headers, its URL and its body, in every form that a server may repeat', () => {
  const url = new URL('https://ann:p%C3%A4ssw0rd%21@host/?token=a%2Fb%2Bc%3Dd&page=22222222');
  const secrets = secretsOf({
    url,
    headers: [
      ['Authorization', 'Bearer abcdefgh'],
      ['Cookie', 'sid=cookie-value; theme=dark-mode'],
      ['X-Plain', 'not-a-secret'],
    ],
    body: '{"apiKey":"key-of-body","model":"some-model"}',
  });
  for (const secret of [
    'pässw0rd!',
    'p%C3%A4ssw0rd!',
    'a/b+c=d',
    'a%2Fb%2Bc%3Dd',
    'abcdefgh',
    'cookie-value',
    'key-of-body',
  ])
    expect(withoutSecrets(`“${secret}”`, secrets)).toBe('“REDACTED”');
  expect(withoutSecrets(Buffer.from('ann:pässw0rd!').toString('base64'), secrets)).toBe('REDACTED');
  for (const text of ['not-a-secret', '22222222', 'some-model', 'ann', 'host'])
    expect(withoutSecrets(text, secrets)).toBe(text);
});

it('the secrets of a request are not shown either where the text was cut off within one', () => {
  expect(withoutSecrets('“you sent abcdefgh…” and more', ['abcdefghijkl'])).toBe('“you sent REDACTED…” and more');
  expect(withoutSecrets('you sent abcdefgh', ['abcdefghijkl'])).toBe('you sent REDACTED');
  expect(withoutSecrets('you sent abcde', ['abcdefghijkl'])).toBe('you sent abcde');
  expect(withoutSecrets('an abcdefgh in a text', ['abcdefghijkl'])).toBe('an abcdefgh in a text');
});

it('what was made of the words of a server loses its secrets wherever they stand, and nothing else', () => {
  const value = { title: 'it says S3CRET0', evidence: { at: [1, 'S3CRET0', null], 'id of S3CRET0': true } };
  expect(redactedTexts(value, ['S3CRET0'])).toEqual({
    title: 'it says REDACTED',
    evidence: { at: [1, 'REDACTED', null], 'id of S3CRET0': true },
  });
});

it('a text of a server is written down without throwing, whatever it is, and once is enough', () => {
  const part = fc.oneof(
    fc.constantFrom(
      'https://',
      'u:p@',
      '?',
      '&',
      'token',
      'code',
      '=',
      ': ',
      '"',
      '%25',
      '%3D',
      '\\',
      JWT,
      '…',
      '\ud800',
    ),
    fc.string({ maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 14 }), fc.string({ minLength: 6, maxLength: 12 }), (parts, secret) => {
      const shown = redactText(parts.join(''));
      expect(shown).not.toContain(JWT);
      expect(withoutSecrets(`${shown}${secret}.`, [secret]).includes(secret)).toBe('REDACTED'.includes(secret));
    }),
    runs(1000),
  );
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

it.each([
  'a:',
  'eyJ-',
  'eyJa.',
  'sk-',
  '?a=',
  '%25',
  'Bearer ',
  'token=',
  'https://',
  '"',
  '-----BEGIN ',
  'ST-1-',
  '…',
])('a long text of %j is redacted in a time that goes with its length', (part) => {
  // What is quadratic takes minutes for this, and the test runs out of its time.
  const text = part.repeat(200_000);
  expect(typeof redactText(text)).toBe('string');
  expect(typeof redactUrl(`http://host/?x=${text}`)).toBe('string');
  expect(typeof withoutSecrets(text, ['abcdefgh'.repeat(100)])).toBe('string');
});

it('a secret that begins another one leaves nothing of the other in a text', () => {
  expect(withoutSecrets('it is abcdef-ghijkl', ['abcdef', 'abcdef-ghijkl'])).toBe('it is REDACTED');
});
