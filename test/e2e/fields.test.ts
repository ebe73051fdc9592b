/** The number and the time in the data: named by the user, or found; for a soak and a probe of the same server. */
import { describe, it } from 'vitest';
import { FanOut, type Say } from '../support/fan-out.ts';
import { runProgram } from '../support/program.ts';
import { failures, parseReport, type SoakReport } from '../support/soak-report.ts';

const SOAK = [
  '--clients',
  '16',
  '--ramp',
  '1s',
  '--duration',
  '5s',
  '--mix',
  'healthy=1',
  '--settle',
  '200ms',
  '--json',
];

async function soak(say: Say, flags: readonly string[] = []): Promise<SoakReport> {
  const server = await FanOut.start(say);
  try {
    const { stdout, stderr } = await runProgram(['soak', '--url', server.url, ...SOAK, ...flags]);
    if (stdout === '') throw new Error(stderr);
    return parseReport(stdout);
  } finally {
    await server.close();
  }
}

interface ProbeReport {
  status: string;
  fields: unknown;
  stream: { events: number };
  checks: { id: string; status: string; title: string; evidence: Record<string, unknown> }[];
}

async function probe(say: Say, flags: readonly string[] = []): Promise<ProbeReport> {
  const server = await FanOut.start(say);
  try {
    const { stdout } = await runProgram(['probe', server.url, '--duration', '5s', '--format', 'json', ...flags]);
    return JSON.parse(stdout) as ProbeReport;
  } finally {
    await server.close();
  }
}

const found: Say = (n) => ({ data: JSON.stringify({ value: (n * 7) % 11, number: 48_150 + n, written: Date.now() }) });
const FOUND = {
  sequence: { pointer: '/number', origin: 'found' },
  time: { pointer: '/written', origin: 'found', unit: 'ms' },
};
/** One number in nine is passed over for all, and one event of two streams never comes. */
const gaps: Say = (n, stream) =>
  n === 14 && stream % 8 === 1 ? null : { data: JSON.stringify({ value: n, n: n + Math.floor(n / 9) }) };

const pings: Say = (n) => ({ data: JSON.stringify({ n, at: Date.now() }), event: 'ping' });

describe.concurrent('fields in the data', () => {
  it('fields in the data are found by soak and probe alike, whatever they are called', async ({ expect }) => {
    for (const flags of [[], ['--processes', '2']]) {
      const report = await soak(found, flags);
      expect(report).toMatchObject({ fields: FOUND, verdict: 'pass' });
      expect(report.latencyMs['count']).toBeGreaterThan(100);
      expect(failures(report)).toEqual([]);
    }
    const probed = await probe(found);
    expect(probed.fields).toEqual(FOUND);
    expect(probed.checks.find(({ id }) => id === 'buffered')?.title).toContain('by /written p50');
    expect(probed.checks.filter(({ status }) => status === 'fail')).toEqual([]);
  });

  it('fields in the data that are named by the user are believed, and accuse for what no client got', async ({
    expect,
  }) => {
    const guessed = await soak(gaps);
    expect(guessed.events).toMatchObject({ sequence: 'comparison', lost: 2 });
    const named = await soak(gaps, ['--seq', '/n']);
    expect(named).toMatchObject({ fields: { sequence: { pointer: '/n', origin: 'given' } } });
    expect(named.events['lost']).toBeGreaterThan(16);
    const probed = await probe(gaps, ['--seq', '/n']);
    expect(probed).toMatchObject({ status: 'critical', fields: { sequence: { pointer: '/n', origin: 'given' } } });
    const eventIds = (await probe(gaps)).checks.find(({ id }) => id === 'event-ids');
    expect(eventIds?.status).toBe('pass');
  });

  it('fields in the data that the user named and nobody sends are told', async ({ expect }) => {
    const report = await soak(found, ['--seq', '/nmuber']);
    expect(report).toMatchObject({ fields: { sequence: null }, events: { lost: 0 } });
    expect(report.findings.find(({ id }) => id === 'not-measured')?.title).toContain(
      'no event has a whole number at /nmuber',
    );
    const eventIds = (await probe(found, ['--seq', '/nmuber'])).checks.find(({ id }) => id === 'event-ids');
    expect(eventIds).toMatchObject({ status: 'warn' });
  });

  it('fields in the data make events of pings, where the user named them', async ({ expect }) => {
    expect((await soak(pings)).events).toMatchObject({ sequence: 'none' });
    // A comment greets each client.
    const named = await soak(pings, ['--seq', '/n']);
    expect(named).toMatchObject({ events: { sequence: 'pointer', lost: 0 }, heartbeat: { count: 16 } });
    const probed = await probe(pings, ['--sent-at', '/at']);
    expect(probed.fields).toMatchObject({ time: { pointer: '/at', origin: 'given', unit: 'ms' } });
    const buffered = probed.checks.find(({ id }) => id === 'buffered');
    expect(buffered?.title).toContain('by /at p50');
  });
});
