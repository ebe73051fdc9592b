import { expect, it } from 'vitest';
import { isIPv4Loopback, isLoopback } from '../../src/core/loopback.ts';

it.each([
  'localhost',
  'LOCALHOST',
  'a.localhost',
  '127.0.0.1',
  '127.255.0.3',
  '::1',
  '[::1]',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '0:0:0:0:0:0:0:1',
  '::1%lo',
])('isLoopback knows %s', (host) => {
  expect(isLoopback(host)).toBe(true);
});

it.each([
  'localhost.example',
  '128.0.0.1',
  '10.0.0.1',
  '::',
  '127.0.0.1.example',
  'xlocalhost',
  '2001:db8::1',
  '::ffff:7',
  '::ffff:7f:1',
  '0.0.0.0',
  '127.1',
  '[::1',
])('isLoopback does not take %s for it', (host) => {
  expect(isLoopback(host)).toBe(false);
});

it.each(['127.0.0.1', '127.3.2.1'])('isIPv4Loopback knows %s', (address) => {
  expect(isIPv4Loopback(address)).toBe(true);
});

it.each(['::1', '::ffff:127.0.0.1', 'localhost', '127.example', '128.0.0.1'])(
  'isIPv4Loopback does not take %s for it',
  (address) => {
    expect(isIPv4Loopback(address)).toBe(false);
  },
);
