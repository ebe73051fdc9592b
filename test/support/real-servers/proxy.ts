/** Proxies that people really use in front of a stream, with an idle limit of so many seconds, as each is told it. */
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { startServerProcess, type ServerCommand, type ServerProcess } from '../server-process.ts';
import { freePort } from './free-port.ts';
import { startNginx } from './nginx.ts';

export type ProxyName = 'nginx' | 'haproxy' | 'caddy' | 'varnish' | 'apache';

interface Place {
  /** A folder of its own, for all that it writes. */
  folder: string;
  /** Where its packages were unpacked; null where it is the system's. */
  unpacked: string | null;
  port: number;
  /** Host and port of the server behind it. */
  origin: string;
  limitS: number;
}

type Start = Required<Pick<ServerCommand, 'args' | 'says'>> & { env?: NodeJS.ProcessEnv };

const STARTS: Readonly<Record<Exclude<ProxyName, 'nginx'>, (place: Place) => Start>> = {
  haproxy({ folder, port, origin, limitS }) {
    const file = written(
      folder,
      'haproxy.cfg',
      `
      global
        maxconn 200
      defaults
        mode http
        timeout connect 2s
        timeout client 60s
        timeout server ${limitS}s
      listen stream
        bind 127.0.0.1:${port}
        server origin ${origin}
      `,
    );
    return { args: ['-f', file, '-db', '-V'], says: /Using \w+\(\) as the polling mechanism/ };
  },
  caddy({ folder, port, origin, limitS }) {
    const file = written(
      folder,
      'Caddyfile',
      `{
        admin off
        auto_https off
      }
      http://127.0.0.1:${port} {
        reverse_proxy ${origin} {
          transport http {
            read_timeout ${limitS}s
          }
        }
      }
      `,
    );
    return {
      args: ['run', '--config', file, '--adapter', 'caddyfile'],
      says: /serving initial configuration/,
      env: { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    };
  },
  varnish({ folder, port, origin, limitS }) {
    const [host, originPort] = origin.split(':');
    const file = written(
      folder,
      'stream.vcl',
      `vcl 4.1;
      backend default { .host = "${host}"; .port = "${originPort}"; .between_bytes_timeout = ${limitS}s; }
      sub vcl_recv { return (pass); }
      `,
    );
    const args = ['-F', '-a', `127.0.0.1:${port}`, '-f', file, '-n', join(folder, 'work'), '-s', 'malloc,16m'];
    return { args, says: /Child launched OK/ };
  },
  apache({ folder, unpacked, port, origin, limitS }) {
    const modules = join(unpacked ?? '', '/usr/lib/apache2/modules');
    const file = written(
      folder,
      'httpd.conf',
      `
      ServerRoot ${folder}
      ServerName localhost
      PidFile ${folder}/pid
      User "#65534"
      Group "#65534"
      Listen 127.0.0.1:${port}
      LoadModule mpm_event_module ${modules}/mod_mpm_event.so
      LoadModule authz_core_module ${modules}/mod_authz_core.so
      LoadModule proxy_module ${modules}/mod_proxy.so
      LoadModule proxy_http_module ${modules}/mod_proxy_http.so
      ErrorLog "|$/bin/cat >&2"
      LogLevel mpm_event:debug
      ProxyPass / http://${origin}/
      ProxyTimeout ${limitS}
      `,
    );
    // One process, which ends with the test.
    return { args: ['-d', folder, '-f', file, '-X'], says: /start_threads: Using/ };
  },
};

/**
 * @param program where it is
 * @param origin URL of the server behind it
 * @param limitS after so many seconds without a byte from there it gives up; null: by its default, of nginx only
 */
export async function startProxy(
  name: ProxyName,
  program: string,
  origin: string,
  limitS: number | null,
): Promise<ServerProcess> {
  const { origin: base, host, pathname } = new URL(origin);
  if (name === 'nginx')
    return startNginx(program, base, limitS === null ? [] : [`proxy_read_timeout ${limitS}s`], pathname);
  if (limitS === null) throw new Error(`${name} has no limit by default`);
  const folder = mkdtempSync(join(tmpdir(), `sse-probe-${name}-`));
  const port = await freePort();
  const unpacked = isAbsolute(program) ? dirname(dirname(dirname(program))) : null;
  const { args, says, env = {} } = STARTS[name]({ folder, unpacked, port, origin: host, limitS });
  const proxy = await startServerProcess({
    command: program,
    args,
    says,
    url: `http://127.0.0.1:${port}${pathname}`,
    env: { ...env, ...libraries(unpacked) },
  });
  return {
    ...proxy,
    async stop() {
      await proxy.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function written(folder: string, name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, `${text.trim()}\n`);
  return file;
}

/** The libraries that were unpacked with it. */
export function libraries(unpacked: string | null): NodeJS.ProcessEnv {
  if (unpacked === null) return {};
  const library = join(unpacked, 'usr', 'lib');
  const found = (existsSync(library) ? readdirSync(library) : []).filter((folder) => folder.endsWith('-linux-gnu'));
  return found.length === 0 ? {} : { LD_LIBRARY_PATH: found.map((folder) => join(library, folder)).join(':') };
}
