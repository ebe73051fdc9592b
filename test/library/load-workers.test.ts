import { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import { isOnlyHere } from '../../src/library/load-workers.ts';

/** Addresses of this machine that others reach. */
const own = Object.values(networkInterfaces()).flatMap((one = []) =>
  one.flatMap(({ address, family, internal }) =>
    internal || family !== 'IPv4' ? [] : [`http://${address}:8080/events`],
  ),
);

it.each([
  ['the server of the run', [], true],
  ['loopback', ['http://127.0.0.1:8080/events'], true],
  ['localhost', ['http://localhost:8080/events'], true],
  ['IPv6 loopback', ['http://[::1]:8080/events'], true],
  ['one of two on loopback', ['http://10.0.0.5/events', 'http://127.0.0.2/events'], true],
  ['another machine', ['https://staging.example.com/events'], false],
  ['an address of this machine that others reach', ['http://192.0.2.7/events', ...own], false],
])('workers on other machines are refused where the target is %s: %j is %s', (_what, urls, isOnly) => {
  expect(isOnlyHere({ urls })).toBe(isOnly);
});
