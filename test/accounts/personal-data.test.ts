/** Servers that write each client a copy of its own: nobody is accused, and what is missing all the same is found. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SequenceVerdict } from '../../src/accounts/sequence.ts';
import { withoutTimes } from '../../src/accounts/time-text.ts';
import { runs } from '../sse/recorder.ts';
import { World, type Say } from '../support/compared-world.ts';

const START_MS = Date.now();
const CLIENTS = 20;
const victims = new Set([3, 11, 17]);
const drop7 = (client: number, n: number): number => (victims.has(client) && n >= 13 && n <= 19 ? 0 : 1);

/** Written to the first `early` clients within one millisecond, and to the others in the next. */
const writtenAt = (n: number, client: number, early: number): number => START_MS + 1000 * n + (client < early ? 0 : 1);
const iso = (ms: number): string => new Date(ms).toISOString();
const alarm = (n: number): string => `a${(n * 7919) % 1000}`;

type Personal = (early: number) => Say;

const timed: [string, Personal][] = [
  [
    'a time as ISO 8601',
    (early) => (n, client) => ({ data: `{"alarm":"${alarm(n)}","at":"${iso(writtenAt(n, client, early))}"}` }),
  ],
  ['a time in ms', (early) => (n, client) => ({ data: `{"alarm":"${alarm(n)}","at":${writtenAt(n, client, early)}}` })],
  [
    'a time in s with a fraction',
    (early) => (n, client) => ({ data: `{"at":${writtenAt(n, client, early) / 1000},"alarm":"${alarm(n)}"}` }),
  ],
  [
    'a time in ns',
    (early) => (n, client) => ({ data: `{"at":${writtenAt(n, client, early)}000000,"alarm":"${alarm(n)}"}` }),
  ],
  [
    'a time in a nested member',
    (early) => (n, client) => ({ data: `{"alarm":"${alarm(n)}","meta":{"sent":[${writtenAt(n, client, early)}]}}` }),
  ],
  ['a time before a text', (early) => (n, client) => ({ data: `${iso(writtenAt(n, client, early))} ${alarm(n)}` })],
];

const others: [string, Personal][] = [
  ['nothing but the time', (early) => (n, client) => ({ data: `{"now":${writtenAt(n, client, early)}}` })],
  ['nothing but the time as text', (early) => (n, client) => ({ data: `${iso(writtenAt(n, client, early))} tick` })],
  ["the connection's own number", (early) => (n, client) => ({ data: `{"v":${n},"n":${client < early ? n : n - 1}}` })],
  [
    'a nonce for some',
    (early) => (n, client) => ({ data: `{"v":${n},"for":"${client < early ? 'all' : `x${client * 7}`}"}` }),
  ],
  ['the name of its room', (early) => (n, client) => ({ data: `{"v":${n},"room":${client < early ? 1 : 2}}` })],
];

function accusation(verdict: SequenceVerdict): number {
  return verdict.method === 'none' ? 0 : verdict.lost + verdict.duplicated + verdict.reordered + verdict.resumeLost;
}

it.each([...timed, ...others])('events with %s, which differs from client to client, accuse nobody', (_name, say) => {
  for (let early = 0; early <= CLIENTS; early++) {
    const verdict = new World(CLIENTS, say(early)).run(1, 40).close();
    expect(accusation(verdict), `${early} of ${CLIENTS}`).toBe(0);
  }
});

it.each(timed)('events with %s, which differs from client to client, are compared without it', (_name, say) => {
  for (const early of [1, 10, 15, 19]) {
    expect(new World(CLIENTS, say(early)).run(1, 40, { except: drop7 }).close()).toMatchObject({
      method: 'comparison',
      lost: 21,
      duplicated: 0,
      reordered: 0,
    });
  }
});

it.each(others)(
  'events with %s, which differs from client to client, cannot be compared, and it is said',
  (_name, say) => {
    for (const early of [7, 12, 16]) {
      expect(new World(CLIENTS, say(early)).run(1, 40, { except: drop7 }).close()).toEqual({
        method: 'none',
        reason: 'personal',
      });
    }
  },
);

it.each([...timed, ...others])('events with %s that are the same for all are compared as they are', (_name, say) => {
  const counted = new World(CLIENTS, say(CLIENTS)).run(1, 40, { except: drop7 }).close();
  expect(counted).toMatchObject({ method: 'comparison', lost: 21, duplicated: 0, reordered: 0 });
});

