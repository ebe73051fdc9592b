/**
 * Which worker takes which shard of a run: a pure function of what the workers have room for.
 *
 * Each shard has every `count`-th client, so that a shard has `least` clients or one more; a worker that is larger takes
 * more shards. How many shards of both sizes fit is computed exactly: the number of those with one more that a worker has
 * room for is a concave function of how many it takes, so taking the best next one each time is the best of all ways.
 */

/** One process reads some 150,000 events a second, and has 20,000 descriptors on many machines. */
const CLIENTS_PER_SHARD = 18_000;
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
  const rooms = workers.filter(({ capacity, mostPerShard }) => capacity > 0 && mostPerShard > 0);
  if (rooms.length === 0 || rooms.reduce((sum, { capacity }) => sum + capacity, 0) < clients) return null;
  const whole = (count: number): number => Math.ceil(count / targets) * targets;
  const least = Math.ceil(clients / CLIENTS_PER_SHARD);
  const first = whole(shards ?? Math.max(Math.min(rooms.length, clients), least));
  const last = shards === null ? Math.max(MOST_SHARDS, first) : first;
  // As many for each worker, where there must be more than one for each; else as few as there can be.
  const even = whole(Math.ceil(least / rooms.length) * rooms.length);
  const counts = shards === null && least > rooms.length ? [even] : [];
  for (let count = first; count <= last; count += targets) counts.push(count);
  for (const count of counts) {
    const cut = { count, least: Math.floor(clients / count), larger: clients % count };
    if (fits(cut, rooms)) return assigned(cut, rooms);
  }
  return null;
}

/** A run cut into shards: so many, each with `least` clients, and `larger` of them with one more. */
interface Cut {
  count: number;
  least: number;
  larger: number;
}

const NONE = Number.NEGATIVE_INFINITY;

/** How many of its shards can be larger ones where a worker takes `taken`; minus infinity where these do not fit at all. */
function roomForLarger({ least }: Cut, { capacity, mostPerShard }: Room, taken: number): number {
  if (taken === 0) return 0;
  if (taken * least > capacity || least > mostPerShard) return NONE;
  return least === mostPerShard ? 0 : Math.min(taken, capacity - taken * least);
}

/** What that number grows by with one shard more: by one, then by nothing or less, and ever less. */
function growth(cut: Cut, room: Room, taken: number): number {
  const after = roomForLarger(cut, room, taken + 1);
  return after === NONE ? NONE : after - roomForLarger(cut, room, taken);
}

function fits(cut: Cut, rooms: readonly Room[]): boolean {
  const steps: { by: number; times: number }[] = [];
  for (const room of rooms) {
    if (cut.least > room.mostPerShard) continue;
    const all = cut.least === 0 ? cut.count : Math.floor(room.capacity / cut.least);
    const larger = cut.least === room.mostPerShard ? 0 : Math.floor(room.capacity / (cut.least + 1));
    steps.push({ by: 1, times: larger });
    // Behind the next one each takes as much as the other.
    if (all > larger) steps.push({ by: growth(cut, room, larger), times: 1 });
    if (all > larger + 1) steps.push({ by: growth(cut, room, larger + 1), times: all - larger - 1 });
  }
  let [missing, larger] = [cut.count, 0];
  for (const { by, times } of steps.toSorted((one, other) => other.by - one.by)) {
    const taken = Math.min(times, missing);
    larger += by * taken;
    missing -= taken;
  }
  return missing === 0 && larger >= cut.larger;
}

interface Taking {
  room: Room;
  shards: number;
  larger: number;
  left: number;
}

/** Each shard to the worker where it costs the least room for larger ones, and of these to the one with the most room left. */
function assigned(cut: Cut, rooms: readonly Room[]): string[] {
  const takings = rooms.map((room): Taking => ({ room, shards: 0, larger: 0, left: room.capacity }));
  for (let shard = 0; shard < cut.count; shard += 1) {
    const best = highest(
      takings,
      ({ room, shards }) => growth(cut, room, shards),
      ({ left }) => left,
    );
    best.shards += 1;
    best.left -= cut.least;
  }
  for (const taking of takings) taking.larger = roomForLarger(cut, taking.room, taking.shards);
  const names: string[] = [];
  for (let index = 0; index < cut.count; index += 1) {
    // The first ones of a slice are larger; one worker after the other, so that clients arrive at all of them.
    const next =
      index < cut.larger
        ? highest(
            takings,
            ({ larger, shards }) => Math.min(larger, shards, 1),
            ({ shards }) => shards,
          )
        : highest(
            takings,
            ({ shards }) => shards,
            ({ left }) => left,
          );
    next.shards -= 1;
    next.larger -= 1;
    names.push(next.room.name);
  }
  return names;
}

function highest(takings: readonly Taking[], by: (one: Taking) => number, then: (one: Taking) => number): Taking {
  let [best] = takings as [Taking];
  for (const one of takings) {
    const difference = by(one) - by(best);
    // The difference of two that have no room is no number.
    if (difference > 0 || (difference === 0 && then(one) > then(best))) best = one;
  }
  return best;
}
