/** What fingers type: a URL without its scheme as an argument, and the letters that curl has. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';

let server: Server;
let address: string;

/** Each event says how it was asked for. */
beforeAll(async () => {
  server = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (text: string) => (body += text));
    req.on('end', () => {
      res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      const tell = (): boolean =>
        res.write(
          `data: ${req.method} ${String(req.url)} ${String(req.headers['x-a'])} ${String(req.headers['content-type'])} ${body}\n\n`,
        );
      tell();
      const timer = setInterval(tell, 100);
      res.on('close', () => clearInterval(timer));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it.each([
  [['-N', '-H', 'X-A: 1'], 'GET /events 1 undefined '],
  [['-kN', '-H', 'X-A: 1', '-d', '{"a":1}'], 'POST /events 1 application/json {"a":1}'],
  [['-X', 'SEARCH', '-HX-A: 1', '-d{}', '--transport', 'undici'], 'SEARCH /events 1 application/json {}'],
  [['-H', 'X-A: 1', '-da=1'], 'POST /events 1 undefined a=1'],
])('listen with %j asks as curl would', async (letters, data) => {
  const { code, stdout } = await runProgram(['listen', `${address}/events`, ...letters, '--jsonl', '--events', '1']);
  expect([code, stdout]).toEqual([0, expect.stringContaining(`"data":${JSON.stringify(data)}`)]);
});

it('probe takes a URL without its scheme, and any method', async () => {
  const { code, stdout } = await runProgram(['probe', '-X', 'REPORT', `${address}/events`, '--until=event', '--json']);
  expect([code, stdout]).toEqual([0, expect.stringContaining(`"url":"http://${address}/events"`)]);
});

it('soak takes a URL where a scenario may stand', async () => {
  const { code, stdout } = await runProgram(
    ['soak', `${address}/events`, '-X', 'REPORT', '--clients=2', '--ramp=0s', '--duration=1s', '--settle=0s'].concat(
      '--mix=healthy=1',
      '--json',
    ),
  );
  expect([0, 1, 3]).toContain(code);
  expect(JSON.parse(stdout)).toMatchObject({ target: { url: `http://${address}/events` } });
}, 20_000);
