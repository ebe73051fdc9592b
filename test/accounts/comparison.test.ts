import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Counted, SequenceVerdict } from '../../src/accounts/sequence.ts';
import { runs } from '../sse/recorder.ts';
import { PERIOD_MS, type Say, World } from '../support/compared-world.ts';

const nothing = {
  lost: 0,
  duplicated: 0,
  reordered: 0,
  resumeLate: 0,
  resumeLost: 0,
  resumeDuplicated: 0,
  skipped: 0,
  apart: false,
};

function figures(verdict: SequenceVerdict): Omit<Counted, 'heard' | 'examples'> | SequenceVerdict {
  if (verdict.method === 'none') return verdict;
  const { heard: _heard, examples: _examples, ...rest } = verdict;
  return rest;
}

const plain: Say = () => ({});
const counting: Say = (n) => ({ id: String(n) });
const uuid = (n: number): string => `0f8fad5b-d9cb-469f-a165-${String((n * 7_919_173) % 1e9).padStart(12, '0')}`;

const victims = new Set([3, 11, 17]);
const drop7 = (client: number, n: number): number => (victims.has(client) && n >= 3 && n <= 9 ? 0 : 1);
const double2 = (client: number, n: number): number => (client === 4 && (n === 5 || n === 12) ? 2 : 1);
const reasons = (clients: number, say: Say, events = 30): SequenceVerdict =>
  new World(clients, say).run(1, events).close();
const countingTwice: Say = (n) => ({ id: String(n <= 20 ? n : n - 20), data: `event ${n}` });

const kinds: [string, Say, 'comparison' | 'ids'][] = [
  ['no ids', plain, 'comparison'],
  ['ids from 1', counting, 'ids'],
  ['ids from 0', (n) => ({ id: String(n - 1) }), 'ids'],
  ['ids behind a prefix', (n) => ({ id: `v2-${n}` }), 'ids'],
  ['ids in steps of 2', (n) => ({ id: String(2 * n) }), 'comparison'],
  ['ids in steps of 10', (n) => ({ id: String(10 * n) }), 'comparison'],
  ['ids that are times', (n) => ({ id: String(1_795_306_354_000 + n * 1000 + ((n * 37) % 11)) }), 'comparison'],
  ['ids of time and sequence', (n) => ({ id: `${1_795_306_354_000 + n * 997}-0` }), 'comparison'],
  ['UUIDs', (n) => ({ id: uuid(n) }), 'comparison'],
  ['UUIDs, and the same data each time', (n) => ({ id: uuid(n), data: 'tick' }), 'comparison'],
  ['counting ids, and the same data each time', (n) => ({ id: String(n), data: 'tick' }), 'ids'],
  [
    "counting ids, and data of each client's own",
    (n, client) => ({ id: String(n), data: `${n} for ${client}` }),
    'ids',
  ],
  ['one id for ever', (n) => ({ id: 'x', data: `event ${n}` }), 'comparison'],
  ['one id for each client for ever', (n, client) => ({ id: `client ${client}`, data: `event ${n}` }), 'comparison'],
];

it.each(kinds)('comparison of clients, known answers %s: nothing is found on sound streams', (_name, say, method) => {
  expect(figures(new World(20, say).run(1, 30).close())).toEqual({ ...nothing, method });
});

it.each(kinds.slice(0, -2))(
  'comparison of clients, known answers %s: 7 events that 3 of 20 clients never got are 21',
  (_name, say, method) => {
    expect(figures(new World(20, say).run(1, 30, { except: drop7 }).close())).toEqual({ ...nothing, method, lost: 21 });
  },
);

it.each(kinds.slice(0, -2))('comparison of clients, known answers %s: 2 doubles are 2', (_name, say, method) => {
  // Data of each client's own hide whether it is the same again.
  const duplicated = _name.includes('own') ? 0 : 2;
  expect(figures(new World(20, say).run(1, 30, { except: double2 }).close())).toEqual({
    ...nothing,
    method,
    duplicated,
  });
});

