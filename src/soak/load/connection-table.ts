/**
 * The one reader of the kernel's table of connections on this machine: all load processes ask it for the rows of their
 * stalled and vanished clients, and one pass answers all who have asked.
 *
 * A pass costs 2 to 3 µs a row of the whole table, whoever they belong to: 0.6 s of a core at 100,000 clients, and seven
 * processes that each read it for themselves used more than the load itself. So it has a share of the processor,
 * whatever the table holds: behind each pass it rests for as long as its cost asks. At the end of a run, when everybody
 * waits for the last look, it rests no more.
 *
 * It refuses to answer from memory: whoever asks gets a pass that began after they asked.
 */
import type { EndpointKey } from '../../machine/endpoint-key.ts';
import { readTcpTable, type TcpRow, type TcpTablePass } from '../../machine/proc-net-tcp.ts';

/** What a watch wants to see: both ends of these clients' connections with the server at `port`. */
export interface RowsAsked {
  port: number;
  /** Address and port of the clients. */
  keys: readonly EndpointKey[];
}

/** One end of a connection that was asked for. */
export interface SeenEnd {
  /** The client's address and port, at either end. */
  key: EndpointKey;
  isClient: boolean;
  /** One of `TCP_STATE`. */
  state: number;
  /** Bytes not read at the client's end, not acknowledged at the server's. */
  queueBytes: number;
  inode: number;
}

export interface SeenEnds {
  ends: readonly SeenEnd[];
  /** When the pass began and ended, on the clock of `machineMs`. */
  beganMs: number;
  endedMs: number;
}

export interface ConnectionRows {
  /** Resolves with the next pass; null where the kernel did not give its table. */
  read(asked: RowsAsked): Promise<SeenEnds | null>;
  /** From now on nobody waits longer than others need to ask as well. */
  hurry(): void;
}

/** Rest for a pass that took 1: 2 % of a core. */
const REST_PER_BUSY = 49;
/** What a row costs. A pass may take longer because others have the processor, and costs no more then. */
const ROW_MS = 0.003;
/** So that the processes that have come to their end share the last passes. */
const GATHER_MS = 100;

/** Milliseconds on a clock that all processes of this machine share (CLOCK_MONOTONIC). */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

interface Asker {
  keys: ReadonlySet<EndpointKey>;
  ends: SeenEnd[];
  resolve(seen: SeenEnds | null): void;
}

export class ConnectionTable implements ConnectionRows {
  /** Those who wait for the next pass, by the port of their server. */
  private waiting = new Map<number, Asker[]>();
  private timer: NodeJS.Timeout | undefined;
  private isReading = false;
  private isHurried = false;
  private restUntilMs = 0;

  read({ port, keys }: RowsAsked): Promise<SeenEnds | null> {
    return new Promise((resolve) => {
      const askers = this.waiting.get(port) ?? [];
      askers.push({ keys: new Set(keys), ends: [], resolve });
      this.waiting.set(port, askers);
      this.schedule();
    });
  }

  hurry(): void {
    this.isHurried = true;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.schedule();
  }

  private schedule(): void {
    if (this.isReading || this.timer !== undefined || this.waiting.size === 0) return;
    const restMs = this.restUntilMs - machineMs();
    this.timer = setTimeout(() => void this.pass(), Math.max(0, this.isHurried ? Math.min(restMs, GATHER_MS) : restMs));
  }

  private async pass(): Promise<void> {
    this.timer = undefined;
    this.isReading = true;
    const askers = this.waiting;
    this.waiting = new Map();
    const beganMs = machineMs();
    const pass = await passOver(askers);
    const endedMs = machineMs();
    if (pass !== null) this.restUntilMs = endedMs + REST_PER_BUSY * pass.rowCount * ROW_MS;
    for (const { ends, resolve } of [...askers.values()].flat())
      resolve(pass === null ? null : { ends, beganMs, endedMs });
    this.isReading = false;
    this.schedule();
  }
}

/** Reads the table once for all; null where the kernel did not give it. */
async function passOver(askers: ReadonlyMap<number, Asker[]>): Promise<TcpTablePass | null> {
  const [onlyPort = 0] = askers.size === 1 ? askers.keys() : [];
  const visit = (row: TcpRow): void => {
    const atClient = askers.get(row.remotePort);
    if (atClient !== undefined) note(atClient, row.localKey(), row, true);
    const atServer = askers.get(row.localPort);
    if (atServer !== undefined) note(atServer, row.remoteKey(), row, false);
  };
  try {
    return await readTcpTable(visit, { port: onlyPort });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return null;
  }
}

function note(askers: readonly Asker[], key: EndpointKey, row: TcpRow, isClient: boolean): void {
  for (const { keys, ends } of askers) {
    if (!keys.has(key)) continue;
    const queueBytes = isClient ? row.rxQueueBytes : row.txQueueBytes;
    ends.push({ key, isClient, state: row.state, queueBytes, inode: row.inode() });
  }
}
