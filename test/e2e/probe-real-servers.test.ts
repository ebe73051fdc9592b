/** Servers that people really use, and nginx with its defaults in front: what a probe says of them is true. */
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { runProgram, startProgram } from '../support/program.ts';
import { found, type Found } from '../support/real-servers/found.ts';
import { startNginx } from '../support/real-servers/nginx.ts';
import { startServerProcess, type ServerCommand } from '../support/server-process.ts';

interface Report {
  exitCode: number;
  checks: { id: string; status: string; title: string; evidence: { finding?: string } }[];
}

const support = (file: string): string => fileURLToPath(new URL(`../support/real-servers/${file}`, import.meta.url));
const LITTLE = ['4', '128'];
const starlette = found('sseStarlette');
const nginx = found('nginx');
const onNode = (file: string): ServerCommand => ({ command: process.execPath, args: [support(file), ...LITTLE] });

const servers: Record<string, ServerCommand> = {
  'better-sse': onNode('better-sse.mjs'),
  '@fastify/sse': onNode('fastify.mjs'),
  "Hono's streamSSE": onNode('hono.mjs'),
  ...('missing' in starlette
    ? {}
    : {
        'sse-starlette': {
          command: 'python3',
          args: [support('sse_starlette_server.py'), ...LITTLE],
          env: { PYTHONPATH: starlette.found },
        },
      }),
};

function why(server: Found): string {
  return 'missing' in server ? ` (${server.missing})` : '';
}

async function probe(url: string): Promise<{ failed: string[]; warned: string[] }> {
  const { stdout } = await runProgram(['probe', '--json', '--duration', '12s', url]);
  const { checks } = JSON.parse(stdout) as Report;
  const of = (status: string): string[] =>
    checks.filter((check) => check.status === status).map(({ id, title }) => `${id}: ${title}`);
  return { failed: of('fail'), warned: of('warn') };
}

describe.concurrent('a probe of', { timeout: 120_000 }, () => {
  it.for(Object.keys(servers))('a probe of %s accuses it of nothing', async (name, { expect }) => {
    const server = await startServerProcess(servers[name] as ServerCommand);
    try {
      expect(await probe(server.url)).toEqual({ failed: [], warned: [] });
    } finally {
      await server.stop();
    }
  });

  it.skipIf('missing' in nginx)(
    `a probe of a sound server behind nginx with its defaults is OK, since it tells nginx not to collect${why(nginx)}`,
    async ({ expect }) => {
      const { child, says } = startProgram(['serve', '--port', '0', '--heartbeat', '1s', '--rate', '4/s']);
      const origin = (await says(/listening on (\S+)/))[1] as string;
      const front = await startNginx('missing' in nginx ? '' : nginx.found, origin, []);
      try {
        expect((await probe(front.url)).failed).toEqual([]);
      } finally {
        await front.stop();
        child.kill('SIGKILL');
      }
    },
  );

  it.skipIf('missing' in nginx)(
    `a probe of a sound server behind an nginx that collects all the same says so${why(nginx)}`,
    async ({ expect }) => {
      const { child, says } = startProgram(['serve', '--port', '0', '--heartbeat', '1s', '--rate', '20/s']);
      const origin = (await says(/listening on (\S+)/))[1] as string;
      const front = await startNginx('missing' in nginx ? '' : nginx.found, origin, [
        'proxy_ignore_headers X-Accel-Buffering',
        'proxy_buffering on',
        // What comes in chunks it passes on at once all the same.
        'proxy_http_version 1.0',
      ]);
      try {
        const { failed } = await probe(front.url);
        expect(failed.join('\n')).toMatch(/buffered: |status: no response head/);
      } finally {
        await front.stop();
        child.kill('SIGKILL');
      }
    },
  );
});
