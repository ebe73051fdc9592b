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
  ['', 'give one target: /probe?target=https://api.example.com/events'],
  [
    'target=https://api.example.com/streams&target=https://evil.example/',
    'give one target: /probe?target=https://api.example.com/events',
  ],
  ['target=api.example.com', 'not a URL'],
  ['target=', 'not a URL'],
  [`target=https://api.example.com/streams/${'x'.repeat(5000)}`, 'not a URL'],
  ['target=file:///etc/passwd', 'the target must begin with http:// or https://'],
  ['target=https://u:S3CRET@api.example.com/streams', 'user info'],
  [
    'target=https://api.example.com/streams&module=http_2xx',
    '"module" is not a parameter; use target, profile and debug',
  ],
  ['target=https://api.example.com/streams&debug=1', 'debug must be true or false'],
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
  ['profile=mcp&target=https://api.example.com/streams', '--allow-profile does not allow the profile mcp'],
  [
    'target=http://api.example.com/streams',
    'the target is allowed for https:// only (--allow-target http://HOST allows http://)',
  ],
  ['target=http://api.example.com/admin', '--allow-target does not allow this target'],
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
