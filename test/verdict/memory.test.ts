import { expect, it } from 'vitest';
import type { RunRecord } from '../../src/record/run-record.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { judge } from '../../src/verdict/verdict.ts';
import { parseThreshold } from '../../src/verdict/thresholds.ts';
import { FOUND, load, RAMP_MS, sample, soundRecord } from '../support/run-record.ts';

const MB = 1_000_000;
const MINUTE_MS = 60_000;

function watched(change: (record: RunRecord) => void = () => {}, bytesAMinute = 0, loadMs = 2 * MINUTE_MS): RunRecord {
  return soundRecord((record) => {
    const { server } = record;
    Object.assign(server, { source: 'metrics', memory: 'metric', queueLimits: null });
    load(record, loadMs, (tMs) => 100 * MB + (tMs / MINUTE_MS) * bytesAMinute);
    for (const one of [server.baseline, ...server.samples, server.end, server.settled])
      Object.assign(one as object, {
        heapUsedBytes: null,
        externalBytes: null,
        clients: null,
        queuedBytes: null,
        evicted: null,
      });
    (server.settled as { tMs: number }).tMs = RAMP_MS + loadMs + 5000;
    (server.end as { tMs: number }).tMs = RAMP_MS + loadMs;
    change(record);
  });
}

function findings(record: RunRecord): Finding[] {
  return [...judge(record, { thresholds: [], failOn: [], ignore: [] }).findings];
}

/** Every so many looks without an answer. */
function unread(every: number): Finding[] {
  return findings(
    watched(({ series }) => {
      for (const [at, point] of series.entries()) if (at % every === 0) point.rssBytes = null;
    }),
  );
}

function fell(life: string | null): Finding[] {
  return findings(
    watched(({ server }) => {
      for (const one of [server.baseline, ...server.samples]) Object.assign(one as object, { life, cpuSeconds: null });
      for (const one of server.samples) if (one.tMs >= 60_000) one.rssBytes = 20 * MB;
    }),
  );
}

it('the memory of a server that is not ours that stands still gives no finding at all', () => {
  expect(findings(watched())).toEqual([]);
});

it('the memory of a server that is not ours that rises by less than garbage may is told, and fails nothing', () => {
  expect(findings(watched(() => {}, 20 * MB))).toEqual([
    expect.objectContaining({
      id: 'not-measured',
      severity: 'info',
      title:
        "Not measured: whether the growth of the server's memory (19.1MiB/m) is a leak or garbage that will be collected.",
    }),
  ]);
});

it('the memory of a server that is not ours that rises by more is memory-growth', () => {
  expect(findings(watched(() => {}, 200 * MB))).toEqual([
    expect.objectContaining({ id: 'memory-growth', severity: 'fail' }),
  ]);
});

it('the memory of a server that is not ours in a run of five minutes that cannot tell makes it inconclusive', () => {
  const verdict = judge(
    watched(() => {}, 5 * MB, 5 * MINUTE_MS),
    { thresholds: [], failOn: [], ignore: [] },
  );
  expect([verdict.verdict, verdict.exitCode]).toEqual(['inconclusive', 3]);
});

it('the memory of a server that is not ours is held to thresholds', () => {
  const thresholds = [
    'server.rss.growth<1MB/m',
    'server.rss.peak<200MB',
    'server.rss.retained<5MB',
    'server.rss.perClient<1MB',
    'server.clients.leaked==0',
  ].map(parseThreshold);
  const { thresholds: results } = judge(watched(), { thresholds, failOn: [], ignore: [] });
  expect(results.map(({ status }) => status)).toEqual(['pass', 'pass', 'pass', 'fail', 'no-data']);
});

it('the memory of a server that is not ours that was not told at more than a tenth of the looks is told to be so', () => {
  expect(unread(5)).toEqual([
    expect.objectContaining({
      severity: 'info',
      title: "Not measured: the server's memory in 25 of 125 readings.",
      evidence: { unreadLooks: 25, looks: 125 },
    }),
  ]);
  expect(unread(20)).toEqual([]);
});

it('the memory of a server that is not ours of a server that was restarted is told, with the time of its last start', () => {
  expect(
    findings(
      watched(({ server }) => {
        for (const one of server.samples) if (one.tMs >= 60_000) one.life = 'another';
      }),
    ),
  ).toEqual([
    expect.objectContaining({
      severity: 'info',
      evidence: { restarts: 1, lastStartMs: 60_000 },
      title: "Not measured: the server's memory before its last restart, 1m after the start of the load (1 restart).",
    }),
  ]);
});

