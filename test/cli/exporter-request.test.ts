import { expect, it } from 'vitest';
import { budgetFor, readExporterRequest } from '../../src/cli/exporter-request.ts';
import { allowedTarget } from '../../src/options/values/allowed-target.ts';

const rules = [allowedTarget.read('https://api.example.com/streams')];

function read(query: string): ReturnType<typeof readExporterRequest> {
  return readExporterRequest(new URLSearchParams(query), {
    targets: rules,
    profiles: { known: ['sse', 'openai', 'mcp'], allowed: ['sse', 'openai'] },
  });
}

it('what a scraper asks for is a target, and maybe a profile', () => {
  expect(read('target=https://api.example.com/streams/1%3Fa=b%23c')).toEqual({
    target: new URL('https://api.example.com/streams/1?a=b'),
    profile: null,
    isDebug: false,
  });
  expect(read('profile=openai&target=https://api.example.com/streams')).toMatchObject({ profile: 'openai' });
  expect(read('debug=true&target=https://api.example.com/streams')).toMatchObject({ isDebug: true });
});

it.each([
  ['', 'name one target'],
  ['target=https://api.example.com/streams&target=https://evil.example/', 'name one target'],
  ['target=api.example.com', 'no URL'],
  ['target=', 'no URL'],
  [`target=https://api.example.com/streams/${'x'.repeat(5000)}`, 'no URL'],
  ['target=file:///etc/passwd', 'neither http'],
  ['target=https://u:S3CRET@api.example.com/streams', 'user info'],
  ['target=https://api.example.com/streams&module=http_2xx', '"module" is no parameter'],
  ['target=https://api.example.com/streams&debug=1', 'debug is true or false'],
  ['target=https://api.example.com/streams&profile=smtp', 'sse, openai, mcp'],
  ['target=https://api.example.com/streams&profile=sse&profile=openai', 'sse, openai'],
])('what a scraper asks for is refused when it is %s', (query, message) => {
  expect(read(query)).toEqual({ reason: 'bad-request', statusCode: 400, message: expect.stringContaining(message) });
  expect(JSON.stringify(read(query))).not.toContain('S3CRET');
});

it('what a scraper asks for is refused when nobody has allowed it', () => {
  expect(read('target=https://api.example.com/admin')).toMatchObject({ reason: 'not-allowed', statusCode: 403 });
});

it.each([
  ['profile=mcp&target=https://api.example.com/streams', 'the profile mcp is none that --allow-profile allows'],
  ['target=http://api.example.com/streams', 'allowed for https:// and not for http://'],
  ['target=http://api.example.com/admin', 'none that --allow-target allows'],
])('what a scraper asks for is refused with the flag that would allow it: %s', (query, message) => {
  expect(read(query)).toEqual({ reason: 'not-allowed', statusCode: 403, message: expect.stringContaining(message) });
});

it.each([
  [undefined, 20_000],
  ['10', 9500],
  ['10.000000', 9500],
  ['60', 20_000],
  ['0.55', 100],
  ['0', 20_000],
  ['-1', 20_000],
  ['soon', 20_000],
  ['Infinity', 20_000],
])('the time that a probe has is, for a scrape timeout of %s, %d ms', (header, budgetMs) => {
  expect(budgetFor(header, 20_000)).toBe(budgetMs);
});
