import { expect, it } from 'vitest';
import type { FiguresMessage } from '../../../src/server/dashboard/message.ts';
import { History } from '../../../src/server/dashboard/page/history.ts';

const START_MS = 1_700_000_000_000;

/** The n-th look of a server that publishes two events and delivers ten between two looks, one a second. */
function look(n: number, more: Partial<FiguresMessage> = {}): FiguresMessage {
  return {
    lifeId: 'first',
    n,
    atMs: START_MS + n * 1000,
    periodMs: 1000,
    uptimeMs: n * 1000,
    clients: { connected: 5, accepting: 4, blocked: 1, total: 9, peak: 7, refused: 0 },
    evicted: { stalled: 0, unacknowledged: 0, overflow: 0 },
    expired: 0,
    queuedBytes: 100 * n,
    events: { published: 2 * n, delivered: 10 * n, dropped: 0, replayed: 0 },
    memory: { rssBytes: 1e8, heapUsedBytes: 1e7 },
    eventLoopDelayMs: { p50: 0, p99: 1.5, max: 2 },
    published: { total: 2 * n, newest: [], isWatched: true },
    ...more,
  };
}

function historyOf(...looks: FiguresMessage[]): History {
  const history = new History();
  for (const each of looks) history.add(each);
  return history;
}

it('the history of the dashboard has a row for each look, with the rates since the one before', () => {
  const { times, columns } = historyOf(look(1), look(2), look(3));
  expect(times).toEqual([1, 2, 3].map((n) => START_MS / 1000 + n));
  expect(columns).toEqual({
    connected: [5, 5, 5],
    blocked: [1, 1, 1],
    published: [null, 2, 2],
    delivered: [null, 10, 10],
    dropped: [null, 0, 0],
    replayed: [null, 0, 0],
    queued: [100, 200, 300],
    evicted: [null, 0, 0],
    rejected: [null, 0, 0],
    rss: [1e8, 1e8, 1e8],
    heap: [1e7, 1e7, 1e7],
    delay: [1.5, 1.5, 1.5],
  });
});

it('the history of the dashboard takes a rate by the time that has gone by, also when a look was late', () => {
  expect(
    historyOf(
      look(1),
      look(2, { atMs: START_MS + 3000, events: { published: 12, delivered: 0, dropped: 0, replayed: 0 } }),
    ).columns.published,
  ).toEqual([null, 5]);
});

it('the history of the dashboard draws no line and takes no rate over a time that nobody saw', () => {
  const { times, columns, pointCount, restarts } = historyOf(look(1), look(2), look(60), look(61));
  expect(columns.queued).toEqual([100, 200, null, 6000, 6100]);
  expect(columns.published).toEqual([null, 2, null, null, 2]);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect([new Set(times).size, pointCount, restarts]).toEqual([5, 4, []]);
});

it('the history of the dashboard parts two lives of the server, and says when the second began', () => {
  const { columns, pointCount, restarts, latest } = historyOf(
    look(1),
    look(2),
    look(1, { lifeId: 'second', atMs: START_MS + 2300 }),
    look(2, { lifeId: 'second', atMs: START_MS + 3300 }),
  );
  expect(columns.published).toEqual([null, 2, null, null, 2]);
  expect([columns.queued, pointCount]).toEqual([[100, 200, null, 100, 200], 4]);
  expect([restarts, latest?.lifeId]).toEqual([[START_MS / 1000 + 2.3], 'second']);
});

it('the history of the dashboard begins anew when the clock of the next life was set back', () => {
  const history = historyOf(look(1), look(2), look(1, { lifeId: 'second', atMs: START_MS - 5000 }));
  expect(history.times).toEqual([START_MS / 1000 - 5]);
  expect(new Set(Object.values(history.columns).map((column) => column.length))).toEqual(new Set([1]));
});

it('the history of the dashboard keeps ten minutes of it, however long it goes on and however often the server restarts', () => {
  const history = new History();
  for (let n = 1; n <= 5000; n++) history.add(look(n, { lifeId: `life ${Math.floor(n / 10)}` }));
  expect([history.times.length, history.columns.delay.length, history.restarts.length]).toEqual([600, 600, 20]);
  expect(history.times[0]).toBeGreaterThanOrEqual(START_MS / 1000 + 4400);
  history.add(look(20_000));
  expect(history.pointCount).toBe(1);
});

it('the history of the dashboard draws on when the steps become shorter or longer, and keeps ten minutes of either', () => {
  const idle = (n: number): FiguresMessage => look(n, { periodMs: 5000, atMs: START_MS + n * 5000 });
  const { columns } = historyOf(
    idle(1),
    idle(2),
    look(3, { atMs: START_MS + 14_900 }),
    look(4, { atMs: START_MS + 15_900, periodMs: 5000 }),
    look(5, { atMs: START_MS + 20_900, periodMs: 5000 }),
  );
  expect(columns.queued).toEqual([100, 200, 300, 400, 500]);
  const history = new History();
  for (let n = 1; n <= 500; n++) history.add(idle(n));
  expect([history.times[0], history.pointCount]).toEqual([START_MS / 1000 + 1900, 121]);
});

it('the history of the dashboard has the clients that were evicted, for whatever reason, and those that were rejected', () => {
  const { columns } = historyOf(
    look(1),
    look(2, {
      evicted: { stalled: 1, unacknowledged: 2, overflow: 3 },
      clients: { connected: 5, accepting: 4, blocked: 1, total: 9, peak: 7, refused: 4 },
    }),
  );
  expect([columns.evicted, columns.rejected]).toEqual([
    [null, 6],
    [null, 4],
  ]);
});
