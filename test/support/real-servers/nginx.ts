/** nginx in front of a stream, with everything that it writes in a folder of its own. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServerProcess, type ServerProcess } from '../server-process.ts';
import { freePort } from './free-port.ts';

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/**
 * @param program where nginx is
 * @param origin of the server behind it; of each of several that it takes in turn
 * @param directives for the location that is passed on
 * @param path of the stream behind it
 */
export async function startNginx(
  program: string,
  origin: string | readonly string[],
  directives: readonly string[],
  path = '/events',
): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'sse-probe-nginx-'));
  const port = await freePort();
  writeFileSync(
    join(folder, 'nginx.conf'),
    `
    daemon off; master_process off; worker_processes 1;
    pid ${folder}/pid;
    error_log stderr notice;
    events { worker_connections 1024; }
    http {
      access_log off;
      ${TEMPORARY.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n      ')}
      ${typeof origin === 'string' ? '' : upstreamOf(origin)}
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass ${typeof origin === 'string' ? origin : 'http://feed'};
          ${directives.some((directive) => directive.startsWith('proxy_http_version')) ? '' : 'proxy_http_version 1.1;'}
          proxy_set_header Connection "";
          ${directives.map((directive) => `${directive};`).join('\n          ')}
        }
      }
    }`,
  );
  const nginx = await startServerProcess({
    command: program,
    args: ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'],
    says: /OS: .*/,
    url: `http://127.0.0.1:${port}${path}`,
  });
  return {
    ...nginx,
    async stop() {
      await nginx.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** A server that refuses a connection is asked again after a second. */
function upstreamOf(origins: readonly string[]): string {
  return `upstream feed { ${origins.map((origin) => `server ${new URL(origin).host} fail_timeout=1s;`).join(' ')} }`;
}