it('the memory of a server that is not ours that fell to less than half is told only where no start time is', () => {
  expect(fell(null)).toEqual([
    expect.objectContaining({
      severity: 'info',
      evidence: { fellAtMs: 60_000, baselineBytes: 60 * MB, fellToBytes: 20 * MB },
    }),
  ]);
  expect(fell('5')).toEqual([]);
});

it('the memory of a server that is not ours of a server that went away is not said to be missing', () => {
  const down = watched(({ server, series }) => {
    Object.assign(server, {
      source: 'pid',
      clientCount: null,
      memory: 'pss',
      down: 'ended (process 5, node)',
      end: null,
      settled: null,
    });
    for (const point of series) point.rssBytes = null;
  });
  expect(findings(down)).toEqual([
    expect.objectContaining({
      id: 'target-down',
      title: 'The server stopped during the run: it ended (process 5, node).',
    }),
  ]);
});

it('what waits in our own server above the bounds of its queues is memory-growth, in seconds and without a trend', () => {
  const record = soundRecord(({ server }) => {
    server.samples.push(sample(36_000, 62 * MB, { clients: 13, blocked: 10, queuedBytes: 4_410_001 }));
  });
  expect(findings(record)).toEqual([
    expect.objectContaining({
      id: 'memory-growth',
      severity: 'fail',
      evidence: { queuedBytes: 4_410_001, allowedQueuedBytes: 4_410_000, clients: 13 },
      title: 'The server queues 4.2MiB for 13 clients, more than the 4.2MiB that their queues may hold.',
    }),
  ]);
});

it('what waits in our own server within the bounds is nobody’s fault, however much it is', () => {
  expect(
    findings(
      soundRecord(({ server }) => {
        for (const one of server.samples) Object.assign(one, { clients: 13, blocked: 10, queuedBytes: 4_410_000 });
      }),
    ),
  ).toEqual([]);
});

it('what waits in our own server stands beside the trend when both show', () => {
  const record = soundRecord((one) => {
    load(one, 90_000, (tMs) => 100 * MB + tMs * 2000);
    one.server.samples.push(sample(96_000, 300 * MB, { clients: 10, queuedBytes: 90 * MB }));
  });
  expect(findings(record)).toEqual([
    expect.objectContaining({
      id: 'memory-growth',
      evidence: expect.objectContaining({
        queuedBytes: 90 * MB,
        bytesPerMinute: expect.any(Number) as number,
      }) as object,
    }),
  ]);
});

/** Half a minute of load, and ten seconds of settling in which four samples a second are taken. */
function halfAMinute(
  { bytesAMinute, alone }: { bytesAMinute: number; alone: number },
  change: (record: RunRecord) => void = () => {},
): RunRecord {
  const loadMs = 30_000;
  return watched(
    (record) => {
      const { server } = record;
      Object.assign(server, { source: 'pid', clientCount: null, memory: 'pss', process: FOUND });
      const loadedBytes = 100 * MB + (loadMs / MINUTE_MS) * bytesAMinute;
      const endMs = RAMP_MS + loadMs;
      server.end = sample(endMs, loadedBytes, { clients: null });
      server.settling = Array.from({ length: 40 }, (_, at) =>
        sample(endMs + at * 250, loadedBytes + ((at * 250) / MINUTE_MS) * alone, { clients: null }),
      );
      server.settled = server.settling.at(-1) ?? null;
      change(record);
    },
    bytesAMinute,
    loadMs,
  );
}

it('the memory of a server that is not ours that goes on rising when all have left fails in half a minute, with its figures', () => {
  expect(findings(halfAMinute({ bytesAMinute: 800 * MB, alone: 800 * MB }))).toEqual([
    expect.objectContaining({
      id: 'memory-growth',
      severity: 'fail',
      title: expect.stringMatching(
        /^The server's memory rose from 57\.2MiB before the run to 477MiB at the end of the load and 601MiB after all clients disconnected: it still grows by \d+MiB\/m without any client \(/,
      ) as string,
      evidence: expect.objectContaining({ beforeBytes: 60 * MB, loadedBytes: 500 * MB }) as object,
    }),
  ]);
});

