import { expect, it } from 'vitest';
import { bracketed, hostOf, portOf, withoutBrackets } from '../../src/core/host.ts';

it.each([
  ['http://sse.example/', 'sse.example', 80],
  ['https://sse.example/', 'sse.example', 443],
  ['http://sse.example:443/', 'sse.example', 443],
  ['https://sse.example:443/', 'sse.example', 443],
  ['http://127.0.0.1:8787/', '127.0.0.1', 8787],
  ['https://[2001:db8::1]:8443/', '2001:db8::1', 8443],
])('host and port of %s are %s and %i', (url, host, port) => {
  expect([hostOf(new URL(url)), portOf(new URL(url))]).toEqual([host, port]);
});

it.each([
  ['::1', '[::1]'],
  ['127.0.0.1', '127.0.0.1'],
  ['sse.example', 'sse.example'],
])('host and port %s stands in a URL as %s, and is read back', (host, written) => {
  expect(bracketed(host)).toBe(written);
  expect(withoutBrackets(written)).toBe(host);
});

it.each(['[::1', '::1]'])('host and port half a pair of brackets is not taken for one: %s', (text) => {
  expect(withoutBrackets(text)).toBe(text);
});