const countedFromSix: Say = (n, client) => ({ data: `${n} for ${client}`, foundSeq: n > 5 ? n : -1 });

it('events that differ from client to client are compared by a member that was found to count', () => {
  expect(new World(CLIENTS, countedFromSix).run(1, 40, { except: drop7 }).close()).toMatchObject({
    method: 'pointer',
    lost: 21,
  });
});

it.each<[string, (n: number, client: number) => number]>([
  ['for each connection from a number of its own', (n, client) => 1000 * client + n],
  ['for each connection, some a step behind', (n, client) => (client < 18 ? n : n - 1)],
  ['and begins again', (n) => n % 12],
  ['for one room of two', (n, client) => (client < 10 ? 2 * n : 2 * n + 1)],
  ['up to a hundred per cent', (n) => Math.min(n, 10)],
  ['with steps other than 1', (n) => n + Math.floor(n / 7)],
])('events that differ from client to client accuse nobody where a member counts %s', (_name, count) => {
  const say: Say = (n, client) => ({ data: `${n} for ${client}`, foundSeq: count(n, client) });
  expect(accusation(new World(CLIENTS, say).run(1, 60).close())).toBe(0);
  const known: Say = (n, client) => ({ data: `${n} for ${client}`, seq: count(n, client) });
  expect(accusation(new World(CLIENTS, known).run(1, 60).close())).toBe(0);
});

it.each(timed)(
  'events with %s, written anew for each client, are counted when they come twice by their ids',
  (_name, say) => {
    const numbered: Say = (n, client) => ({ ...say(10)(n, client), id: String(n) });
    const world = new World(CLIENTS, numbered).run(1, 40, {
      except: (client, n) => (client === 4 && n === 25 ? 2 : 1),
    });
    expect(world.close()).toMatchObject({ method: 'ids', duplicated: 1, lost: 0 });
  },
);

it('numbers that begin again on events that say nothing but the time accuse nobody', () => {
  for (const name of ['id', 'seq', 'foundSeq'] as const) {
    const say: Say = (n, client) => ({
      data: `{"n":${n % 12},"at":${writtenAt(n, client, 7)}}`,
      [name]: name === 'id' ? String(n % 12) : n % 12,
    });
    expect(accusation(new World(CLIENTS, say).run(1, 60).close()), name).toBe(0);
  }
});

it('events written for each client accuse nobody, whichever client is read first and however long the writing takes', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...timed, ...others),
      fc.array(fc.nat({ max: CLIENTS }), { minLength: 40, maxLength: 40 }),
      fc.array(fc.nat({ max: CLIENTS - 1 }), { minLength: 40, maxLength: 40 }),
      ([, say], earlyOf, firsts) => {
        const world = new World(CLIENTS, (n, client) => say(earlyOf[n - 1] ?? CLIENTS)(n, client));
        let turn = 0;
        const order = (clients: number[]): number[] => {
          const first = firsts[turn++ % firsts.length] as number;
          return [...clients.slice(first), ...clients.slice(0, first)];
        };
        expect(accusation(world.run(1, 40, { order }).close())).toBe(0);
      },
    ),
    runs(300),
  );
});

it.each([
  ['{"at":"2026-11-30T10:00:00.123Z","n":7}', '{"at":"~","n":7}'],
  ['{"at":"2026-11-30T10:00:00+01:00"}', '{"at":"~"}'],
  ['2026-11-30 10:00:00,123 INFO ready', '~ INFO ready'],
  ['Mon, 30 Nov 2026 10:00:00 GMT', 'Mon, 30 Nov 2026 ~ GMT'],
  ['{"t":1796032800,"ms":1796032800123,"us":1796032800123456,"f":1796032800.123}', '{"t":~,"ms":~,"us":~,"f":~}'],
  ['{"order":1234567890,"phone":"4915112345678","n":12}', '{"order":1234567890,"phone":"4915112345678","n":12}'],
  ['{"price":101.25,"ratio":"16:9"}', '{"price":101.25,"ratio":"16:9"}'],
])('the times in %s are taken out, and nothing else', (text, without) => {
  expect(withoutTimes(text, 1_796_032_800_000)).toBe(without);
});
