/** Proxies and servers that cut streams after a time: what a probe and a soak say of the limit is true, and the same. */
import type { ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { describe, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { found, type Found } from '../support/real-servers/found.ts';
import { type ProxyName, startProxy } from '../support/real-servers/proxy.ts';
import { startServerProcess } from '../support/server-process.ts';
import type { SoakReport } from '../support/soak-report.ts';
import { serveStreams } from '../support/stream-server.ts';
import { undisturbed } from '../support/undisturbed.ts';

const LIMIT_S = 5;

/** By which words a report names what to change; the limit is none that any of these has by default. */
const DIRECTIVES: Readonly<Record<ProxyName, string>> = {
  nginx: 'proxy_read_timeout',
  haproxy: 'timeout server',
  caddy: 'read_timeout',
  varnish: 'between_bytes_timeout',
  apache: 'ProxyTimeout',
};

interface Cut {
  title: string;
  hint: string;
  evidence: { finding?: string; kind?: string; limitMs?: number };
}

interface ProbeReport {
  checks: (Cut & { id: string; status: string })[];
  intermediaries: { name: string; kind: string; survives: boolean | null }[];
}

function why(server: Found): string {
  return 'missing' in server ? ` (${server.missing})` : '';
}

/** Streams that say `speak` of themselves; the head comes at once, and no proxy may collect what follows. */
function streams(speak: (res: ServerResponse, index: number) => void): Promise<string> {
  let opened = 0;
  return serveStreams((_req, res) => {
    res.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
    });
    res.flushHeaders();
    speak(res, opened++);
  });
}

/** Each stream has some events of its own, one to five, and then nothing more to say. */
function fallingSilent(): Promise<string> {
  return streams((res, index) => {
    let left = 1 + (index % 5);
    const timer = setInterval(() => {
      res.write(`id: ${left}\ndata: {"left":${left}}\n\n`);
      left -= 1;
      if (left === 0) clearInterval(timer);
    }, 660);
    res.once('close', () => clearInterval(timer));
  });
}

/** Each stream lives for so long without a byte. */
function idleFor(limitMs: number, beatEveryMs: number | null): Promise<string> {
  return streams((res) => {
    let cut = setTimeout(() => res.destroy(), limitMs);
    const beat = (): void => {
      res.write(': ping\n\n');
      clearTimeout(cut);
      cut = setTimeout(() => res.destroy(), limitMs);
    };
    const timer = beatEveryMs === null ? undefined : setInterval(beat, beatEveryMs);
    res.once('close', () => {
      clearTimeout(cut);
      clearInterval(timer);
    });
  });
}

/** Numbered events to all at once; `write` sends one to a stream, or ends it. */
function published(
  everyMs: number,
  write: (res: ServerResponse, event: string, openedMs: number) => void,
): Promise<string> {
  const open = new Map<ServerResponse, number>();
  let n = 0;
  setInterval(() => {
    n += 1;
    for (const [res, openedMs] of open) write(res, `id: ${n}\ndata: {"seq":${n}}\n\n`, openedMs);
  }, everyMs).unref();
  return streams((res) => {
    open.set(res, performance.now());
    res.once('close', () => open.delete(res));
  });
}

async function probe(url: string, duration: string): Promise<ProbeReport> {
  const { stdout, stderr } = await runProgram(['probe', '--json', '--duration', duration, url]);
  if (stdout === '') throw new Error(`no report: ${stderr}`);
  return JSON.parse(stdout) as ProbeReport;
}

async function soakFindings(url: string, ...flags: readonly string[]): Promise<SoakReport['findings']> {
  const args = ['soak', '--url', url, '--json', '--seed', '7', '--mix', 'healthy=1', ...flags];
  const { report } = await undisturbed(args);
  return report.findings;
}

async function soak(url: string, ...flags: readonly string[]): Promise<Cut[]> {
  return (await soakFindings(url, ...flags)).filter(({ id }) => id === 'idle-cut');
}

/** What the probe says of the end of the stream. */
function completionOf({ checks }: ProbeReport): Cut & { status: string } {
  const completion = checks.find(({ id }) => id === 'completion');
  if (completion === undefined) throw new Error('the probe has no check of this name');
  return completion;
}

