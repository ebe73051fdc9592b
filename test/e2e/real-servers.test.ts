/**
 * Servers that people really use, each as its own guide shows it: accused of what is true, and of nothing else.
 */
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { startProgram } from '../support/program.ts';
import { found, type Found } from '../support/real-servers/found.ts';
import { startNginx } from '../support/real-servers/nginx.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';
import { failures, type SoakReport } from '../support/soak-report.ts';
import { undisturbed } from '../support/undisturbed.ts';

/** So many bytes that the kernels are full after four seconds: from then on writes for a client that reads nothing block. */
const MUCH = ['10', '131072'];
const LITTLE = ['4', '128'];

const ALL_READ = [
  '--clients',
  '40',
  '--ramp',
  '1s',
  '--duration',
  '9s',
  '--seed',
  '5',
  '--heartbeat-within',
  '5s',
  '--json',
  '--mix',
  'healthy=30,abrupt=5,resuming=5',
];
const SOME_STALL = [
  '--clients',
  '12',
  '--ramp',
  '500ms',
  '--duration',
  '12s',
  '--seed',
  '5',
  '--heartbeat-within',
  '5s',
  '--json',
  '--mix',
  'healthy=9,stalled=3',
  '--evict-within',
  '3s',
];

type Start = (args: readonly string[]) => Promise<ServerProcess>;

function support(file: string): string {
  return fileURLToPath(new URL(`../support/real-servers/${file}`, import.meta.url));
}

function onNode(file: string): Start {
  return (args) => startServerProcess({ command: process.execPath, args: [support(file), ...args] });
}

const servers: Record<string, Start> = {
  'better-sse': onNode('better-sse.mjs'),
  '@fastify/sse': onNode('fastify.mjs'),
  "Hono's streamSSE": onNode('hono.mjs'),
};

const starlette = found('sseStarlette');
const nginx = found('nginx');

function onPython(args: readonly string[]): Promise<ServerProcess> {
  const env = { PYTHONPATH: 'missing' in starlette ? '' : starlette.found };
  return startServerProcess({ command: 'python3', args: [support('sse_starlette_server.py'), ...args], env });
}
if (!('missing' in starlette)) servers['sse-starlette'] = onPython;

/** Why it is skipped, for the name of the test. */
function why(server: Found): string {
  return 'missing' in server ? ` (${server.missing})` : '';
}

async function soak(server: ServerProcess, args: readonly string[]): Promise<SoakReport> {
  return (await undisturbed(['soak', '--url', server.url, ...args])).report;
}

describe.concurrent('a real server', { timeout: 120_000 }, () => {
  it.for(Object.keys(servers))(
    'a real server %s is accused of nothing by clients that read, leave, break off and come back',
    async (name, { expect }) => {
      const server = await (servers[name] as Start)(LITTLE);
      try {
        const report = await soak(server, ALL_READ);
        expect(failures(report), JSON.stringify(report.findings, null, 1)).toEqual([]);
        expect(report.verdict).toBe('pass');
        expect(report.clients).toMatchObject({ connected: 40, dropped: 0, refused: 0 });
        expect(report.clients.reconnects).toBeGreaterThan(5);
        expect(report.events).toMatchObject({
          lost: 0,
          duplicated: 0,
          reordered: 0,
          resumeLost: 0,
          resumeDuplicated: 0,
          malformed: 0,
        });
        expect(report.events['received']).toBeGreaterThan(30 * 4 * 4);
      } finally {
        await server.stop();
      }
    },
  );

  // None of them looks at how much a client has taken: what is written for it stays until the kernel gives up.
  it.for(Object.keys(servers))(
    'a real server %s keeps clients that read nothing, and is accused of just that',
    async (name, { expect }) => {
      const server = await (servers[name] as Start)(MUCH);
      try {
        const report = await soak(server, SOME_STALL);
        expect(failures(report), JSON.stringify(report.findings, null, 1)).toEqual(['stale-client-kept']);
        expect(report.eviction).toMatchObject({ expected: 3, evicted: 0, missed: 3, notMeasured: 0 });
        expect(report.events).toMatchObject({ lost: 0, duplicated: 0, reordered: 0 });
      } finally {
        await server.stop();
      }
    },
  );

  it.skipIf('missing' in starlette)(
    `a real server sse-starlette${why(starlette)} with a send_timeout gives up a response, keeps its socket, and is accused of that`,
    async ({ expect }) => {
      // Enough for the kernels to be full after four seconds: then its own time-out begins.
      const server = await onPython(['20', '65536', '2']);
      try {
        const report = await soak(server, [
          '--clients',
          '12',
          '--ramp',
          '500ms',
          '--duration',
          '18s',
          '--seed',
          '5',
          '--heartbeat-within',
          '5s',
          '--json',
          '--mix',
          'healthy=10,stalled=2',
          '--evict-within',
          '6s',
        ]);
        expect(failures(report), JSON.stringify(report.findings, null, 1)).toEqual(['stale-client-kept']);
        expect(report.eviction).toMatchObject({ expected: 2, evicted: 0, missed: 2 });
      } finally {
        await server.stop();
      }
    },
  );

  it.skipIf('missing' in nginx)(
    `a real server nginx${why(nginx)} is accused of nothing with proxy_buffering off`,
    async ({ expect }) => {
      const report = await soakThroughNginx(['proxy_buffering off']);
      expect(failures(report), JSON.stringify(report.findings, null, 1)).toEqual([]);
      expect(report.verdict).toBe('pass');
      expect(report.clients).toMatchObject({ connected: 40, dropped: 0, refused: 0 });
      expect(report.events).toMatchObject({ lost: 0, duplicated: 0, reordered: 0, resumeLost: 0, resumeDuplicated: 0 });
    },
  );

  it.skipIf('missing' in nginx)(
    `a real server nginx${why(nginx)} is accused of nothing with proxy_buffering on, where the server sends X-Accel-Buffering: no`,
    async ({ expect }) => {
      const report = await soakThroughNginx(['proxy_buffering on']);
      expect(failures(report), JSON.stringify(report.findings, null, 1)).toEqual([]);
      expect(report.verdict).toBe('pass');
    },
  );

  it.skipIf('missing' in nginx)(
    `a real server nginx${why(nginx)} is caught when it buffers all the same`,
    async ({ expect }) => {
      const report = await soakThroughNginx([
        'proxy_buffering on',
        'proxy_ignore_headers X-Accel-Buffering',
        // What comes in chunks it passes on at once all the same.
        'proxy_http_version 1.0',
      ]);
      expect(failures(report), JSON.stringify(report.findings, null, 1)).toEqual(['buffered-stream']);
      expect(report.events).toMatchObject({ lost: 0, duplicated: 0, reordered: 0 });
    },
  );
});

/**
 * Our own server sends ten events of some 300 bytes a second, and a buffer of nginx takes 4 KiB: it is full every 1.4
 * s.
 */
async function soakThroughNginx(directives: readonly string[]): Promise<SoakReport> {
  if ('missing' in nginx) throw new Error(nginx.missing);
  const server = startProgram(['serve', '--port', '0', '--heartbeat', '2s', '--rate', '10/s', '--event-size', '256B']);
  const [, origin = ''] = await server.says(/listening on (\S+)/);
  const proxy = await startNginx(nginx.found, origin, directives);
  try {
    return await soak(proxy, ALL_READ);
  } finally {
    await proxy.stop();
    server.child.kill('SIGTERM');
    await server.outcome;
  }
}
