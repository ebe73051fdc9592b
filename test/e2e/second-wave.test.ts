/** Memory that is left when clients have gone: a second wave of them tells garbage from what the server keeps of each. */
import { afterAll, describe, expect, it } from 'vitest';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { failures } from '../support/soak-report.ts';
import { undisturbed } from '../support/undisturbed.ts';

const servers: ServerProcess[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
});

const SERVER = `
const clients = new Map();
const server = require('node:http').createServer((_req, res) => {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  res.write('retry: 1000\\n\\n');
  clients.set(res, Buffer.alloc(131072, 1));
  if (process.argv[1] === 'forgets') res.on('close', () => clients.delete(res));
  res.on('error', () => {});
});
let n = 0;
setInterval(() => { n++; for (const c of clients.keys()) c.write('id: ' + n + '\\ndata: {"seq":' + n + '}\\n\\n'); }, 500);
server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'));
`;

const LOAD = ['--clients', '30', '--ramp', '500ms', '--mix', 'healthy=1', '--churn', '10/s', '--duration', '6s'];

describe.runIf(process.platform === 'linux').concurrent('memory that is left behind', { tags: ['long'] }, () => {
  it.each([
    ['forgets', []],
    ['keeps', ['memory-retained']],
  ])('by a server that %s its clients is asked for by a second wave', async (how, ids) => {
    const server = await startServerProcess({ command: process.execPath, args: ['-e', SERVER, how] });
    servers.push(server);
    const { report } = await undisturbed(
      ['soak', '--url', server.url, '--settle', '1s', '--quiet', '--json'].concat(LOAD),
    );
    expect(failures(report)).toEqual(ids);
  });
});