describe.concurrent('behind a proxy', { timeout: 180_000 }, () => {
  for (const name of Object.keys(DIRECTIVES) as ProxyName[]) {
    const program = found(name);
    it.skipIf('missing' in program)(
      `an idle limit of 5 s of ${name} is told as one, with its directive, by probe and soak alike${why(program)}`,
      async ({ expect }) => {
        const front = await startProxy(name, 'missing' in program ? '' : program.found, await fallingSilent(), LIMIT_S);
        try {
          const [probed, [soaked]] = await Promise.all([
            probe(front.url, '20s'),
            soak(front.url, '--clients', '10', '--ramp', '1s', '--duration', '10s', '--retry', '700ms'),
          ]);
          const ended = completionOf(probed);
          for (const cut of [ended, soaked]) {
            expect(cut?.evidence.kind, JSON.stringify(cut)).toBe('idle');
            expect(cut?.evidence.limitMs).toBeGreaterThan(4500);
            expect(cut?.evidence.limitMs).toBeLessThan(6300);
            expect(cut?.title).toMatch(/^Streams are cut after [456](?:\.\d)?s without a byte/);
            expect(cut?.hint).toContain(DIRECTIVES[name]);
            expect(cut?.hint).toMatch(/^Send every client a comment/);
          }
          expect(ended.evidence.finding).toBe('idle-cut');
          expect(probed.intermediaries.filter(({ kind, survives }) => kind === 'idle' && survives === true)).toEqual(
            [],
          );
        } finally {
          await front.stop();
        }
      },
    );
  }

  const haproxy = found('haproxy');
  it.skipIf('missing' in haproxy)(
    `heartbeats within an idle limit of 5 s of haproxy keep a stream${why(haproxy)}`,
    async ({ expect }) => {
      const origin = await streams((res) => {
        const timer = setInterval(() => res.write(': ping\n\n'), 2000);
        res.once('close', () => clearInterval(timer));
      });
      const front = await startProxy('haproxy', 'missing' in haproxy ? '' : haproxy.found, origin, LIMIT_S);
      try {
        const [probed, cuts] = await Promise.all([
          probe(front.url, '8s'),
          soak(front.url, '--clients', '5', '--ramp', '1s', '--duration', '8s'),
        ]);
        expect(completionOf(probed).status).toBe('pass');
        expect(cuts).toEqual([]);
      } finally {
        await front.stop();
      }
    },
  );

  const nginx = found('nginx');
  it.skipIf('missing' in nginx)(
    `nginx with its defaults before a stream that is silent for a minute is named with proxy_read_timeout${why(nginx)}`,
    { tags: ['long'] },
    async ({ expect }) => {
      const origin = await streams((res) => res.write('id: 1\ndata: {"hello":1}\n\n'));
      const front = await startProxy('nginx', 'missing' in nginx ? '' : nginx.found, origin, null);
      try {
        const [probed, [soaked]] = await Promise.all([
          probe(front.url, '70s'),
          soak(front.url, '--clients', '6', '--ramp', '2s', '--duration', '65s'),
        ]);
        for (const cut of [completionOf(probed), soaked]) {
          expect(cut?.evidence.kind, JSON.stringify(cut)).toBe('idle');
          expect(cut?.title).toMatch(/^Streams are cut after 1m without a byte/);
          expect(cut?.hint).toContain('proxy_read_timeout');
        }
        const row = probed.intermediaries.find(({ name }) => name === 'nginx');
        expect(row?.survives).toBe(false);
      } finally {
        await front.stop();
      }
    },
  );
});