it.each([
  ['ids that repeat', (n: number) => ({ id: 'x', data: `event ${n}` })],
  ['ids of the clients', (n: number, client: number) => ({ id: `client ${client}`, data: `event ${n}` })],
])('comparison of clients, known answers %s: losses are found once the ids are known to name nothing', (_name, say) => {
  expect(figures(new World(20, say).run(1, 30, { except: (client, n) => drop7(client, n - 10) }).close())).toEqual({
    ...nothing,
    method: 'comparison',
    lost: 21,
  });
});

it('comparison of clients, known answers finds what a few clients lost at the very end', () => {
  expect(
    figures(new World(20, plain).run(1, 30, { except: (client, n) => drop7(client, n - 24) }).close()),
  ).toMatchObject({ lost: 12 });
});

it('comparison of clients, known answers says why it cannot tell', () => {
  expect(reasons(20, (n, client) => ({ data: `${n} for ${client}` }))).toEqual({
    method: 'none',
    reason: 'personal',
  });
  expect(reasons(20, (n, client) => ({ id: `${client}/${n}`, data: `${n} for ${client}` }))).toEqual({
    method: 'none',
    reason: 'personal',
  });
  expect(reasons(20, () => ({ data: 'tick' }))).toEqual({ method: 'none', reason: 'repeated' });
  expect(reasons(20, () => ({ id: 'x', data: 'tick' }))).toEqual({ method: 'none', reason: 'repeated' });
  expect(reasons(20, (n) => ({ data: `${n % 5}` }))).toEqual({ method: 'none', reason: 'repeated' });
  expect(reasons(2, plain)).toEqual({ method: 'none', reason: 'few-clients' });
  expect(reasons(20, plain, 3)).toEqual({ method: 'none', reason: 'few-events' });
});

it.each([
  ['no ids', (n: number) => ({ data: `step ${n}` }), 'comparison'],
  ['counting ids', (n: number) => ({ id: String(n), data: `step ${n}` }), 'ids'],
  [
    'counting ids and data of its own',
    (n: number, client: number) => ({ id: String(n), data: `${n} for ${client}` }),
    'ids',
  ],
])(
  'comparison of clients, known answers holds each connection to itself where it is sent a stream in its own time: %s',
  (_name, say, method) => {
    for (const lost of [0, 21]) {
      const world = new World(20, say);
      for (let second = 0; second < 40; second++) {
        world.nowMs += PERIOD_MS;
        for (let client = 0; client < 20; client++) {
          // They came one after the other over ten seconds, and each hears its own 1, 2, 3 …; some come back, and it
          // begins again.
          if (client > 16 && second === 20) world.reopen(client, method === 'ids');
          const openedMs = client > 16 && second >= 20 ? 20 * PERIOD_MS : client * 500;
          const n = Math.floor((world.nowMs - openedMs) / PERIOD_MS);
          if (n >= 1 && (lost === 0 || client > 15 || drop7(client, n) > 0)) world.hear(client, n);
        }
        world.comparison.review(world.nowMs);
      }
      expect(figures(world.comparison.verdict())).toEqual({
        ...nothing,
        method,
        apart: true,
        lost: lost === 0 ? 0 : 14,
      });
    }
  },
);

it('comparison of clients, known answers does not accuse a server of what it tells a few clients only', () => {
  const world = new World(20, (n, client) => (n % 20 === 0 ? { data: `you are ${client}` } : {}));
  expect(figures(world.run(1, 60).close())).toEqual({ ...nothing, method: 'comparison' });
});

it('comparison of clients, known answers does not accuse a server whose clients are in two rooms', () => {
  const verdict = new World(20, (n, client) => ({ data: `${n} in room ${client < 14 ? 1 : 2}` })).run(1, 40).close();
  expect(verdict).toEqual({ method: 'none', reason: 'personal' });
});

it('comparison of clients, known answers knows of ids that nobody got, and accuses nobody', () => {
  const world = new World(20, (n) => ({ id: String(n < 15 ? n : n + 3) }));
  expect(figures(world.run(1, 40).close())).toEqual({ ...nothing, method: 'ids', skipped: 3 });
});

