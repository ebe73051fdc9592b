/** A deploy under load: a server of somebody else is told to stop, and goes in order, breaks off, or waits for ever. */
import { afterAll, describe, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { failures } from '../support/soak-report.ts';
import { undisturbed } from '../support/undisturbed.ts';

const servers: ServerProcess[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
});

const SERVER = `
const clients = new Set();
const server = require('node:http').createServer((_req, res) => {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  res.write('retry: ' + (300 + Math.floor(Math.random() * 200)) + '\\n\\n');
  clients.add(res);
  res.on('close', () => clients.delete(res));
});
let n = 0;
setInterval(() => { n++; for (const c of clients) c.write('id: ' + n + '\\ndata: {"seq":' + n + '}\\n\\n'); }, 200);
server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'));
const how = process.argv[1];
if (how !== 'breaks') process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  if (how !== 'waits') for (const c of clients) c.end(': shutdown\\n\\n', () => c.socket.end());
});
`;

async function start(how: 'ends' | 'breaks' | 'waits'): Promise<ServerProcess> {
  const server = await startServerProcess({ command: process.execPath, args: ['-e', SERVER, how] });
  servers.push(server);
  return server;
}

const LOAD = ['--clients', '10', '--ramp', '300ms', '--mix', 'healthy=1', '--duration', '4s', '--json', '--quiet'];

describe.runIf(process.platform === 'linux').concurrent('a server that is told to stop in the middle of a run', () => {
  it.each([
    ['ends', [], { streams: 10, stillOpen: 0, ends: { told: 10 } }],
    ['breaks', ['client-dropped'], { streams: 10, stillOpen: 0, ends: { 'eof-truncated': 10 } }],
    ['waits', ['target-down'], { streams: 10, stillOpen: 10, ends: {} }],
  ] as const)('and %s is told as that', async (how, ids, stop) => {
    const server = await start(how);
    const { report } = await undisturbed(
      ['soak', '--url', server.url, '--server-pid', `${server.pid}`, '--incident', 'sigterm@1500ms+3s'].concat(LOAD),
    );
    const found = report.findings.filter(({ severity }) => severity !== 'info').map(({ id }) => id);
    expect([found, failures(report)]).toEqual([ids, how === 'waits' ? ids : []]);
    expect(report.incidents.stop).toMatchObject({ pid: server.pid, ...stop, listensAgain: false });
    expect(report.clients).toMatchObject({ dropped: 0, refused: 0 });
    expect(report.server.down).toBeNull();
  });

  it('is none that does not listen there, and is not touched', async () => {
    const [listens, other] = await Promise.all([start('ends'), start('ends')]);
    const { code, stderr } = await runProgram(
      ['soak', '--url', listens.url, '--server-pid', `${other.pid}`, '--incident', 'sigterm@1s'].concat(LOAD),
    );
    expect(code).toBe(2);
    expect(stderr).toContain(`does not listen on 127.0.0.1:${new URL(listens.url).port}; process ${listens.pid} (`);
    expect((await fetch(other.url)).status).toBe(200);
  });

  it('is the one of our own, and goes in order', async () => {
    const { report, code } = await undisturbed(['soak', '--incident', 'sigterm@1500ms'].concat(LOAD));
    expect([code, failures(report)]).toEqual([0, []]);
    expect(report.incidents.stop).toMatchObject({ streams: 10, stillOpen: 0, ends: { told: 10 } });
  });
});