const go = found('goServer');
describe.concurrent('a server in Go', { timeout: 120_000 }, () => {
  it.skipIf('missing' in go)(
    `a WriteTimeout of Go is told as a limit of age, by probe and soak alike${why(go)}`,
    async ({ expect }) => {
      const server = await startServerProcess({ command: 'missing' in go ? '' : go.found, args: ['-write', '4500ms'] });
      try {
        const [probed, [soaked]] = await Promise.all([
          probe(server.url, '20s'),
          soak(server.url, '--clients', '10', '--ramp', '2s', '--duration', '9s', '--retry', '700ms'),
        ]);
        for (const cut of [completionOf(probed), soaked]) {
          expect(cut?.evidence.kind, JSON.stringify(cut)).toBe('absolute');
          expect(cut?.title).toMatch(/^Streams are cut at the age of [45](?:\.\d)?s, even while data flows/);
          expect(cut?.hint).toContain('WriteTimeout');
          expect(cut?.hint).toMatch(/^Heartbeats do not prevent it/);
        }
      } finally {
        await server.stop();
      }
    },
  );

  it.skipIf('missing' in go)(
    `a TimeoutHandler of Go is named where 503 comes after its time${why(go)}`,
    async ({ expect }) => {
      const server = await startServerProcess({
        command: 'missing' in go ? '' : go.found,
        args: ['-handler', '1500ms'],
      });
      try {
        const [{ checks }, findings] = await Promise.all([
          probe(server.url, '5s'),
          soakFindings(server.url, '--clients', '10', '--duration', '2s'),
        ]);
        const status = checks.find(({ id }) => id === 'status');
        const refused = findings.find(({ id }) => id === 'connect-refused');
        for (const told of [status, refused]) {
          expect(told?.title).toContain('503');
          expect(told?.hint).toMatch(/^It arrived after 1\.[5-9]s, .*TimeoutHandler/);
        }
      } finally {
        await server.stop();
      }
    },
  );
});

describe.concurrent('a server that ends its streams', { timeout: 120_000 }, () => {
  it('an end after 2 s of a stream that is silent may be a limit of either kind, and heartbeats come first', async ({
    expect,
  }) => {
    const url = await idleFor(2000, null);
    const [probed, [soaked]] = await Promise.all([
      probe(url, '15s'),
      soak(url, '--clients', '10', '--ramp', '1s', '--duration', '6s'),
    ]);
    for (const cut of [completionOf(probed), soaked]) {
      expect(cut?.evidence.kind, JSON.stringify(cut)).toBe('idle-or-absolute');
      expect(cut?.title).toContain('they look the same');
      expect(cut?.hint).toMatch(/^Send every client a comment/);
    }
  });

  it('the same limit of 2 s is met by no stream with heartbeats', async ({ expect }) => {
    const url = await idleFor(2000, 700);
    const [probed, cuts] = await Promise.all([
      probe(url, '6s'),
      soak(url, '--clients', '10', '--ramp', '1s', '--duration', '5s'),
    ]);
    expect(completionOf(probed).status).toBe('pass');
    expect(cuts).toEqual([]);
  });

  it('a limit of age that is noticed at the next write is none of silence, since that was survived before', async ({
    expect,
  }) => {
    const url = await published(2000, (res, event, openedMs) => {
      if (performance.now() - openedMs > 5000) res.destroy();
      else res.write(event);
    });
    const [soaked] = await soak(url, '--clients', '12', '--ramp', '4s', '--duration', '14s', '--retry', '500ms');
    expect(soaked?.evidence.kind, JSON.stringify(soaked)).toBe('absolute');
    expect(soaked?.title).not.toContain('without a byte');
    expect(soaked?.hint).toContain('WriteTimeout');
  });

  it('restarts that end all streams at one moment, twice, are no limit for a probe nor for a soak', async ({
    expect,
  }) => {
    const open = new Set<ServerResponse>();
    setInterval(() => {
      for (const res of open) res.destroy();
    }, 5000).unref();
    const url = await published(500, (res, event) => {
      open.add(res);
      res.once('close', () => open.delete(res));
      res.write(event);
    });
    const [probed, cuts] = await Promise.all([
      probe(url, '12s'),
      soak(url, '--clients', '10', '--ramp', '1s', '--duration', '12s', '--retry', '1s'),
    ]);
    expect(completionOf(probed).evidence.finding).toBe('client-dropped');
    expect(completionOf(probed).title).toContain('at the same moment');
    expect(cuts).toEqual([]);
  });
});
