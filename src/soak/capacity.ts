/**
 * What this machine has for clients: descriptors, source ports, memory. Asked before a run, since what runs out in
 * the middle of one looks like a server that refuses; each answer says what to do.
 *
 * Where the platform does not tell, nothing is refused.
 */
import { readFile } from 'node:fs/promises';
import { GeneratorLimitError } from '../core/errors.ts';
import { isIPv4Loopback } from '../core/loopback.ts';
import { formatBytes, formatCount } from '../core/units.ts';
import { CLIENTS_PER_ADDRESS } from './load/requests.ts';

/** Files, pipes and sockets that the process needs beside its clients. */
const OTHER_DESCRIPTORS = 64;
/** Source ports for everybody else on this machine, and for our own that wait in TIME_WAIT. */
const OTHER_PORTS = 1000;

/** Measured, at 8,000 and 18,000 clients on Linux 64 bit, and rounded up. */
const KIB = 1024;
const CLIENT_BYTES = 8 * KIB;
const TLS_BYTES = 48 * KIB;
/** Slabs of one end of a connection at rest: socket, file, inode, epoll item. */
const KERNEL_BYTES = 5 * KIB;
const EMBEDDED_SERVER_BYTES = 17 * KIB;
/** What a receive buffer takes for a client that never reads, before its window closes. */
const UNREAD_BYTES = 128 * KIB;
/** A load process without clients. */
const PROCESS_BYTES = 64 * KIB * KIB;

/** Soft limit of open files; null where the platform does not tell. Node raises it to the hard one at start. */
export async function descriptorLimit(): Promise<number | null> {
  const match = /^Max open files\s+(\d+)/m.exec(await readProc('/proc/self/limits'));
  if (match !== null) return Number(match[1]);
  // Slower, and asks no file: where there is no /proc, or none can be opened.
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : null;
}

/** Source ports that one address has for connections to one server; null where the platform does not tell. */
export async function sourcePorts(): Promise<number | null> {
  const match = /^(\d+)\s+(\d+)/.exec(await readProc('/proc/sys/net/ipv4/ip_local_port_range'));
  return match === null ? null : Number(match[2]) - Number(match[1]) + 1;
}

/**
 * @param perConnection clients that share one
 * @throws {GeneratorLimitError} when there are too few descriptors for `clients` in one process
 */
export function checkDescriptors(clients: number, limit: number | null, perConnection: number = 1): void {
  const needed = Math.ceil(clients / perConnection) + OTHER_DESCRIPTORS;
  if (limit === null || limit >= needed) return;
  const most = Math.max(limit - OTHER_DESCRIPTORS, 0) * perConnection;
  throw new GeneratorLimitError(
    `${formatCount(clients)} clients need ${formatCount(needed)} open files, but the limit of this process is ${formatCount(limit)}`,
    {
      hint: `Raise the limit first (ulimit -n ${needed})${most === 0 ? '' : `, or use at most ${most} clients`}.`,
    },
  );
}

/**
 * @param address where they all connect; clients of IPv4 loopback take further source addresses by themselves
 * @throws {GeneratorLimitError} when there are too few source ports for `connections`
 */
export function checkSourcePorts(connections: number, address: string, ports: number | null): void {
  const needed = isIPv4Loopback(address) ? Math.min(connections, CLIENTS_PER_ADDRESS) : connections;
  if (ports === null || ports - OTHER_PORTS >= needed) return;
  const most = Math.max(ports - OTHER_PORTS, 0);
  throw new GeneratorLimitError(
    `${formatCount(needed)} connections to ${address} need as many source ports, but this machine has ${formatCount(ports)}, less ${formatCount(OTHER_PORTS)} for other programs`,
    {
      hint: `Widen the range (sysctl -w net.ipv4.ip_local_port_range="1024 65535"), or use at most ${formatCount(most)} clients.`,
    },
  );
}

export interface MemoryPlan {
  clients: number;
  /** How many of these clients never read. */
  stalled: number;
  processes: number;
  tls: boolean;
  /** The server is ours and runs here too. */
  embedded: boolean;
  /** What a stalled client asks our own server for. */
  fillBytes: number;
}

/** What a run takes, as an estimate: a little more than was measured. */
export function neededMemoryBytes({ clients, stalled, processes, tls, embedded, fillBytes }: MemoryPlan): number {
  const ours = CLIENT_BYTES + KERNEL_BYTES + (tls ? TLS_BYTES : 0);
  const server = embedded ? EMBEDDED_SERVER_BYTES + KERNEL_BYTES : 0;
  return processes * PROCESS_BYTES + clients * (ours + server) + stalled * (UNREAD_BYTES + fillBytes);
}

/** @throws {GeneratorLimitError} when the run would take more than is available */
export function checkMemory(plan: MemoryPlan, availableBytes: number): void {
  const neededBytes = neededMemoryBytes(plan);
  if (neededBytes <= availableBytes) return;
  const most = Math.floor((plan.clients * availableBytes) / neededBytes);
  throw new GeneratorLimitError(
    `${formatCount(plan.clients)} clients take about ${formatBytes(neededBytes)} of memory, but only ${formatBytes(availableBytes)} are available`,
    { hint: `Free some memory, or use at most ${formatCount(most)} clients.` },
  );
}

async function readProc(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    // Only Linux has it.
    return '';
  }
}
