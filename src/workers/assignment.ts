/**
 * Which worker takes which shard of a run: a pure function of what the workers have room for.
 *
 * Shards are all of one size, since each has every `count`-th client; a worker that is larger takes more of them.
 */
import { shareOf } from '../soak/load/pacer.ts';

/** One process reads some 150,000 events a second. */
const CLIENTS_PER_SHARD = 15_000;
const MOST_SHARDS = 10_000;

export interface Room {
  name: string;
  /** Clients that it takes in all, and in one process. */
  capacity: number;
  mostPerShard: number;
}

export interface Wanted {
  clients: number;
  /** Servers that number their events apart: each shard is for one of them. */
  targets: number;
  /** How many shards there are to be; null for as many as there are workers, and more where these would be too large. */
  shards: number | null;
}

/** @returns the name of the worker for each shard; null where the workers have no room for all */
export function assign({ clients, targets, shards }: Wanted, workers: readonly Room[]): string[] | null {
  if (workers.length === 0) return null;
  const whole = (count: number): number => Math.ceil(count / targets) * targets;
  const most = shards === null ? Math.max(MOST_SHARDS, targets) : whole(shards);
  let count = whole(shards ?? Math.max(Math.min(workers.length, clients), Math.ceil(clients / CLIENTS_PER_SHARD)));
  while (count <= most) {
    const found = assigned(clients, count, workers);
    if (found !== null) return found;
    // Smaller ones fit where these did not.
    count = whole(Math.max(count + 1, Math.floor(count * 1.1)));
  }
  return null;
}

/** Each shard to the worker that has the most room left. */
function assigned(clients: number, count: number, workers: readonly Room[]): string[] | null {
  const left = new Map(workers.map((worker) => [worker, worker.capacity]));
  const names: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const size = shareOf({ index, count }, clients);
    let best: Room | null = null;
    for (const [worker, room] of left)
      if (size <= Math.min(room, worker.mostPerShard) && (best === null || room > (left.get(best) ?? 0))) best = worker;
    if (best === null) return null;
    left.set(best, (left.get(best) ?? 0) - size);
    names.push(best.name);
  }
  return names;
}
