/** Which members of the data count, and which tell the time, from the first events of a few streams. */
import { expect, it } from 'vitest';
import { FieldSearch } from '../../src/accounts/field-search.ts';
import { fieldsText, type Fields } from '../../src/accounts/found-fields.ts';
import { DEFAULT_POINTERS, stampPointers } from '../../src/accounts/stamp-pointers.ts';
import { stampReader } from '../../src/accounts/stamps.ts';

const START_MS = Date.UTC(2026, 10, 22, 0, 12, 34, 567);
const PERIOD_MS = 500;
const EVENTS = 30;

type Data = (n: number, nowMs: number, client: number) => unknown;

interface Hearing {
  clients?: number;
  periodMs?: number;
  /** When this client hears event `n`, beside its time. */
  lateMs?: (n: number, client: number) => number;
  pointers?: typeof DEFAULT_POINTERS;
}

function search(
  data: Data,
  { clients = 3, periodMs = PERIOD_MS, lateMs = () => 3, pointers = DEFAULT_POINTERS }: Hearing = {},
): Fields {
  const found = new FieldSearch(pointers, 2);
  let nowMs = START_MS;
  const read = stampReader(pointers, () => nowMs, found);
  const streams = Array.from({ length: clients }, () => ({}));
  const heard = Array.from({ length: EVENTS * clients }, (_, index) => {
    const [n, client] = [Math.floor(index / clients) + 1, index % clients];
    const sentMs = START_MS + n * periodMs;
    return { n, client, sentMs, atMs: sentMs + lateMs(n, client) };
  });
  for (const { n, client, sentMs, atMs } of heard.toSorted((one, other) => one.atMs - other.atMs)) {
    nowMs = atMs;
    const { members, foundSeq } = read('message', JSON.stringify(data(n, sentMs, client)));
    found.heard(streams[client] as object, { members, foundSeq }, nowMs);
  }
  return found.fields;
}

const text = (data: Data, hearing?: Hearing): string => fieldsText(search(data, hearing));

it.each<[string, Data, string]>([
  ['a number that counts', (n) => ({ n }), 'sequence: /n (found)'],
  ['a number that counts from anywhere', (n) => ({ offset: 48_151 + n }), 'sequence: /offset (found)'],
  ['a name that has to be escaped', (n) => ({ 'a/b': n }), 'sequence: /a~1b (found)'],
  ['the name that is known', (n) => ({ n, seq: n }), 'sequence: /seq'],
  ['another number where the known name does not count', (n) => ({ seq: 7, n }), 'sequence: /n (found)'],
  ['a time in s', (_n, ms) => ({ t: ms / 1000 }), 'times: /t in s (found)'],
  ['a time in whole s', (_n, ms) => ({ t: Math.floor(ms / 1000) }), 'times: /t in s (found)'],
  ['a time in ms', (_n, ms) => ({ at: ms }), 'times: /at in ms (found)'],
  ['a time in µs', (_n, ms) => ({ at: ms * 1000 }), 'times: /at in µs (found)'],
  ['a time in ns as text', (_n, ms) => ({ at: `${ms}000000` }), 'times: /at in ns (found)'],
  ['a time as ISO 8601', (_n, ms) => ({ at: new Date(ms).toISOString() }), 'times: /at as ISO 8601 (found)'],
  ['a time of a clock that is an hour behind', (_n, ms) => ({ at: ms - 3_600_000 }), 'times: /at in ms (found)'],
  [
    'the time that was taken last',
    (_n, ms) => ({ created: ms - 800, published: ms }),
    'times: /published in ms (found)',
  ],
  ['the known name before others', (_n, ms) => ({ sent: ms - 800, published: ms }), 'times: /sent in ms'],
  ['both', (n, ms) => ({ n, at: ms }), 'sequence: /n (found), times: /at in ms (found)'],
])('the search for fields finds %s', (_name, data, says) => {
  expect(text(data)).toBe(says);
  expect(text(data, { clients: 1 }), 'one client').toBe(says);
  // A reader that is busy, and a stream that is fast.
  expect(text(data, { lateMs: (n, client) => ((n + client) % 3) * 9, periodMs: 100 }), 'at 10 a second').toBe(says);
});

it.each<[string, Data]>([
  ['a percentage', (n) => ({ progress: Math.min(100, n * 7) })],
  ['a price', (n) => ({ price: 100 + ((n * 7) % 13) })],
  ['a stock that goes down', (n) => ({ stock: 500 - n })],
  ['a constant', () => ({ version: 3 })],
  ['a counter that begins again', (n) => ({ n: n % 4 })],
  ['a counter for each of two rooms', (n) => ({ n: Math.floor(n / 2), room: n % 2 })],
  ['steps other than 1 in places', (n) => ({ n: n + Math.floor(n / 4) })],
  ['a counter of each connection from anywhere', (n, _ms, client) => ({ n: 1000 * client + n })],
  ['a counter of each connection, one behind the other', (n, _ms, client) => ({ n: n - client })],
  ['a number with a fraction', (n) => ({ n: n + 0.5 })],
  ['a number as text', (n) => ({ n: String(n) })],
  ['a nested number', (n) => ({ meta: { n } })],
  ['a birthday', () => ({ born: '1980-05-17' })],
  ['a time that stands still', () => ({ since: START_MS })],
  ['a time of an older event each time', (n, ms) => ({ created: ms - n * 3_000 })],
  ['a random time', (n, ms) => ({ due: ms + ((n * 7919) % 60_000) })],
  ['a list', (n) => [n]],
  ['nothing', () => ({})],
])('the search for fields takes %s for nothing', (_name, data) => {
  expect(text(data)).toBe('');
});

it('the search for fields takes back what counts for a while only', () => {
  expect(text((n) => ({ progress: Math.min(n, 12) }))).toBe('');
  expect(text((n, _ms, client) => ({ n: client < 4 ? n : n - 3 }), { clients: 9 })).toBe('');
});

it('the search for fields says what the user named, where anything stands there', () => {
  const pointers = stampPointers({ seqPointer: '/meta/n', sentAtPointer: '/meta/at' });
  expect(text((n, ms) => ({ n, at: ms, meta: { n, at: ms } }), { pointers })).toBe(
    'sequence: /meta/n, times: /meta/at in ms',
  );
  expect(text((n, ms) => ({ n, at: ms }), { pointers })).toBe('');
});

it('the search for fields looks at no more than the first members, and stops', () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`m${index}`, 'x']));
  expect(text((n) => ({ ...many, n }))).toBe('');
  const found = new FieldSearch(DEFAULT_POINTERS, 2);
  const stream = {};
  for (let n = 0; n < 100; n++) found.heard(stream, { members: [], foundSeq: -1 }, START_MS + n * 100);
  expect(found.searching).toBe(false);
});

it('the search for fields takes what another process has found', () => {
  const found = new FieldSearch(DEFAULT_POINTERS, 2, false);
  const read = stampReader(DEFAULT_POINTERS, () => START_MS, found);
  const event = (): { foundSeq: number; scheduledMs: number; timeFound: boolean } =>
    read('message', `{"n":7,"at":${START_MS - 5}}`);
  expect(event()).toMatchObject({ foundSeq: -1, scheduledMs: Number.NaN, timeFound: false });
  found.take({ sequence: { pointer: '/n', origin: 'found' }, time: { pointer: '/at', origin: 'found' } });
  expect(event()).toMatchObject({ foundSeq: 7, scheduledMs: START_MS - 5, sentMs: START_MS - 5, timeFound: true });
});
