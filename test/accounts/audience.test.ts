import { expect, it } from 'vitest';
import { Audience } from '../../src/accounts/audience.ts';
import { type Structure, structureOf } from '../../src/accounts/audience-structure.ts';
import { audienceOf, type AudienceWorld, type Rule } from '../support/audience-world.ts';

const numbered = (n: number): { id: string; data: string } => ({ id: `${n}`, data: `{"seq":${n},"sent":${n}}` });
const text = (n: number): { data: string } => ({ data: `order ${(n * 7919) % 1009}` });
const group = (client: number): number => client % 2;
/** Something of 2 that has no order. */
const drawn = (n: number): number => (((n * 48_271) % 2_147_483_647) >> 7) & 1;
const toOne =
  (say: Rule): Rule =>
  (n, client) =>
    n % 12 === client ? say(n, client) : null;

const structures: [name: string, world: AudienceWorld, expected: Partial<Structure>][] = [
  ['the same for all', { say: numbered }, { kind: 'common', unheard: { clients: 0, due: 0 } }],
  [
    'the same for all, with the time of each writing',
    { say: (n, client) => ({ data: `{"n":${n},"at":${1_796_032_800_000 + n * 250 + client}}` }) },
    { kind: 'common' },
  ],
  [
    'the same for all, under ids of each connection',
    { say: (n, client) => ({ id: `${n + client}`, data: `v${n}` }) },
    { kind: 'common' },
  ],
  ['a tick with ids that count', { say: (n) => ({ id: `${n}`, data: 'tick' }) }, { kind: 'common' }],
  [
    'groups that take turns',
    { say: (n, client) => (n % 2 === group(client) ? numbered(n) : null) },
    { kind: 'groups', reach: { heardBy: 6, due: 12, share: 0.5 }, numbering: 'id ', areCopies: false },
  ],
  [
    'groups between which events are drawn',
    { say: (n, client) => (drawn(n) === group(client) ? { data: `{"n":${n}}` } : null), events: 60 },
    { kind: 'groups', numbering: '/n', areCopies: false },
  ],
  [
    'groups that take turns at ticks with ids',
    { say: (n, client) => (n % 2 === group(client) ? { id: `${n}`, data: 'tick' } : null), events: 60 },
    { kind: 'groups', numbering: 'id ' },
  ],
  [
    'groups that take turns without numbers',
    { say: (n, client) => (n % 2 === group(client) ? text(n) : null) },
    { kind: 'groups', numbering: null, areCopies: false },
  ],
  [
    'groups of instances with feeds of their own',
    {
      say: (n, client) => ({ id: `${n + 500 * group(client)}`, data: `${n} of ${group(client)}` }),
      delayMs: (_n, client) => 110 * group(client),
    },
    { kind: 'groups', numbering: null, areCopies: false },
  ],
  [
    'copies for each room',
    { say: (n, client) => ({ data: `{"v":${n},"room":${group(client)}}` }) },
    { kind: 'groups', numbering: null, areCopies: true },
  ],
  [
    'copies for each room, numbered on',
    { say: (n, client) => ({ id: `${2 * n + group(client)}`, data: `${n} in ${group(client)}` }) },
    { kind: 'groups', numbering: 'id ', areCopies: true },
  ],
  [
    'groups that are written to at once too fast to tell',
    {
      say: (n, client) => ({ data: `{"v":${n},"room":${group(client)}}` }),
      delayMs: (_n, client) => group(client),
      periodMs: 4,
    },
    { kind: 'unknown' },
  ],
  [
    'a part for one group',
    { say: (n, client) => (group(client) === 0 || n % 2 === 0 ? numbered(n) : null) },
    { kind: 'parts' },
  ],
  [
    'one client each',
    { say: toOne(numbered) },
    { kind: 'own', reach: { heardBy: 1, due: 12, share: 1 / 12 }, numbering: 'id ', areCopies: false },
  ],
  ['one client each, without numbers', { say: toOne(text) }, { kind: 'own', numbering: null }],
  [
    'copies for each client, numbered on',
    { say: (n, client) => ({ id: `${12 * n + client}`, data: `${n} for ${client}` }) },
    { kind: 'own', numbering: 'id ', areCopies: true },
  ],
  ['streams of their own', { say: (n, client) => ({ data: `${n} for ${client}` }) }, { kind: 'own', numbering: null }],
  [
    'another half each time',
    { say: (n, client) => (((n * 31 + client * 17) * 2_654_435_761) % 97 < 48 ? numbered(n) : null) },
    { kind: 'mixed' },
  ],
  [
    'nothing for some',
    { say: (n, client) => (client < 4 ? null : numbered(n)) },
    { kind: 'common', unheard: { clients: 4, due: 38 } },
  ],
  [
    'a counter of each connection',
    {
      say: (n, client) => (n > 8 * client ? numbered(n - 8 * client) : null),
      openedMs: (client) => client * 2000,
      events: 160,
    },
    { kind: 'apart' },
  ],
  ['a few losses', { say: (n, client) => (client === 3 && n % 9 === 0 ? null : numbered(n)) }, { kind: 'common' }],
  ['few events', { say: numbered, events: 8 }, { kind: 'unknown' }],
  ['two clients', { say: numbered, clients: 2 }, { kind: 'unknown' }],
];

