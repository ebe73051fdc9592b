/**
 * What the server's process looked like over the run: memory, clients, and what it says of itself.
 */

import type { ClientCount } from './client-count.ts';

/** One look at the server; null where a source does not tell. */
export interface ServerSample {
  tMs: number;
  /** The memory of all its processes, in the kind that the record names. */
  rssBytes: number | null;
  heapUsedBytes: number | null;
  externalBytes: number | null;
  cpuSeconds: number | null;
  clients: number | null;
  /** How many of these clients do not take what is written to them. */
  blocked: number | null;
  queuedBytes: number | null;
  evicted: number | null;
  /** Identifies one life of the server: it changes with a restart. */
  life: string | null;
}

/** What a server may have waiting for one client at most: for one that takes nothing, and for one that does. */
export interface QueueLimits {
  /** Most bytes that may wait for a client that takes nothing. */
  blockedBytes: number;
  /** Most bytes that may wait for a client that takes what it is sent. */
  acceptingBytes: number;
}

/** What the figures come from. */
export interface ServerOrigin {
  /** Where they are read: in the server of the run's own, from a process, from a URL, or nowhere. */
  source: 'embedded' | 'pid' | 'metrics' | 'none';
  /** What `rssBytes` is: resident or proportional set size, or whatever a metric counts; null for no source. */
  memory: 'rss' | 'pss' | 'metric' | null;
  /** Limits of the server's queues; null when they are not known. */
  queueLimits: QueueLimits | null;
}

/** The local process whose memory is read, and how it was come by. */
export interface WatchedProcess {
  pid: number;
  name: string;
  /** Processes whose memory was added up when it was found: itself, what it started, and who else holds its socket. */
  processes: number;
  /** The address and port at which it was found listening; null where its number was given. */
  listensOn: string | null;
  /** By its name it stands before servers: its memory is not the server's, and is shown without a judgement. */
  isProxy: boolean;
  /** The runtime of one of them that may let its heap fill up to a limit before it collects garbage; null for none. */
  lazyRuntime: string | null;
}

/** Why the memory of a server on this machine is not read, and how it could be. */
export interface UnreadServer {
  /** To stand behind a colon. */
  why: string;
  /** The flag that closes the gap. */
  flag: '--server-pid' | '--server-metrics';
}

export const NO_ORIGIN: ServerOrigin = { source: 'none', memory: null, queueLimits: null };

/** A server that the plan told to stop, and what became of its process. */
export interface PlannedStop {
  pid: number;
  /** When, from the end of the ramp, and how long it was given. */
  atMs: number;
  graceMs: number;
  /** Why it was not told after all; null where it was. */
  untold: string | null;
  /** From the signal until its process had ended; null where it had not while it was watched. */
  goneMs: number | null;
  watchedMs: number;
  /** Whether somebody accepted connections at its address at the end of the run. */
  listensAgain: boolean;
}

export interface ServerRecord extends ServerOrigin {
  /** How many clients the server counts by itself, beside the samples; null where nobody tells. */
  clientCount: ClientCount | null;
  /** The process that was watched last; null where none is. */
  process: WatchedProcess | null;
  /** The memory of a server on this machine that nobody looks at; null where somebody does, and elsewhere. */
  unread: UnreadServer | null;
  /** Before any client came, after a garbage collection where we could ask for one. */
  baseline: ServerSample | null;
  /** Samples taken while the load was on. */
  samples: ServerSample[];
  /**
   * In a load that is long enough for a trend: when it was warm, after a garbage collection. Null where there
   * was none.
   */
  warm: ServerSample | null;
  /** When the load ended, before the clients left; after a garbage collection where `warm` is. */
  end: ServerSample | null;
  /** Samples taken while all clients had left and the server was watched settling. */
  settling: ServerSample[];
  /** When the settling phase was over, after a garbage collection where we could ask for one. */
  settled: ServerSample | null;
  /** Why it went away during the run: exit code, signal, last words. Null while it lives. */
  down: string | null;
  /** Null where the plan told no server to stop. */
  stop: PlannedStop | null;
}

export function emptyServerRecord(origin: ServerOrigin): ServerRecord {
  return {
    ...origin,
    clientCount: null,
    process: null,
    unread: null,
    baseline: null,
    samples: [],
    warm: null,
    end: null,
    settling: [],
    settled: null,
    down: null,
    stop: null,
  };
}

