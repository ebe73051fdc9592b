import { expect, it } from 'vitest';
import { DASHBOARD_PATHS } from '../../src/server/dashboard/paths.ts';
import { ask, connected, serve } from './fixtures.ts';

const PATHS = ['/events', '/stats', '/clients', '/metrics', '/healthz', '/readyz', '/nowhere', ...DASHBOARD_PATHS];

it('a server on loopback answers nothing under a name that a stranger may have pointed at it', async () => {
  const { port } = await serve();
  for (const host of ['evil.example', 'EVIL.example:80', '127.0.0.1.evil.example', 'localhost.evil.example']) {
    for (const path of PATHS) {
      const answer = await ask(port, path, { headers: { Host: host } });
      expect([path, answer.statusCode], host).toEqual([path, 421]);
      expect(answer.json).toMatchObject({ error: 'unknown-host' });
    }
  }
});

it.each(['localhost', 'a.localhost:80', '127.0.0.1:1', '[::1]:8787', '192.0.2.7', 'sse.example.com', 'backend', ''])(
  'a server on loopback answers under the name %j',
  async (host) => {
    const { port } = await serve({ allowedHosts: ['sse.example.com'] });
    expect((await ask(port, '/stats', { headers: { Host: host } })).statusCode).toBe(200);
    await connected({ port, headers: { Host: host } });
  },
);

it('a server that others reach answers under every name', async () => {
  const { port } = await serve({ host: '0.0.0.0' });
  expect((await ask(port, '/stats', { headers: { Host: 'sse.example.com' } })).statusCode).toBe(200);
});
