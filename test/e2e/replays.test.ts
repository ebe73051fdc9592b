/** Servers that mistreat a client that comes back, or that waits: one defect each, judged by both commands. */
import type { ServerResponse } from 'node:http';
import { describe, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { serveStreams } from '../support/stream-server.ts';
import { undisturbed } from '../support/undisturbed.ts';

const PERIOD_MS = 100;

interface Feed {
  /** What of the past a client is sent behind the id `last`, of a feed that stands at `head`; default: all of it. */
  past?: (last: number, head: number) => readonly number[];
  /** The block of an event that is replayed; default: as it was sent. */
  replayed?: (n: number) => string;
  /** Sent to all behind each event. */
  beside?: (n: number) => string;
  /** Answers an id that is none of those that were given; default: it is taken for none. */
  unknown?: (response: ServerResponse) => void;
}

const block = (n: number, id = String(n)): string => `id: ${id}\ndata: {"v":${n * 7}}\n\n`;
const padded = (n: number): string => `id: ${n}\ndata: {"v":${n * 7},"pad":"${'.'.repeat(300)}"}\n\n`;
const between = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);

/** A feed whose ids count from 1; sound where nothing else is said. @returns its URL */
async function serveFeed({
  past = (last, head) => between(last + 1, head),
  replayed = block,
  beside = () => '',
  unknown,
}: Feed): Promise<string> {
  const open = new Set<ServerResponse>();
  let head = 0;
  setInterval(() => {
    head += 1;
    for (const response of open) response.write(block(head) + beside(head));
  }, PERIOD_MS).unref();
  return serveStreams((request, response) => {
    const id = request.headers['last-event-id'];
    const last = typeof id === 'string' && /^\d+$/.test(id) && Number(id) <= head ? Number(id) : null;
    if (id !== undefined && last === null && unknown !== undefined) {
      unknown(response);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform' });
    response.write('retry: 400\n\n');
    if (last !== null) for (const n of past(last, head)) response.write(replayed(n));
    open.add(response);
    response.on('close', () => open.delete(response));
  });
}

const FEEDS: [which: string, feed: Feed, probe: RegExp, soak: RegExp | null][] = [
  ['is sound', {}, /^pass: all 3 events after the id arrived, once$/, null],
  [
    'begins with the event that the id names',
    { past: (last, head) => between(last, head) },
    /^fail: 1 event arrived again after reconnecting with Last-Event-ID/,
    /^resume-duplicated: \d+ events arrived again after reconnecting with Last-Event-ID\. It happened to /,
  ],
  [
    'says everything twice',
    { past: (last, head) => between(last + 1, head).flatMap((n) => [n, n]) },
    /^fail: [34] events arrived again/,
    /^resume-duplicated: \d+ events arrived again/,
  ],
  [
    'begins with the newest',
    { past: (last, head) => between(last + 1, head).toReversed() },
    /^fail: \d events arrived out of order after reconnecting with Last-Event-ID/,
    /^event-reordered: \d+ events arrived out of order after reconnecting with Last-Event-ID\. It happened to /,
  ],
  [
    'leaves one out',
    { past: (last, head) => between(last + 1, head).filter((_, at) => at !== 1) },
    /^fail: 1 event was missing after reconnecting with Last-Event-ID/,
    /^resume-lost: \d+ events? (was|were) missing after reconnecting with Last-Event-ID\. It happened to /,
  ],
  [
    'gives new ids',
    { replayed: (n) => block(n, `again-${n}`) },
    /^fail: [34] events had new ids, or none, after reconnecting with Last-Event-ID/,
    /^resume-lost: \d+ events had new ids, or none, after reconnecting with Last-Event-ID\./,
  ],
  [
    'knows no id of a heartbeat',
    { beside: (n) => `id: beat-${n}\nevent: heartbeat\ndata: {}\n\n` },
    /^fail: Clients resume with the id of a heartbeat \("beat-\d+"\): \d events were missing/,
    /^resume-lost: Clients resume with the id of a heartbeat \("beat-\d+"\): \d+ events were missing/,
  ],
  [
    'is refused behind an id that nobody knows',
    { unknown: (response) => response.writeHead(400).end() },
    /^fail: a client that reconnects with an unknown Last-Event-ID \("9\d+"\) is rejected: status 400$/,
    null,
  ],
];

const SOAK = ['--clients', '16', '--ramp', '500ms', '--duration', '6s', '--settle', '500ms', '--quiet', '--json'];

describe.concurrent('a replay', { timeout: 120_000 }, () => {
  it.for(FEEDS)('a replay that %s is told as that by both commands', async ([, feed, probed, soaked], { expect }) => {
    const url = await serveFeed(feed);
    const [{ stdout }, { report }] = await Promise.all([
      runProgram(['probe', '--json', '--duration', '10s', url]),
      undisturbed(['soak', '--url', url, '--mix', 'healthy=10,resuming=6', ...SOAK]),
    ]);
    const { checks } = JSON.parse(stdout) as { checks: { id: string; status: string; title: string }[] };
    const judged = checks.find(({ id }) => id === 'resume');
    expect(`${judged?.status}: ${judged?.title}`).toMatch(probed);
    const told = report.findings.filter(({ severity }) => severity === 'fail' || severity === 'warn');
    const shown = JSON.stringify(told, null, 1);
    expect(told.length, shown).toBe(soaked === null ? 0 : 1);
    if (soaked !== null) expect(`${told[0]?.id}: ${told[0]?.title}`, shown).toMatch(soaked);
  });

  it('a replay behind ids that began anew is silence: the clients that returned hear nothing, and one that is new does', async ({
    expect,
  }) => {
    const open = new Map<ServerResponse, number>();
    let head = 60;
    setInterval(() => {
      head += 1;
      for (const [response, after] of open) if (head > after) response.write(block(head));
    }, PERIOD_MS).unref();
    setInterval(() => {
      for (const response of open.keys()) response.write(': ping\n\n');
    }, 1000).unref();
    let restarted = false;
    const url = await serveStreams((request, response) => {
      const after = Number(request.headers['last-event-id'] ?? 0);
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform' });
      response.write('retry: 300\n\n');
      open.set(response, after);
      response.on('close', () => open.delete(response));
      if (restarted) return;
      restarted = true;
      setTimeout(() => {
        head = 0;
        for (const stream of open.keys()) stream.end();
        open.clear();
      }, 2500).unref();
    });
    const { report } = await undisturbed(['soak', '--url', url, '--mix', 'healthy=1', ...SOAK, '--duration', '10s']);
    const lost = report.findings.find(({ id }) => id === 'resume-lost');
    expect(lost, JSON.stringify(report.findings, null, 1)).toMatchObject({ severity: 'fail' });
    expect(lost?.title).toMatch(
      /^Ids started over: 16 clients that resumed with an id such as "\d+" received nothing for [\d.]+s, while a client without an id received "\d+"\.$/,
    );
    const dropped = report.findings.find(({ id }) => id === 'client-dropped');
    expect(dropped?.title).not.toContain('missed nothing');
  });

  it('a feed that stands still is held against no client that returned, though slow clients still read what was sent before', async ({
    expect,
  }) => {
    const open = new Set<ServerResponse>();
    const startedMs = Date.now();
    let head = 0;
    setInterval(() => {
      const sinceMs = Date.now() - startedMs;
      if (sinceMs > 5000 && sinceMs < 10_000) return;
      head += 1;
      for (const response of open) response.write(padded(head));
    }, PERIOD_MS).unref();
    setInterval(() => {
      for (const response of open) response.write(': ping\n\n');
    }, 1000).unref();
    const url = await serveStreams((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform' });
      response.write('retry: 300\n\n');
      for (const n of between(Number(request.headers['last-event-id'] ?? head) + 1, head)) response.write(padded(n));
      open.add(response);
      response.on('close', () => open.delete(response));
    });
    const mix = ['--mix', 'healthy=8,slow=3,resuming=5', '--slow-rate', '1KiB/s'];
    const { report } = await undisturbed(['soak', '--url', url, ...mix, ...SOAK, '--duration', '12s']);
    expect(report.events).toMatchObject({ lost: 0, duplicated: 0 });
    expect(report.findings.map(({ id }) => id)).not.toContain('resume-lost');
  });
});

describe.concurrent('heartbeats', { timeout: 60_000 }, () => {
  it.for([
    ['that stop with the first event', true],
    ['that go on', false],
  ] as const)('heartbeats %s are told by both commands alike', async ([, stops], { expect }) => {
    const url = await serveStreams((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform' });
      response.write(': hello\n\n');
      const beating = setInterval(() => response.write(': ping\n\n'), 500);
      const event = setTimeout(() => {
        if (stops) clearInterval(beating);
        response.write('id: 1\ndata: {}\n\n');
      }, 1800);
      response.on('close', () => {
        clearInterval(beating);
        clearTimeout(event);
      });
    });
    const [probed, { report }] = await Promise.all([
      runProgram(['probe', '--json', '--duration', '9s', url]),
      undisturbed(['soak', '--url', url, '--mix', 'healthy=1', ...SOAK, '--duration', '9s']),
    ]);
    const { checks } = JSON.parse(probed.stdout) as { checks: { id: string; status: string; title: string }[] };
    const heartbeat = checks.find(({ id }) => id === 'heartbeat');
    const missing = report.findings.find(({ id }) => id === 'heartbeat-missing');
    if (!stops) {
      expect([heartbeat?.status, missing]).toEqual(['pass', undefined]);
      return;
    }
    expect(heartbeat?.status).toBe('fail');
    expect(heartbeat?.title).toMatch(
      /^Heartbeats every \d+ms stopped after the event at 1\.\ds; then not a byte arrived for \d(\.\d)?s/,
    );
    expect(missing?.severity).toBe('fail');
    expect(missing?.title).toMatch(/^Heartbeats every \d+ms stopped on 16 of 16 streams after the event at 1\.\ds/);
  });
});