it('the memory of a server that is not ours that rose in half a minute and stopped is told with both figures and what would tell', () => {
  const record = halfAMinute({ bytesAMinute: 800 * MB, alone: 0 });
  expect(findings(record)).toEqual([
    expect.objectContaining({
      id: 'not-measured',
      severity: 'info',
      title:
        "Not measured: whether the server's memory leaks: it rose from 57.2MiB before the run to 477MiB at the end of the load and 477MiB after all clients disconnected (30s of load is too short to judge).",
      evidence: { beforeBytes: 60 * MB, loadedBytes: 500 * MB, settledBytes: 500 * MB },
      hint: 'At this rate a load of 2 minutes is enough: --duration 2m.',
    }),
  ]);
  expect(judge(record, { thresholds: [], failOn: [], ignore: [] }).verdict).toBe('pass');
});

it('the memory of a server that is not ours that rose with its clients and was kept is told with what would tell', () => {
  const kept = halfAMinute({ bytesAMinute: 0, alone: 0 }, ({ server }) => {
    for (const one of [...server.samples, server.end, ...server.settling])
      Object.assign(one as object, { rssBytes: 300 * MB });
  });
  expect(findings(kept)).toEqual([
    expect.objectContaining({
      severity: 'info',
      title: expect.stringContaining('it rose from 57.2MiB before the run to 286MiB at the end of the load') as string,
      hint: expect.stringContaining('Repeat the run against the same process') as string,
    }),
  ]);
});

it('the memory of a server that is not ours of a runtime that fills its heap before it collects is told, and accuses nobody', () => {
  const java = { ...FOUND, name: 'java', lazyRuntime: 'Java' };
  const short = halfAMinute({ bytesAMinute: 800 * MB, alone: 800 * MB }, ({ server }) => {
    server.process = java;
  });
  const long = watched(({ server }) => {
    Object.assign(server, { source: 'pid', clientCount: null, process: java });
    Object.assign(server.end as object, { rssBytes: 500 * MB });
  }, 200 * MB);
  for (const record of [short, long]) {
    expect(findings(record)).toEqual([
      expect.objectContaining({
        id: 'not-measured',
        severity: 'info',
        title: expect.stringContaining('from 57.2MiB before the run to') as string,
        hint: expect.stringContaining('Java may fill its heap up to the limit') as string,
      }),
    ]);
  }
});

it('the memory of a server that is not ours of a runtime that fills its heap makes a run of five minutes inconclusive, with what would tell', () => {
  const rising = watched(
    ({ server }) => {
      Object.assign(server, { source: 'pid', clientCount: null, process: { ...FOUND, lazyRuntime: 'Java' } });
    },
    200 * MB,
    5 * MINUTE_MS,
  );
  const { exitCode, findings: found } = judge(rising, { thresholds: [], failOn: [], ignore: [] });
  expect(exitCode).toBe(3);
  expect(found[0]?.hint).toMatch(/^Java may fill its heap up .* --ignore memory-growth\.$/);
});

it('the memory of a proxy that listens for the server is shown and not judged', () => {
  const proxied = halfAMinute({ bytesAMinute: 800 * MB, alone: 800 * MB }, ({ server }) => {
    server.process = { ...FOUND, name: 'nginx', isProxy: true };
  });
  const thresholds = ['server.rss.growth<1MB/m', 'server.rss.peak<9GB'].map(parseThreshold);
  const verdict = judge(proxied, { thresholds, failOn: [], ignore: [] });
  expect(verdict.findings).toEqual([]);
  expect(verdict.thresholds.map(({ status }) => status)).toEqual(['no-data', 'no-data']);
  expect(verdict.growth.verdict).toBe('not-measured');
});

it('the memory of a server that is not ours in its last life is not held against what it had before', () => {
  const restarted = halfAMinute({ bytesAMinute: 0, alone: 0 }, ({ server }) => {
    for (const one of server.samples) {
      if (one.tMs < 20_000) Object.assign(one, { life: 'before', rssBytes: 5 * MB });
      else one.rssBytes = 300 * MB;
    }
    for (const one of [server.end, ...server.settling]) Object.assign(one as object, { rssBytes: 300 * MB });
  });
  expect(findings(restarted).map(({ title }) => title)).toEqual([
    expect.stringMatching(/^Not measured: the server's memory before its last restart, [^;]+$/),
  ]);
});