it.each(structures)('the structure of an audience that hears %s is seen', (_name, world, expected) => {
  expect(structureOf([audienceOf(world)])).toMatchObject(expected);
});

it('the structure of an audience says how many clients heard how many events in each group', () => {
  const { groups } = structureOf([audienceOf({ say: (n, client) => (n % 3 === client % 3 ? numbered(n) : null) })]);
  expect(groups.map(({ clients, events }) => [clients, events.length])).toEqual([
    [4, 13],
    [4, 13],
    [4, 12],
  ]);
});

const turns: Rule = (n, client) => (n % 2 === group(client) ? numbered(n) : null);

it('an audience in several load processes has the groups of all of them', () => {
  const { kind, groups } = structureOf([1, 2, 3].map(() => audienceOf({ say: turns, processes: 3 })));
  expect([kind, groups.map(({ clients }) => clients)]).toEqual(['groups', [18, 18]]);
});

it('an audience in several load processes may be one group in each', () => {
  const world = [0, 1].map((which) => audienceOf({ say: (n) => turns(n, which), processes: 2 }));
  expect(structureOf(world)).toMatchObject({ kind: 'groups', numbering: 'id ', clients: 24 });
});

it('an audience of a fast stream is looked at for some of its seconds, and its groups are seen all the same', () => {
  const fast: AudienceWorld = {
    say: (n, client) => (n % 2 === group(client) ? numbered(n) : null),
    events: 4000,
    periodMs: 5,
  };
  const audience = audienceOf(fast);
  expect(audience.stride).toBeGreaterThan(1);
  expect(audience.events.length).toBeLessThanOrEqual(2048);
  expect(structureOf([audience])).toMatchObject({ kind: 'groups', numbering: 'id ' });
});

it('an audience whose events nothing names is not known', () => {
  const audience = new Audience(1);
  const clients = [0, 1, 2].map((index) => ({ index, openedMs: 0, state: 'open', completed: false }));
  for (let n = 1; n <= 40; n++) {
    for (const client of clients) {
      const event = { type: 'message', data: 'tick', id: null, seq: -1, foundSeq: -1, slot: -1 };
      audience.heard(client, event, 1000 + n * 250, 0);
    }
  }
  expect(audience.record(clients, 12_000, 0)).toBeNull();
});

it('an audience of clients that came back is held to what came since', () => {
  const audience = new Audience(1);
  const clients = [0, 1, 2, 3].map((index) => ({ index, openedMs: 0, state: 'open', completed: false }));
  for (let n = 1; n <= 80; n++) {
    if (n === 40) clients[3] = { index: 3, openedMs: 10_000, state: 'open', completed: false };
    for (const client of clients) {
      // The instance that it had before heard nothing.
      if (client.index === 3 && n < 40) continue;
      audience.heard(client, { type: 'message', ...numbered(n), seq: n, foundSeq: -1, slot: -1 }, n * 250, 0);
    }
  }
  const record = audience.record(clients, 21_000, 0);
  expect(structureOf(record === null ? [] : [{ ...record }])).toMatchObject({ kind: 'common', hearers: 4 });
});
