/**
 * What is lost, doubled and late on servers that number and stamp their events as they like, or not at all; and
 * nothing made up where nobody can tell.
 */
import { randomUUID } from 'node:crypto';
import { describe, it } from 'vitest';
import { FanOut, type Say, type Tick } from '../support/fan-out.ts';
import { runProgram } from '../support/program.ts';
import { failures, parseReport, type SoakReport } from '../support/soak-report.ts';

const CLIENTS = 20;
const HEALTHY = 'healthy=1,slow=0,stalled=0,abrupt=0,resuming=0';

async function soak(say: Say, flags: readonly string[] = [], { ownTime = false } = {}): Promise<SoakReport> {
  const server = await FanOut.start(say, { ownTime });
  try {
    const { stdout, stderr } = await runProgram([
      'soak',
      '--url',
      server.url,
      '--clients',
      String(CLIENTS),
      '--ramp',
      '500ms',
      '--duration',
      '6s',
      '--mix',
      HEALTHY,
      '--json',
      ...flags,
    ]);
    if (stdout === '') throw new Error(stderr);
    return parseReport(stdout);
  } finally {
    await server.close();
  }
}

const uuids: string[] = Array.from({ length: 200 }, () => randomUUID());
const news = (n: number): string => `event ${n}`;
const plain: Say = (n) => ({ data: news(n) });

/** What each way of naming events is judged by. */
const namings: [string, Say, string][] = [
  ['numbers at /seq', (n) => ({ data: JSON.stringify({ seq: n }) }), 'pointer'],
  ['ids from 0', (n) => ({ id: String(n - 1), data: news(n) }), 'ids'],
  ['ids from 1 and data that never change', (n) => ({ id: String(n), data: 'tick' }), 'ids'],
  ['ids in steps of 10', (n) => ({ id: String(10 * n), data: news(n) }), 'comparison'],
  ['UUIDs', (n) => ({ id: uuids[n % uuids.length] as string, data: news(n) }), 'comparison'],
  ['no ids', plain, 'comparison'],
  ['the same id for ever', (n) => ({ id: 'client', data: news(n) }), 'comparison'],
  ['numbers at /seq that jump', (n) => ({ data: JSON.stringify({ seq: (n * 7919) % 1009 }) }), 'comparison'],
];

/** Clients that are only compared say nothing of an order that is the same for all. */
const inOrder = (sequence: string): 0 | null => (sequence === 'comparison' ? null : 0);

/** Streams that a fault befalls: the first is asked for before the load begins. */
const VICTIMS = new Set([5, 9, 14]);

/** Three of twenty do not get seven of the events, and one gets two of them twice. */
function faulty(say: Say): Say {
  return (n, stream) => {
    if (VICTIMS.has(stream) && n >= 15 && n <= 21) return null;
    const tick = say(n, stream) as Tick;
    return stream === 11 && (n === 18 || n === 23) ? [tick, tick] : tick;
  };
}

/** Which of these events an example names, by number, id or data. */
function named(example: unknown, say: Say, from: number, to: number): number[] {
  const { event = '' } = (example ?? {}) as { event?: string };
  const numbers = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  return numbers.filter((n) => {
    const { id = null, data } = say(n, 0) as Tick;
    const number = data.startsWith('{') ? (JSON.parse(data) as { seq: number }).seq : Number.NaN;
    return [`event ${number}`, `the event with id "${id}"`, `the event with data "${data}"`].includes(event);
  });
}

