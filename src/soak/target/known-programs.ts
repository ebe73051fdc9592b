/**
 * Programs that are known by their names: those that stand before a server, those that hold a socket for one, and
 * runtimes whose resident memory says little about what they hold.
 */
import { loadedLibrary, programName } from '../../machine/process-program.ts';
import type { ProcessStat } from '../../machine/process-tree.ts';

/** The kernel cuts the name that a process gives itself. */
const MAX_NAME = 15;

/**
 * What listens for somebody else: reverse proxies, and what forwards the ports of containers and tunnels. Servers that
 * also run programs within themselves (Apache, lighttpd) are not among them.
 */
const PROXIES = [
  'docker-proxy',
  'rootlessport',
  'rootlesskit',
  'slirp4netns',
  'passt',
  'pasta',
  'gvproxy',
  'nginx',
  'openresty',
  'haproxy',
  'envoy',
  'traefik',
  'caddy',
  'varnishd',
  'squid',
  'linkerd2-proxy',
  'toxiproxy-server',
  'mitmdump',
  'mitmproxy',
  'stunnel',
  'socat',
  'ssh',
  'sshd',
  'kubectl',
  'cloudflared',
  'ngrok',
];

/** What opens a port and starts the server that answers there when somebody comes. */
const SOCKET_HOLDERS = ['systemd', 'init', 'inetd', 'xinetd'];

/** The default of a Java heap is a quarter of the machine's memory, all of which it may fill before it collects. */
const LAZY_RUNTIMES = [
  { runtime: 'Java', programs: ['java'], library: 'libjvm.so' },
  { runtime: '.NET', programs: ['dotnet'], library: 'libcoreclr.so' },
  { runtime: 'Erlang', programs: ['beam.smp'], library: null },
] as const;

/** A tree of processes is looked through that far. */
const MAX_LOOKED_AT = 32;

export function isProxy(stat: ProcessStat): boolean {
  return isNamed(stat, PROXIES);
}

export function isSocketHolder(stat: ProcessStat): boolean {
  return isNamed(stat, SOCKET_HOLDERS);
}

/** The name of a runtime that may let its heap fill up before it collects; null where none of these has one. */
export async function lazyRuntimeOf(members: readonly ProcessStat[]): Promise<string | null> {
  const libraries = LAZY_RUNTIMES.flatMap(({ library }) => library ?? []);
  for (const stat of members.slice(0, MAX_LOOKED_AT)) {
    const library = await loadedLibrary(stat.pid, libraries);
    const known = LAZY_RUNTIMES.find(
      (one) => isNamed(stat, one.programs) || (library !== null && one.library === library),
    );
    if (known !== undefined) return known.runtime;
  }
  return null;
}

function isNamed(stat: ProcessStat, names: readonly string[]): boolean {
  const program = programName(stat);
  return names.some((name) => name === program || name.slice(0, MAX_NAME) === stat.name);
}
