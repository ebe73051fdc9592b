import { expect, it } from 'vitest';
import { ClientCounter } from '../../../src/soak/target/client-counter.ts';
import { serveStreams } from '../../support/stream-server.ts';

const STATS = JSON.stringify({ clients: { connected: 4, list: [1, 2, 3], half: 2.5, less: -1, name: 'four' } });

async function counterAt(path: string): Promise<ClientCounter> {
  const url = await serveStreams((req, res) => {
    if (req.url === '/secret') res.writeHead(401).end();
    else if (req.url === '/metrics') res.end('streams{app="a"} 3\nstreams{app="b"} 4\n');
    else res.end(STATS);
  });
  const [, at = '', selector = ''] = /^\/([^#]*)#(.*)$/.exec(path) ?? [];
  return new ClientCounter({ url: `${url}${at}`, selector }, {});
}

it.each([
  ['/stats#/clients/connected', 4],
  ['/stats#/clients/list', 3],
  ['/metrics#streams', 7],
  ['/metrics#streams{app="b"}', 4],
])('a server counts its clients at %s', async (path, clients) => {
  const counter = await counterAt(path);
  expect([await counter.count(), counter.uncounted]).toEqual([clients, null]);
  await counter.stop();
});

it.each([
  ['/stats#/clients/half', 'has the value 2.5, which is not a number of clients', /whole number/],
  ['/stats#/clients/less', 'has the value -1, which is not a number of clients', /whole number/],
  ['/stats#/clients/name', 'has no number at /clients/name', /list of clients/],
  ['/stats#/clients', 'has no number at /clients', /It contains: connected, list/],
  ['/stats#/klients', 'has no /klients', /The root contains: clients/],
  ['/metrics#stream', 'has no stream', /It contains: streams/],
  ['/secret#/clients', 'returns status 401', /USER:PASSWORD@/],
])('a server counts no clients at %s, and it is said why', async (path, why, hint) => {
  const counter = await counterAt(path);
  expect(await counter.count()).toBeNull();
  expect(counter.uncounted?.why).toContain(why);
  expect(counter.uncounted?.hint).toMatch(hint);
  await counter.stop();
});

it('a server whose count cannot be read says so without the password of the URL', async () => {
  const counter = new ClientCounter({ url: 'http://user:hunter2@127.0.0.1:1/stats', selector: '/n' }, {});
  expect(await counter.count()).toBeNull();
  expect(counter.uncounted?.why).toMatch(/cannot be read \(ECONNREFUSED\)$/);
  expect(counter.uncounted?.why).not.toContain('hunter2');
  await counter.stop();
});