describe.concurrent('events with', () => {
  it.for(namings)('events with %s are held to account exactly', async ([, say, sequence], { expect }) => {
    const report = await soak(faulty(say));
    expect(report.events, JSON.stringify(report.findings, null, 1)).toMatchObject({
      sequence,
      lost: 21,
      duplicated: 2,
      reordered: inOrder(sequence),
      resumeLost: 0,
      resumeDuplicated: 0,
    });
    expect(failures(report)).toEqual(['event-duplicated', 'event-lost']);
    const [lost, doubled] = ['event-lost', 'event-duplicated'].map(
      (id) => report.findings.find((finding) => finding.id === id)?.evidence['example'],
    );
    expect(named(lost, say, 15, 21)).toEqual([15]);
    expect(named(doubled, say, 18, 23)).toEqual([18]);
  });

  it.for(namings)(
    'events with %s give no false alarm when clients leave and come back',
    async ([, say, sequence], { expect }) => {
      const report = await soak(say, ['--mix', 'healthy=12,slow=2,stalled=0,abrupt=6,resuming=0', '--churn', '2/s']);
      expect(report.events, JSON.stringify(report.findings, null, 1)).toMatchObject({
        sequence,
        duplicated: 0,
        reordered: inOrder(sequence),
        resumeDuplicated: 0,
      });
      // Who was cut off behind an id that counts is owed what came meanwhile, and this server keeps nothing.
      expect(failures(report).filter((id) => id !== 'resume-lost' || sequence !== 'ids')).toEqual([]);
    },
  );

  it.for<[string, Say, string]>([
    ['numbers at /seq', (n) => ({ id: String(n), data: JSON.stringify({ seq: n }) }), 'pointer'],
    ['ids', (n, stream) => ({ id: String(n), data: `${n} for ${stream}` }), 'ids'],
    ['no numbers', plain, 'comparison'],
  ])(
    'events with %s that each connection counts for itself are held to account exactly',
    async ([, say, sequence], { expect }) => {
      const report = await soak(faulty(say), ['--ramp', '2s'], { ownTime: true });
      // Whether data of its own came again nobody can tell.
      const doubled = sequence === 'ids' ? 0 : 2;
      expect(report.events, JSON.stringify(report.findings, null, 1)).toMatchObject({
        sequence,
        lost: 21,
        duplicated: doubled,
        reordered: inOrder(sequence),
      });
      expect(failures(report)).toEqual(doubled > 0 ? ['event-duplicated', 'event-lost'] : ['event-lost']);
      const sound = await soak(
        say,
        ['--ramp', '2s', '--mix', 'healthy=14,slow=0,stalled=0,abrupt=6,resuming=0', '--churn', '2/s'],
        { ownTime: true },
      );
      expect(failures(sound), JSON.stringify(sound.findings, null, 1)).toEqual([]);
    },
  );

  it.for<[string, Say, RegExp]>([
    ["data of each client's own", (n, stream) => ({ data: `${n} for ${stream}` }), /events differ between clients/],
    ['the same data each time', () => ({ data: 'tick' }), /the same events repeat/],
    ['random data', () => ({ data: String(Math.random()) }), /events differ between clients/],
  ])('events with %s: nobody can tell, and it is said', async ([, say, why], { expect }) => {
    const report = await soak(faulty(say));
    expect(report.events).toMatchObject({ sequence: 'none', lost: null, duplicated: null, reordered: null });
    expect(failures(report)).toEqual([]);
    expect(report.findings.find(({ id }) => id === 'not-measured')?.title).toMatch(why);
  });
});

/** Written to every third client a millisecond later. */
const later = (stream: number): number => Date.now() + (stream % 3 === 0 ? 1 : 0);

describe.concurrent('sound servers that write each client a copy of its own', () => {
  it.for<[string, Say, { ownTime?: boolean; ramp?: string }]>([
    [
      'the time in the data',
      (n, stream) => ({ data: JSON.stringify({ alarm: `a${n}`, at: new Date(later(stream)).toISOString() }) }),
      {},
    ],
    ['the time in the text', (n, stream) => ({ data: `${later(stream)} event ${n}` }), {}],
    ['nothing but the time', (_n, stream) => ({ data: JSON.stringify({ now: later(stream) }) }), {}],
    [
      'a counter of the connection at /seq',
      (n) => ({ data: JSON.stringify({ seq: n }) }),
      { ownTime: true, ramp: '3s' },
    ],
    [
      'a counter of the connection in the data',
      (n) => ({ data: JSON.stringify({ n }) }),
      { ownTime: true, ramp: '3s' },
    ],
    ['a counter of the connection as id', (n) => ({ id: String(n), data: 'tick' }), { ownTime: true, ramp: '3s' }],
    [
      'a counter that begins anywhere',
      (n, stream) => ({ id: String(7919 * stream + n), data: JSON.stringify({ seq: 7919 * stream + n }) }),
      {},
    ],
    [
      'a counter of the connection beside what all get',
      (n, stream) => ({ data: JSON.stringify({ value: n, n: n - (stream % 19 === 0 ? 1 : 0) }) }),
      {},
    ],
  ])('events with %s accuse nobody', async ([, say, { ownTime = false, ramp = '500ms' }], { expect }) => {
    const report = await soak(say, ['--ramp', ramp], { ownTime });
    expect(failures(report), JSON.stringify(report.findings, null, 1)).toEqual([]);
    expect(report.verdict).toBe('pass');
  });
});

