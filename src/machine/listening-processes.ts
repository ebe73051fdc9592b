/**
 * Which processes listen at an address of this machine: the kernel's table names the sockets, `/proc/PID/fd` who holds
 * them (proc_pid_fd(5)).
 *
 * Several processes may hold one socket (a prefork server hands it down to its workers), and several sockets may share
 * one port (SO_REUSEPORT); all of them are found. Of sockets that differ in how well their address fits, those count
 * that the kernel prefers: the address itself, then the wildcard of its family, then `::`, which takes IPv4 too.
 *
 * It looks once, in slices between which the event loop runs, and at a bounded number of links. It refuses to guess:
 * what another user's process holds stays unknown, and so does a port that is forwarded without a socket.
 */
import { readdirSync, readlinkSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { endpointKey, type EndpointKey } from './endpoint-key.ts';
import { readTcpTable, TCP_STATE } from './proc-net-tcp.ts';

export interface Listening {
  /** Sockets that listen there. */
  sockets: number;
  /** The processes that hold them, each once. */
  pids: number[];
  /** Sockets of which no process that we may look into is a holder. */
  unheld: number;
  /** The user of such a socket; null where all have a holder. */
  unheldBy: number | null;
}

const SLICE_MS = 1;
/** Links that are read: of one process, and in all. A socket that listens is among the first that a process opens. */
const MAX_LINKS_EACH = 16_384;
const MAX_LINKS = 262_144;

/**
 * @param address IPv4 or IPv6; an unspecified one is this machine, as it is for a connection
 * @throws what `fs` throws when the kernel's table exists and cannot be read
 */
export async function listeningProcesses(address: string, port: number): Promise<Listening> {
  const uids = await listeningSockets(address, port);
  const holders = await holdersOf(new Set(uids.keys()));
  const unheld = [...uids.keys()].filter((inode) => !holders.has(inode));
  return {
    sockets: uids.size,
    pids: [...new Set([...holders.values()].flat())].toSorted((a, b) => a - b),
    unheld: unheld.length,
    unheldBy: unheld[0] === undefined ? null : (uids.get(unheld[0]) ?? null),
  };
}

/** The user of each socket that listens there, by its inode. */
async function listeningSockets(address: string, port: number): Promise<Map<number, number>> {
  const fitting = keysByFit(address, port);
  let best = fitting.length;
  let found = new Map<number, number>();
  await readTcpTable(
    (row) => {
      if (row.state !== TCP_STATE.listen || row.localPort !== port) return;
      const key = row.localKey();
      const fit = fitting.findIndex((keys) => keys.includes(key));
      if (fit === -1 || fit > best) return;
      if (fit < best) found = new Map();
      best = fit;
      found.set(row.inode(), row.uid());
    },
    { port },
  );
  return found;
}

/** What a listening socket may be bound to, the best fit first. */
function keysByFit(address: string, port: number): EndpointKey[][] {
  const key = endpointKey(address, port);
  const any4 = endpointKey('0.0.0.0', port);
  const any6 = endpointKey('::', port);
  // A connection to an unspecified address goes to loopback.
  const own = key === any4 ? endpointKey('127.0.0.1', port) : key === any6 ? endpointKey('::1', port) : key;
  return isIPv4(address) || typeof key === 'number' ? [[own], [any4], [any6]] : [[own], [any6]];
}

/** The processes that hold each of these sockets. */
async function holdersOf(inodes: ReadonlySet<number>): Promise<Map<number, number[]>> {
  const holders = new Map<number, number[]>();
  if (inodes.size === 0) return holders;
  const byLink = new Map([...inodes].map((inode) => [`socket:[${inode}]`, inode]));
  let linksLeft = MAX_LINKS;
  let sliceStartMs = performance.now();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const held = new Set<number>();
    for (const link of descriptorsOf(entry)) {
      if (linksLeft-- <= 0) return holders;
      if (performance.now() - sliceStartMs > SLICE_MS) {
        await nextTurn();
        sliceStartMs = performance.now();
      }
      const inode = byLink.get(targetOf(link));
      if (inode !== undefined) held.add(inode);
      if (held.size === inodes.size) break;
    }
    for (const inode of held) holders.set(inode, [...(holders.get(inode) ?? []), Number(entry)]);
  }
  return holders;
}

function descriptorsOf(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder)
      .slice(0, MAX_LINKS_EACH)
      .map((name) => `${folder}/${name}`);
  } catch {
    // It has ended, or is another user's.
    return [];
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    // It was closed meanwhile.
    return '';
  }
}
