import { expect, it } from 'vitest';
import { ask, connected, serve } from './fixtures.ts';

const PAGE = 'https://app.example.com';

function grants(head: string): Record<string, string> {
  const lines = head.split('\r\n').map((line) => /^(Access-Control-[\w-]+|Vary|Allow): (.*)$/i.exec(line));
  return Object.fromEntries(
    lines.filter((match) => match !== null).map((match) => [(match[1] ?? '').toLowerCase(), match[2] ?? '']),
  );
}

it('pages of other origins that were named may read the stream, with credentials', async () => {
  const { port } = await serve({ corsOrigins: [PAGE] });
  const { head } = await connected({ port, headers: { Origin: PAGE } });
  expect(grants(head)).toEqual({
    vary: 'Origin',
    'access-control-allow-origin': PAGE,
    'access-control-allow-credentials': 'true',
  });
  expect(head).toMatch(/^Content-Type: text\/event-stream\r$/m);
});

for (const origin of [
  'null',
  'http://app.example.com',
  'https://app.example.com:444',
  'https://evil.example',
  'https://xapp.example.com',
  'https://app.example.com.evil.example',
  'HTTPS://APP.EXAMPLE.COM',
  '*',
  '__proto__',
]) {
  it(`pages of other origins that were not named are granted nothing: ${origin}`, async () => {
    const { port } = await serve({ corsOrigins: [PAGE] });
    for (const answer of [
      await connected({ port, headers: { Origin: origin } }),
      await ask(port, '/stats', { headers: { Origin: origin } }),
    ]) {
      expect(grants(answer.head)).toEqual({ vary: 'Origin' });
    }
    expect(
      grants((await ask(port, '/events', { method: 'OPTIONS', headers: { Origin: origin } })).head),
    ).not.toHaveProperty('access-control-allow-origin');
  });
}

it('pages of other origins are granted nothing where none was named', async () => {
  const { port } = await serve();
  expect(grants((await connected({ port, headers: { Origin: PAGE } })).head)).toEqual({});
});

it('pages of other origins may ask before they send Last-Event-ID, or a token', async () => {
  const { port } = await serve({ corsOrigins: ['https://first.example', PAGE] });
  const preflight = {
    Origin: PAGE,
    'Access-Control-Request-Method': 'GET',
    'Access-Control-Request-Headers': 'last-event-id',
  };
  const answer = await ask(port, '/events', { method: 'OPTIONS', headers: preflight });
  expect([answer.statusCode, grants(answer.head)]).toEqual([
    204,
    {
      vary: 'Origin',
      'access-control-allow-origin': PAGE,
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '600',
      allow: 'GET, HEAD, OPTIONS',
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
      'access-control-allow-headers': 'Last-Event-ID, Authorization, Content-Type',
    },
  ]);
  expect(
    grants((await ask(port, '/publish', { method: 'OPTIONS', headers: preflight })).head)[
      'access-control-allow-methods'
    ],
  ).toBe('POST, OPTIONS');
});

it('pages of other origins see also why they are refused, and no cache mixes them up', async () => {
  const { port } = await serve({ corsOrigins: [PAGE], hub: { maxClients: 1 } });
  await connected({ port });
  for (const [path, statusCode] of [
    ['/events', 503],
    ['/nowhere', 404],
    ['/clients?limit=x', 400],
  ] as const) {
    const answer = await ask(port, path, { headers: { Origin: PAGE } });
    expect([answer.statusCode, grants(answer.head)]).toMatchObject([
      statusCode,
      { vary: 'Origin', 'access-control-allow-origin': PAGE },
    ]);
  }
});
