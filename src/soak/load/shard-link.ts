/**
 * The way to one load process, wherever it runs: a child of the run, or a child of a worker on another machine. What
 * goes over it is plain data (shard-messages.ts), in order and each once; when it ends, it says why.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endsWithUs } from '../../machine/own-children.ts';
import type { ConnectionTable } from './connection-table.ts';
import type { Aim } from './aim.ts';
import type { FromShard, ToShard } from './shard-messages.ts';
import type { ShardPlan } from './shard-plan.ts';

/** `shard-process.ts`, bundled with the command line (scripts/build.mjs). */
const PROGRAM = fileURLToPath(new URL('../../cli/shard-process.cjs', import.meta.url));

/** What a load process needs to begin. */
export interface ShardOrder {
  plan: ShardPlan;
  aim: Aim;
  bearer: string | null;
  version: string;
  /** Added to the wall clock of its machine, it is that of the run. */
  wallShiftMs: number;
}

/** Where a load process runs. */
export interface ShardPlace {
  /** Its process id, where it is a child of the run. */
  pid: number | null;
  /** The worker that runs it, where one does. */
  worker: string | null;
}

export interface ShardLink {
  readonly place: ShardPlace;
  /** How far ahead of the start the order to start must be given, so that it is there in time. */
  readonly startAheadMs: number;
  /** How long it may take until the process is ready. */
  readonly readyWithinMs: number;
  /** Whether something that it says could be heard now. */
  isReachable(): boolean;
  /** To one that is gone nothing can be said; its end is heard of anyway. */
  tell(message: ToShard): void;
  /** Ends the process at once. */
  kill(): void;
  /** @param onGone hears once why it ended, as the end of a sentence: `was ended by SIGKILL` */
  listen(onMessage: (message: FromShard) => void, onGone: (reason: string) => void): void;
}

/** Opens the way to the load process of one slice. */
export type OpenShard = (order: ShardOrder) => ShardLink;

const START_AHEAD_MS = 300;
const READY_WITHIN_MS = 15_000;

/** Starts a load process as a child of this one; what it asks about the kernel's table is answered here. */
export function childShard(order: ShardOrder, table: ConnectionTable): ShardLink {
  // Advanced serialization keeps NaN and the like; what is sent is plain data all the same.
  const child = endsWithUs(
    fork(PROGRAM, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
  );
  const tell = (message: ToShard): void => {
    if (child.connected) child.send(message, () => {});
  };
  tell({ type: 'plan', ...order, aim: { ...order.aim, url: order.aim.url.href } });
  return {
    place: { pid: child.pid ?? null, worker: null },
    startAheadMs: START_AHEAD_MS,
    readyWithinMs: READY_WITHIN_MS,
    isReachable: () => true,
    tell,
    kill: () => child.kill('SIGKILL'),
    listen(onMessage, onGone) {
      child.on('message', (message: FromShard) => {
        if (message.type === 'rows') void table.read(message.asked).then((seen) => tell({ type: 'rows', seen }));
        else if (message.type === 'hurry') table.hurry();
        else onMessage(message);
      });
      child.once('error', (error) => onGone(error.message));
      child.once('exit', (code, signal) => {
        onGone(signal === null ? `exited with code ${code}` : `was ended by ${signal}`);
      });
    },
  };
}