const now = (): number => Date.now();

describe.concurrent('times in', () => {
  it('times in every unit give the latency, found by their size', async ({ expect }) => {
    const units = [
      () => now() / 1e3,
      now,
      () => now() * 1e3,
      () => now() * 1e6,
      () => new Date().toISOString(),
      () => String(now()),
    ];
    const report = await soak(
      (n) => ({ data: JSON.stringify({ n, at: units[n % units.length]?.() }) }),
      ['--sent-at', '/at', '--duration', '4s'],
    );
    expect(report.latencyMs).toMatchObject({ skewMs: null, invalid: 0 });
    expect(report.latencyMs['count']).toBeGreaterThan(10 * CLIENTS);
    expect(report.latencyMs['p50']).toBeLessThan(500);
  });

  it('times in the future are skew, and neither negative nor zero', async ({ expect }) => {
    const report = await soak((n) => ({ data: JSON.stringify({ n, sent: now() + 5000 }) }), ['--duration', '4s']);
    expect(report.latencyMs).toMatchObject({ count: 0, p50: null, max: null });
    expect(report.latencyMs['skewMs']).toBeGreaterThan(4000);
    expect(report.latencyMs['skewMs']).toBeLessThanOrEqual(5005);
    expect(report.findings.find(({ id }) => id === 'not-measured')?.title).toContain('ahead of this machine');
  });

  it('times in the past are told as a clock that may be behind', async ({ expect }) => {
    const report = await soak((n) => ({ data: JSON.stringify({ n, sent: now() - 5000 }) }), ['--duration', '9s']);
    expect(report.latencyMs['skewMs']).toBeLessThan(-4900);
    expect(report.findings.find(({ id }) => id === 'not-measured')?.title).toContain('from its clock');
  });

  it.for<[how: string, offMs: (n: number) => number, says: RegExp]>([
    ['behind by 2 s', () => -2000, /may be 2s behind,/],
    ['ahead by 2 s', () => 2000, /is 2s ahead of this machine/],
    ['behind by an hour', () => -3_600_000, /may be 1h behind,/],
    ['behind by more and more', (n: number) => -900 - 10 * n, /may be .* behind,/],
  ])(
    'times in the clock of a server that is %s break no threshold on a latency',
    async ([, offMs, says], { expect }) => {
      // One time for all who hear the event.
      const stamps = new Map<number, number>();
      const stamp = (n: number): number => stamps.get(n) ?? stamps.set(n, now() + offMs(n)).get(n) ?? 0;
      const say = (n: number): Tick => ({ id: `${n}`, data: JSON.stringify({ n, sent: stamp(n) }) });
      const report = await soak(say, ['--threshold', 'latency.p99<1s', '--duration', '9s']);
      expect(failures(report)).toEqual([]);
      expect(report.verdict, JSON.stringify(report.findings)).toBe('inconclusive');
      expect(report.findings[0]?.title).toMatch(says);
    },
  );

  it('times in events that are none are counted, and measured by nobody', async ({ expect }) => {
    const none = ['"soon"', '-1', '1e308', '""', '48151623', '"NaN"', '{}', '"1980-05-17"'];
    const report = await soak((n) => ({ data: `{"n":${n},"sent":${none[n % none.length]}}` }), ['--duration', '4s']);
    expect(report.latencyMs).toMatchObject({ count: 0, p99: null, skewMs: null });
    expect(report.latencyMs['invalid']).toBeGreaterThan(10 * CLIENTS);
    expect(report.findings.find(({ id }) => id === 'not-measured')?.title).toContain(
      'no valid time within a day of now',
    );
  });

  it('times in no event at all leave the spread between clients', async ({ expect }) => {
    const report = await soak(plain, ['--duration', '4s']);
    expect(report.latencyMs).toMatchObject({ count: 0, invalid: 0 });
    expect(report.spreadMs['count']).toBeGreaterThan(10);
    expect(report.spreadMs['p50']).toBeLessThan(500);
  });
});
