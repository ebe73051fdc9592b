import { expect, it } from 'vitest';
import { allowedTarget, isAllowedTarget } from '../../../src/options/values/allowed-target.ts';

function allows(rule: string, url: string): boolean {
  return isAllowedTarget(new URL(url), [allowedTarget.read(rule)]);
}

it.each([
  ['api.example.com', 'https://api.example.com/events'],
  ['http://api.example.com', 'http://api.example.com:80/'],
  ['localhost:8787', 'http://localhost:8787/events'],
  ['127.0.0.1', 'http://127.0.0.1/events'],
  ['API.example.com', 'https://api.EXAMPLE.com/?a=1'],
  ['api.example.com:8443', 'https://api.example.com:8443/'],
  ['127.0.0.1:8787', 'http://127.0.0.1:8787/events'],
  ['127.0.0.1:8787', 'http://0x7f.1:8787/events'],
  ['[::1]:8787', 'http://[0:0::1]:8787/events'],
  ['bücher.example', 'https://xn--bcher-kva.example/'],
  ['*.example.com', 'https://a.b.example.com/'],
  ['*.example.com:81', 'https://a.example.com:81/'],
  ['https://api.example.com', 'https://api.example.com/any/path'],
  ['https://api.example.com/streams', 'https://api.example.com/streams'],
  ['https://api.example.com/streams', 'https://api.example.com/streams/1?x=/../'],
  ['https://api.example.com/streams/', 'https://api.example.com/streams/1'],
  ['http://api.example.com:8080/', 'http://api.example.com:8080/x%2fy'],
])('what an exporter may be sent to %s allows %s', (rule, url) => {
  expect(allows(rule, url)).toBe(true);
});

it.each([
  ['api.example.com', 'https://api.example.com.evil.example/'],
  ['api.example.com', 'https://evil.example/api.example.com'],
  ['api.example.com', 'https://xapi.example.com/'],
  ['api.example.com', 'https://api.example.com@evil.example/'],
  ['api.example.com', 'https://evil.example#@api.example.com/'],
  ['api.example.com', String.raw`https://evil.example\@api.example.com/`],
  ['api.example.com', 'https://api.example.com:22/'],
  ['api.example.com', 'http://api.example.com:443/'],
  ['api.example.com', 'http://api.example.com/'],
  ['api.example.com:8443', 'http://api.example.com:8443/'],
  ['*.example.com:81', 'http://a.example.com:81/'],
  ['10.0.0.7:8080', 'http://10.0.0.7:8080/'],
  ['http://api.example.com', 'https://api.example.com/'],
  ['https://127.0.0.1:8787', 'http://127.0.0.1:8787/'],
  ['api.example.com', 'ftp://api.example.com/'],
  ['api.example.com:8443', 'https://api.example.com/'],
  ['127.0.0.1', 'http://127.0.0.2/'],
  ['*.example.com', 'https://example.com/'],
  ['*.example.com', 'https://evilexample.com/'],
  ['https://api.example.com/', 'http://api.example.com/'],
  ['https://api.example.com/streams', 'https://api.example.com/streams-of-others'],
  ['https://api.example.com/streams/', 'https://api.example.com/streams'],
  ['https://api.example.com/streams', 'https://api.example.com/streams/../admin'],
  ['https://api.example.com/streams', 'https://api.example.com/streams/%2e%2E/admin'],
  ['https://api.example.com/streams', 'https://api.example.com/streams/..%2fadmin'],
  ['https://api.example.com/streams', 'https://api.example.com/streams/..%5Cadmin'],
])('what an exporter may be sent to %s does not allow %s', (rule, url) => {
  expect(allows(rule, url)).toBe(false);
});

it('what an exporter may be sent to allows nothing without a rule, and what one of several allows', () => {
  const url = new URL('https://b.example/');
  expect(isAllowedTarget(url, [])).toBe(false);
  expect(
    isAllowedTarget(
      url,
      ['a.example', 'b.example'].map((rule) => allowedTarget.read(rule)),
    ),
  ).toBe(true);
});

it.each([
  '',
  '*',
  '*.',
  'a b',
  'a.*',
  '**.example',
  'ftp://a.example',
  'https://*.example.com',
  'https://u:S3CRET@a.example/',
  'u:S3CRET@a.example',
  'https://a.example/?token=S3CRET',
  'https://a.example/?q',
  'a.example/path',
  'a@b',
  'a.example:99999',
  '://',
])('what an exporter may be sent to refuses the rule %j', (rule) => {
  expect(() => allowedTarget.read(rule)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('S3CRET') }),
  );
});
