import { expect, it } from 'vitest';
import { ASCII_GLYPHS, GLYPHS } from '../../src/cli/live-row.ts';
import { type PanelOptions, SoakPanel } from '../../src/cli/soak-panel.ts';
import type { RunTick } from '../../src/core/run-events.ts';
import { columnsIn } from '../../src/report/columns.ts';
import { PLAIN } from '../../src/report/paint.ts';

const MiB = 1024 ** 2;
const SIZE = { columns: 79, rows: 23 };

function panel(change: Partial<PanelOptions> = {}): SoakPanel {
  return new SoakPanel({
    plan: { waitMs: 30_000, settleMs: 10_000 },
    glyphs: GLYPHS,
    paint: PLAIN,
    frames: ['*'],
    nowMs: () => 0,
    isStopping: () => false,
    ...change,
  });
}

function tick(change: Partial<RunTick> = {}): RunTick {
  return {
    type: 'tick',
    tMs: 38_000,
    totalMs: 90_000,
    phase: 'load',
    clients: 998,
    plannedClients: 1000,
    events: 4980,
    eventsPerSecond: 4980,
    latencyP50Ms: 1.2,
    latencyP99Ms: 8.4,
    drops: 0,
    evictions: 0,
    serverRssBytes: 80 * MiB,
    load: {
      kinds: {
        abrupt: { clients: 10, open: 9 },
        healthy: { clients: 940, open: 939 },
        slow: { clients: 20, open: 20 },
        stalled: { clients: 30, open: 30 },
      },
      connecting: 0,
      waiting: 2,
      dropsByCause: {},
      refusalsByCause: {},
      heardEnough: [],
    },
    questions: [
      'connections',
      'loss',
      'order',
      'latency',
      'heartbeats',
      'resuming',
      'slow-clients',
      'eviction',
      'clean-up',
    ].map((id, index) => ({ id, hasEnough: index < 4 })),
    ...change,
  };
}

/** A run that has troubles of all kinds. */
function troubled(options: Partial<PanelOptions> = {}): SoakPanel {
  const shown = panel(options);
  const load = {
    ...tick().load,
    dropsByCause: { 'eof-truncated': 1, reset: 200, 'idle-timeout': 3, decode: 1 },
    refusalsByCause: { 'status 503': 12 },
  };
  for (let second = 1; second <= 80; second += 1)
    shown.take(tick({ latencyP99Ms: second, drops: 205, evictions: 20, serverRssBytes: (80 + second) * MiB, load }));
  return shown;
}

it('the panel of a run in 80 columns', () => {
  const shown = panel();
  shown.take(tick({ latencyP99Ms: 2.1 }));
  shown.take(tick({ latencyP99Ms: 16.8 }));
  shown.take(tick({ serverRssBytes: 83 * MiB }));
  expect(shown.lines(SIZE)).toEqual([
    '* load     ██████████░░░░░░░░░░░░░░  42%  52s left of 1m 30s',
    '  clients  998 of 1,000 connected · 2 waiting to reconnect',
    '           healthy 939/940 · slow 20/20 · stalled 30/30 · abrupt 9/10',
    '  events   4,980/s · p50 1.2ms · p99 8.4ms (at most 16.8ms)  ▁█▄'.replace('16.8', '17'),
    '  dropped  0 · 0 rejected · 0 evicted',
    '  server   memory 83MiB · +3MiB since the start',
    '  judged   4 of 9  ✓ connections  ✓ loss  ✓ order  ✓ latency  · heartbeats',
    '           · resuming  · slow clients  · eviction  · clean-up',
  ]);
});

it('the panel names why streams were dropped and clients rejected, the most frequent causes first', () => {
  expect(troubled().lines(SIZE)[4]).toBe(
    '  dropped  205 (200 reset, 3 idle-timeout, 1 eof-truncated, others) · 12 rejec…',
  );
  expect(troubled().lines({ columns: 119, rows: 40 })[4]).toBe(
    '  dropped  205 (200 reset, 3 idle-timeout, 1 eof-truncated, others) · 12 rejected (status 503) · 20 evicted',
  );
});

it.each([
  ['UTF-8', GLYPHS, /^[^\u001b]*$/],
  ['ASCII', ASCII_GLYPHS, /^[ -~]*$/],
] as const)(
  'no line of a panel in %s is longer than its terminal, however narrow it is',
  (_name, glyphs, characters) => {
    const shown = troubled({ glyphs });
    for (let columns = 12; columns <= 200; columns += 1) {
      for (const line of shown.lines({ columns, rows: 40 })) {
        expect(columnsIn(line), line).toBeLessThanOrEqual(columns);
        expect(line).toMatch(characters);
      }
    }
  },
);

it.each([
  [1, ['load']],
  [2, ['load', 'events']],
  [4, ['load', 'clients', 'events', 'dropped']],
  [6, ['load', 'clients', 'events', 'dropped', 'server', 'judged']],
])('a panel in a terminal with room for %j lines keeps what says most: %j', (rows, labels) => {
  const lines = troubled().lines({ columns: 79, rows });
  expect(lines.map((line) => line.slice(2, 10).trim())).toEqual(labels);
});

it('the head of the panel goes on between two events by the clock, and says when the load is over', () => {
  let nowMs = 0;
  const shown = panel({ nowMs: () => nowMs });
  expect(shown.lines(SIZE)).toEqual(['* starting ']);
  shown.take({ type: 'waiting', text: 'waiting up to 30s for 127.0.0.1:1 to accept a connection' });
  nowMs = 15_000;
  expect(shown.lines(SIZE)).toEqual([
    '* waiting  ████████████░░░░░░░░░░░░  50%  15s left of 30s',
    '           waiting up to 30s for 127.0.0.1:1 to accept a connection',
  ]);
  shown.take(tick());
  nowMs = 41_000;
  expect(shown.lines(SIZE)[0]).toBe('* load     █████████████████░░░░░░░  71%  26s left of 1m 30s');
  nowMs = 90_000;
  expect(shown.lines(SIZE)[0]).toBe('* closing  reads what is still on its way to the clients');
});

it('while the server settles, the panel shows its clients and that clean-up can be judged', () => {
  const shown = panel();
  shown.take(tick());
  shown.take({ type: 'settling', clients: 3, allLeft: false, remainingMs: 7500 });
  expect(shown.lines(SIZE).slice(0, 2)).toEqual([
    '* settling ██████░░░░░░░░░░░░░░░░░░  25%  8s left of 10s',
    '  clients  all have disconnected · the server counts 3',
  ]);
  shown.take({ type: 'settling', clients: 0, allLeft: true, remainingMs: 7250 });
  expect(shown.lines(SIZE).join('\n')).toContain('✓ clean-up');
});

it.each([
  { type: 'target-down', reason: 'it exited with code 1' },
  { type: 'ended-early', expression: 'clients.connected<30' },
] as const)('a run whose load is over before its time says so: %j', (event) => {
  const shown = panel();
  shown.take(tick());
  shown.take(event);
  shown.take(tick());
  expect(shown.lines(SIZE)[0]).toMatch(/^\* closing  reads/);
});

it('a run that was asked to end says so, and how to leave at once', () => {
  const shown = panel({ isStopping: () => true });
  shown.take(tick());
  expect(shown.lines(SIZE)[0]).toMatch(/^\* stopping Ctrl-C again/);
});