it.each<[string, Say]>([
  ['ids', counting],
  ['numbers at /seq', (n) => ({ seq: n })],
])('comparison of clients, known answers finds what comes late to all, by %s that count', (_name, say) => {
  const world = new World(20, say);
  // 21 and 39 come behind the two that follow them.
  for (const [from, to] of [
    [1, 20],
    [22, 23],
    [21, 21],
    [24, 38],
    [40, 41],
    [39, 39],
    [42, 60],
  ] as const)
    world.run(from, to);
  expect(figures(world.close())).toMatchObject({ lost: 0, duplicated: 0, reordered: 40, skipped: 0 });
});

it('comparison of clients, known answers goes on over ids that start again', () => {
  const world = new World(20, countingTwice).run(1, 20, { except: drop7 });
  for (const client of world.clients.keys()) world.reopen(client, true);
  const verdict = world.run(21, 60).close();
  expect(figures(verdict)).toMatchObject({ lost: 21, duplicated: 0, resumeLost: 0, resumeDuplicated: 0 });
});

it('comparison of clients that come and go holds nobody to what came while it was not there, and no id was given to go on from', () => {
  const world = new World(20, plain).run(1, 10);
  for (const client of [1, 2, 3]) world.reopen(client, false);
  world.run(11, 14, { except: (client) => (client >= 1 && client <= 3 ? 0 : 1) });
  for (const client of [1, 2, 3]) world.reopen(client, false);
  expect(figures(world.run(15, 30).close())).toEqual({ ...nothing, method: 'comparison' });
});

it.each([
  ['counting ids', counting, 'ids', 9],
  ['UUIDs, which promise nothing', (n: number) => ({ id: uuid(n) }), 'comparison', 0],
] as const)(
  'comparison of clients that come and go finds what was not replayed behind a Last-Event-ID by %s',
  (_name, say, method, resumeLost) => {
    const world = new World(20, say).run(1, 10);
    for (const client of [1, 2, 3]) world.reopen(client, true);
    world.run(11, 13, { except: (client) => (client >= 1 && client <= 3 ? 0 : 1) });
    for (const client of [1, 2, 3]) world.reopen(client, true);
    expect(figures(world.run(14, 30).close())).toEqual({ ...nothing, method, resumeLost });
  },
);

it('comparison of clients that come and go finds nothing where it was replayed, and a double where the replay begins with what the client had', () => {
  for (const [firstReplayed, resumeDuplicated] of [
    [11, 0],
    [10, 1],
  ] as const) {
    const world = new World(20, counting).run(1, 10);
    world.reopen(1, true);
    world.run(11, 13, { except: (client) => (client === 1 ? 0 : 1) });
    world.reopen(1, true);
    for (let n = firstReplayed; n <= 13; n++) world.hear(1, n);
    expect(figures(world.run(14, 30).close())).toEqual({ ...nothing, method: 'ids', resumeDuplicated });
  }
});

it('comparison of clients that come and go holds nobody to a history that newcomers are sent', () => {
  for (const say of [plain, counting]) {
    const world = new World(20, say).run(1, 10, { except: (client) => (client < 15 ? 1 : 0) });
    for (let client = 15; client < 20; client++) {
      world.reopen(client, false);
      for (let n = 3; n <= 10; n++) world.hear(client, n);
    }
    expect(figures(world.run(11, 30).close())).toMatchObject(nothing);
  }
});

it('comparison of clients that come and go holds nobody to what is read late', () => {
  const world = new World(20, plain);
  for (let n = 1; n <= 30; n++) {
    world.nowMs += PERIOD_MS;
    for (let client = 0; client < 19; client++) world.hear(client, n);
    if (n % 2 === 0) world.hear(19, n / 2, { slow: true });
    world.comparison.review(world.nowMs);
  }
  expect(figures(world.comparison.verdict())).toEqual({ ...nothing, method: 'comparison' });
});