/** A sample without figures, to be filled in with what a source tells. */
export function emptySample(tMs: number): ServerSample {
  return {
    tMs,
    rssBytes: null,
    heapUsedBytes: null,
    externalBytes: null,
    cpuSeconds: null,
    clients: null,
    blocked: null,
    queuedBytes: null,
    evicted: null,
    life: null,
  };
}

/**
 * One look at a server of several processes. @param samples of one moment, one of each process
 * @returns null where one of them gave none: the sum would be that of another server
 */
export function addSamples(samples: readonly (ServerSample | null)[]): ServerSample | null {
  const [first, ...others] = samples;
  if (first === undefined || first === null) return null;
  let sum = first;
  for (const sample of others) {
    if (sample === null) return null;
    sum = {
      tMs: Math.max(sum.tMs, sample.tMs),
      rssBytes: added(sum.rssBytes, sample.rssBytes),
      heapUsedBytes: added(sum.heapUsedBytes, sample.heapUsedBytes),
      externalBytes: added(sum.externalBytes, sample.externalBytes),
      cpuSeconds: added(sum.cpuSeconds, sample.cpuSeconds),
      clients: added(sum.clients, sample.clients),
      blocked: added(sum.blocked, sample.blocked),
      queuedBytes: added(sum.queuedBytes, sample.queuedBytes),
      evicted: added(sum.evicted, sample.evicted),
      life: sum.life === null || sample.life === null ? null : `${sum.life} ${sample.life}`,
    };
  }
  return sum;
}

function added(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}

/** What the program itself holds, free of what its runtime keeps back; null where a source does not tell. */
export function inUseBytes(sample: ServerSample | null): number | null {
  if (sample === null || sample.heapUsedBytes === null) return null;
  return sample.heapUsedBytes + (sample.externalBytes ?? 0);
}

/** In this time even a busy server hears that thousands of clients have left. */
const SETTLE_AT_LEAST_MS = 1000;

/**
 * Whether clients were still counted and the last look came too soon to hold that against anybody: the run was
 * interrupted, or its settling phase was cut short.
 */
export function lookedTooSoon({ samples, end, settled, clientCount }: ServerRecord): boolean {
  if (settled === null || (settled.clients !== null && settled.clients <= (clientCount?.before ?? 0))) return false;
  return settled.tMs - (end ?? samples.at(-1) ?? settled).tMs < SETTLE_AT_LEAST_MS;
}

/** The highest resident memory seen, in bytes; null when it was never read. */
export function peakRssBytes(record: ServerRecord): number | null {
  let peak: number | null = null;
  for (const sample of [record.baseline, ...record.samples, record.end]) {
    const rssBytes = sample?.rssBytes ?? null;
    if (rssBytes !== null && (peak === null || rssBytes > peak)) peak = rssBytes;
  }
  return peak;
}

/** When another life of the server showed for the first time, in the time of the samples. */
export function restartsMs({ baseline, samples }: ServerRecord): number[] {
  const restarts: number[] = [];
  let before = baseline;
  for (const sample of samples) {
    // A look that gave nothing but the count of clients.
    if (sample.life === null && sample.cpuSeconds === null) continue;
    if (before !== null && isAnotherLife(before, sample)) restarts.push(sample.tMs);
    before = sample;
  }
  return restarts;
}

/** Processor time only ever grows. Memory does not: a garbage collector may halve it at any time. */
function isAnotherLife(before: ServerSample, after: ServerSample): boolean {
  if (before.life !== null && after.life !== null) return before.life !== after.life;
  return before.cpuSeconds !== null && after.cpuSeconds !== null && after.cpuSeconds < before.cpuSeconds;
}

/** More waiting than the queues of all clients may hold. */
export interface QueueOverrun {
  queuedBytes: number;
  allowedQueuedBytes: number;
  clients: number;
}

/** The largest, or null where there was none. Exact: all figures are of one moment. */
export function queueOverrun({ queueLimits, samples, end }: ServerRecord): QueueOverrun | null {
  let largest: QueueOverrun | null = null;
  for (const sample of [...samples, end]) {
    const { queuedBytes = null, clients = null, blocked = null } = sample ?? {};
    if (queueLimits === null || queuedBytes === null || clients === null || blocked === null) continue;
    const allowedQueuedBytes = blocked * queueLimits.blockedBytes + (clients - blocked) * queueLimits.acceptingBytes;
    if (queuedBytes > allowedQueuedBytes && queuedBytes > (largest?.queuedBytes ?? 0))
      largest = { queuedBytes, allowedQueuedBytes, clients };
  }
  return largest;
}
