import { expect, it } from 'vitest';
import * as fc from 'fast-check';
import { shareOf } from '../../src/soak/load/pacer.ts';
import { assign, type Room, type Wanted } from '../../src/workers/assignment.ts';
import { runs } from '../sse/recorder.ts';

function workers(...capacities: (number | readonly [capacity: number, mostPerShard: number])[]): Room[] {
  return capacities.map((one, index) => {
    const [capacity, mostPerShard] = typeof one === 'number' ? [one, one] : one;
    return { name: `w${index + 1}`, capacity, mostPerShard };
  });
}

/** Clients and shards of each worker, and what is wrong with them. */
function burdens({ clients, targets }: Wanted, rooms: readonly Room[], names: readonly string[]) {
  const sizes = names.map((_name, index) => shareOf({ index, count: names.length }, clients));
  const each = rooms.map(({ name }) => sizes.filter((_size, index) => names[index] === name));
  const wrong: string[] = [];
  if (sizes.reduce((sum, size) => sum + size, 0) !== clients) wrong.push('clients');
  if (names.length % targets !== 0) wrong.push('targets');
  rooms.forEach(({ capacity, mostPerShard }, index) => {
    const own = each[index] as number[];
    if (own.reduce((sum, size) => sum + size, 0) > capacity) wrong.push('capacity');
    if (own.some((size) => size > mostPerShard)) wrong.push('mostPerShard');
  });
  if (each.flat().length !== names.length) wrong.push('names');
  return { shards: each.map(({ length }) => length), wrong };
}

it.for<[means: string, wanted: Partial<Wanted>, rooms: Room[], shards: number[] | null]>([
  ['even workers have one shard each', { clients: 3000 }, workers(18_000, 18_000, 18_000), [1, 1, 1]],
  ['a single client needs one worker of three', { clients: 1 }, workers(10, 10, 10), [1, 0, 0]],
  ['no workers have no room', { clients: 1 }, [], null],
  ['workers without room have none', { clients: 1 }, workers(0, [5, 0]), null],
  ['a worker that is larger has more shards', { clients: 50_000 }, workers(30_000, 10_000, 10_000), [3, 1, 1]],
  ['a worker that is too small for a shard has none', { clients: 300 }, workers(200, 200, 1), [2, 1, 0]],
  ['workers that are exactly full', { clients: 21 }, workers(7, 7, 7), [1, 1, 1]],
  ['unequal workers that are exactly full', { clients: 15 }, workers(6, 9), [2, 3]],
  ['unequal large workers that are exactly full', { clients: 35_000 }, workers(18_000, 17_000), [18, 17]],
  ['one client too many', { clients: 22 }, workers(7, 7, 7), null],
  ['a single worker has several processes', { clients: 40_000 }, workers(40_000), [3]],
  ['a limit for each process makes more of them', { clients: 4000 }, workers([4000, 1000]), [4]],
  [
    'a limit for each process that is smaller than the shards asked for',
    { clients: 4000, shards: 3 },
    workers([4000, 1000]),
    null,
  ],
  ['a shard for each of three targets on one worker', { clients: 300, targets: 3 }, workers(18_000), [3]],
  ['as many shards for each of three targets', { clients: 300, targets: 3 }, workers(200, 200, 200, 200), [2, 2, 1, 1]],
  ['fewer clients than targets', { clients: 1, targets: 3 }, workers(5), [3]],
  ['shards that divide badly', { clients: 38, shards: 4 }, workers(28, 10), [3, 1]],
  ['shards that divide badly and come twice to nobody', { clients: 39, shards: 4 }, workers(20, 19), [2, 2]],
  ['shards for two targets are made a multiple of two', { clients: 100, shards: 5, targets: 2 }, workers(100), [6]],
  ['shards that are too large', { clients: 100, shards: 1 }, workers(60, 60), null],
  ['more shards than clients', { clients: 2, shards: 4 }, workers(1, 1), [3, 1]],
])('assignment: %s', ([, wanted, rooms, shards]) => {
  const asked = { clients: 1, targets: 1, shards: null, ...wanted };
  const names = assign(asked, rooms);
  expect(names === null ? null : burdens(asked, rooms, names)).toEqual(shards === null ? null : { shards, wrong: [] });
});

it('1,000,000 clients on 60 equal workers are one shard for each', () => {
  const asked = { clients: 1_000_000, targets: 1, shards: null };
  const rooms = workers(...Array.from({ length: 60 }, () => 18_000));
  const names = assign(asked, rooms) ?? [];
  expect(burdens(asked, rooms, names)).toEqual({ shards: rooms.map(() => 1), wrong: [] });
});

it('1,000,000 clients are assigned to 500 unequal workers with hardly any room to spare, at once', () => {
  const rooms = workers(...Array.from({ length: 500 }, (_one, index) => 1500 + index * 2 + (index % 7)));
  const room = rooms.reduce((sum, { capacity }) => sum + capacity, 0);
  for (const clients of [900_000, Math.floor(room * 0.97)]) {
    const asked = { clients, targets: 1, shards: null };
    expect(burdens(asked, rooms, assign(asked, rooms) ?? [])).toMatchObject({ wrong: [] });
  }
  for (const clients of [room, room + 1]) assign({ clients, targets: 1, shards: null }, rooms);
});

const wantedOf = (clients: fc.Arbitrary<number>): fc.Arbitrary<Wanted> =>
  fc.record({
    clients,
    targets: fc.integer({ min: 1, max: 4 }),
    shards: fc.option(fc.integer({ min: 1, max: 40 }), { nil: null }),
  });

it('every client is assigned once, to a worker that has the room for it, in as many shards for each target', () => {
  fc.assert(
    fc.property(
      wantedOf(fc.integer({ min: 1, max: 100_000 })),
      fc.array(fc.tuple(fc.nat({ max: 30_000 }), fc.nat({ max: 30_000 })), { maxLength: 12 }),
      (wanted, rooms) => {
        const there = workers(...rooms);
        const names = assign(wanted, there);
        expect(names === null ? [] : burdens(wanted, there, names).wrong).toEqual([]);
      },
    ),
    runs(1000),
  );
});

/** Tries all ways. */
function isPossible(sizes: readonly number[], rooms: readonly Room[]): boolean {
  const [size, ...others] = sizes;
  if (size === undefined) return true;
  return rooms.some(({ capacity, mostPerShard, name }, index) => {
    if (size > Math.min(capacity, mostPerShard)) return false;
    return isPossible(others, rooms.with(index, { name, mostPerShard, capacity: capacity - size }));
  });
}

it('shards are refused only where no way of all to divide them has the room', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.tuple(fc.nat({ max: 20 }), fc.integer({ min: 1, max: 12 })), { minLength: 1, maxLength: 3 }),
      (clients, shards, rooms) => {
        const there = workers(...rooms).filter(({ capacity }) => capacity > 0);
        const sizes = Array.from({ length: shards }, (_one, index) => shareOf({ index, count: shards }, clients));
        expect(assign({ clients, targets: 1, shards }, there) !== null).toBe(
          there.length > 0 && isPossible(sizes, there),
        );
      },
    ),
    runs(2000),
  );
});

it('2,000,000 clients on 60 equal workers that have the room are two shards for each', () => {
  const asked = { clients: 2_000_000, targets: 1, shards: null };
  const rooms = workers(...Array.from({ length: 60 }, () => 36_000));
  expect(burdens(asked, rooms, assign(asked, rooms) ?? [])).toEqual({ shards: rooms.map(() => 2), wrong: [] });
});