it('comparison of clients that come and go is not led astray by a newcomer that is read first', () => {
  const world = new World(20, plain).run(1, 10, { except: (client) => (client === 0 ? 0 : 1) });
  // Event 11 lies unread for all others when the newcomer, who came behind it, hears 12.
  for (let n = 12; n <= 30; n += 2) {
    world.reopen(0, false);
    world.nowMs += PERIOD_MS;
    world.hear(0, n);
    for (let client = 1; client < 20; client++) {
      world.hear(client, n - 1);
      world.hear(client, n);
    }
    world.nowMs += PERIOD_MS;
  }
  expect(figures(world.close())).toEqual({ ...nothing, method: 'comparison' });
});

const fate = fc.constantFrom<number[]>(...Array.from({ length: 12 }, () => 1), 0, 0, 2);

it('comparison of clients against what was done to their streams is exact for drops and doubles of a minority, whichever client is read first', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Say>(
        plain,
        counting,
        (n) => ({ id: uuid(n) }),
        (n) => ({ id: String(7 * n) }),
      ),
      fc.array(fc.array(fate, { minLength: 40, maxLength: 40 }), { minLength: 3, maxLength: 3 }),
      fc.array(fc.nat({ max: 11 }), { minLength: 45, maxLength: 45 }),
      (say, fates, firsts) => {
        const world = new World(12, say);
        // The first two events begin all accounts, the last one closes them.
        const times = (client: number, n: number): number =>
          client < 3 && n > 2 && n <= 42 ? ((fates[client] as number[])[n - 3] as number) : 1;
        let turn = 0;
        world.run(1, 45, {
          except: times,
          order: (clients) => {
            const first = firsts[turn++ % firsts.length] as number;
            return [...clients.slice(first), ...clients.slice(0, first)];
          },
        });
        const all = fates.flat();
        expect(figures(world.close())).toMatchObject({
          lost: all.filter((count) => count === 0).length,
          duplicated: all.filter((count) => count === 2).length,
          reordered: 0,
          resumeLost: 0,
          resumeDuplicated: 0,
        });
      },
    ),
    runs(200),
  );
});

it('comparison of clients against what was done to their streams accuses no sound server, whenever clients come, go and are read, in bursts of any size', () => {
  const step = fc.record({
    /** Events that are published before anybody is read. */
    burst: fc.constantFrom(0, 1, 1, 1, 2, 5, 40),
    first: fc.nat({ max: 9 }),
    /** Who is not read this time. */
    behind: fc.option(fc.nat({ max: 9 }), { freq: 3 }),
    leaves: fc.option(fc.record({ client: fc.nat({ max: 9 }), resumed: fc.boolean() }), { freq: 3 }),
    ms: fc.constantFrom(1, 10, 300, 1000),
  });
  fc.assert(
    fc.property(
      fc.constantFrom<Say>(plain, counting, (n) => ({ id: uuid(n) })),
      fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }),
      (say, steps) => {
        const world = new World(10, say);
        const next = Array.from({ length: 10 }, () => 1);
        let published = 0;
        const read = (client: number): void => {
          while ((next[client] as number) <= published)
            world.hear(client, (next[client] = (next[client] as number) + 1) - 1);
        };
        for (const { burst, first, behind, leaves, ms } of steps) {
          world.nowMs += ms;
          if (leaves !== null) {
            // With an id it is sent what it missed, without one it hears what comes from now on.
            const { client } = leaves;
            const resumed = leaves.resumed && say !== plain && (next[client] as number) > 1;
            if (!resumed) next[client] = published + 1;
            world.reopen(client, resumed);
          }
          published += burst;
          for (let turn = 0; turn < 10; turn++) {
            const client = (first + turn) % 10;
            if (client !== behind) read(client);
          }
          world.comparison.review(world.nowMs);
        }
        world.nowMs += 1000;
        for (let client = 0; client < 10; client++) read(client);
        const verdict = world.close();
        expect(figures(verdict)).toEqual({ ...nothing, method: say === counting ? 'ids' : 'comparison' });
      },
    ),
    runs(600),
  );
});
