import { expect, test } from 'vitest';
import { basicAuthorization } from '../../src/core/basic-auth.ts';

/** As curl sends them; bytes as latin1. */
test.each([
  ['user:pw', 'user:pw'],
  ['user', 'user:'],
  [':pw', ':pw'],
  ['us%er:pw', 'us%er:pw'],
  ['us%2:100%', 'us%2:100%'],
  ['us%zz:p%41w', 'us%zz:pAw'],
  ['u%3Aa:p%40', 'u:a:p@'],
  ['u%ff:p', 'u\u00ff:p'],
  ['%E4%B8:x', '\u00e4\u00b8:x'],
  ['ü:p', '\u00c3\u00bc:p'],
])('the user info %s is sent as curl sends it', (userInfo, bytes) => {
  const authorization = basicAuthorization(new URL(`http://${userInfo}@host/`));
  expect(authorization).toBe(`Basic ${Buffer.from(bytes, 'latin1').toString('base64')}`);
});

test('a URL without user info has no Basic credentials', () => {
  expect(basicAuthorization(new URL('http://host/'))).toBeUndefined();
});
