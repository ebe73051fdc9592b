import { expect, it } from 'vitest';
import { bearerToken, tokenIn } from '../../src/library/token.ts';

it('a token comes from the variable that the plan names', () => {
  expect(bearerToken({ bearerEnv: 'A_TOKEN' }, { A_TOKEN: 'abc' })).toBe('abc');
  expect(bearerToken({ bearerEnv: null }, {})).toBe(null);
});

it.each(['TOKEN', 'OPENAI_API_KEY', 'MY_TOKEN_2', 'KEY1'])('a variable that is not set is named: %s', (name) => {
  expect(() => tokenIn('--bearer-env', name, {})).toThrow(`--bearer-env: the environment variable ${name} is not set`);
});

it.each([
  'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
  'hunter2secret',
  'JBSWY3DPEHPK3PXP',
  'AKIAIOSFODNN7EXAMPLE',
  'ABCDEFGHIJKLMNOPQRSTUVWX',
  'deadbeef00112233',
  '_0a1b2c3d4e5f',
])('a token in the place of a variable is not repeated: %s', (token) => {
  expect(() => tokenIn('--bearer-env', token, {})).toThrow(
    expect.objectContaining({ message: '--bearer-env: the environment variable that it names is not set' }),
  );
});
