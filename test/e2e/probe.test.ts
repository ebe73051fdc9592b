/** The real program probes real servers: each known defect, each sound dialect, and servers that mean harm. */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inPairs } from '../support/listen.ts';
import { runProgram, startProgram } from '../support/program.ts';
import { startServerProcess } from '../support/server-process.ts';
import { RawServer } from '../wire/raw-server.ts';

interface Report {
  status: string;
  exitCode: number;
  endedBy: string;
  checks: { id: string; status: string; title: string; evidence: { finding?: string } }[];
}

const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing.splice(0)) await close();
});

const soundServer = new URL('../support/sound-server.mjs', import.meta.url).pathname;

async function serve(...flags: string[]): Promise<string> {
  const { child, says } = startProgram(['serve', '--port', '0', ...flags]);
  closing.push(() => child.kill('SIGKILL'));
  return `${(await says(/listening on (\S+)/))[1]}/events`;
}

async function probe(
  url: string,
  ...flags: string[]
): Promise<{ code: number | null; report: Report; stdout: string }> {
  const { code, stdout, stderr } = await runProgram(['probe', '--json', ...flags, url]);
  expect(stderr).toBe('');
  return { code, stdout, report: JSON.parse(stdout) as Report };
}

/** What it complains of: `check: finding of a soak`. */
function complaints({ checks }: Report): string[] {
  return checks
    .filter(({ status }) => status === 'fail' || status === 'warn')
    .map(({ id, evidence }) => `${id}: ${evidence.finding ?? ''}`);
}

/** [fault, the complaint, what may come with it, flags of the server] */
const FAULTS: [fault: string, expected: string, may: string[], flags: string[]][] = [
  ['naive', 'resume: resume-lost', [], []],
  ['no-heartbeat', 'heartbeat: heartbeat-missing', [], []],
  ['late-heartbeat', 'heartbeat: heartbeat-late', [], []],
  ['resume-gap', 'resume: resume-lost', [], []],
  ['resume-duplicate', 'resume: resume-duplicated', [], []],
  ['idle-cut', 'completion: idle-cut', [], []],
  ['crash', 'completion: target-down', [], []],
  ['buffered', 'buffered: buffered-stream', [], []],
  ['compressed', 'compression: compressed-stream', [], []],
  ['wrong-type', 'content-type: not-event-stream', [], []],
  ['late-headers', 'late-headers: late-headers', [], ['--rate', '1/s']],
  // These faults hurt the first clients that connect.
  ['drop-events', 'event-ids: event-lost', ['resume: resume-lost'], []],
  ['duplicate-events', 'event-ids: event-duplicated', [], []],
  ['reorder-events', 'event-ids: event-reordered', [], []],
  ['go-silent', 'silent-gap: silent-stream', [], []],
  ['kick-healthy', 'completion: client-dropped', [], []],
  ['malformed', 'framing: malformed-stream', ['event-ids: event-lost', 'resume: resume-lost'], []],
  ['endless-line', 'framing: oversize-event', [], []],
];

describe.concurrent('a probe of the reference server', () => {
  it.each(FAULTS)(
    'a probe of the reference server with the fault %s finds it, and accuses it of nothing else',
    async (fault, expected, may, flags) => {
      const url = await serve('--heartbeat', '1s', '--rate', '4/s', ...flags, '--fault', fault);
      const { code, report } = await probe(url);
      const found = complaints(report);
      expect(found).toContain(expected);
      expect(found.filter((one) => one !== expected && !may.includes(one))).toEqual([]);
      expect(code).toBe(report.exitCode);
      expect([1, 2]).toContain(code);
    },
  );

  it('a probe of the reference server is OK, as soon as all is known', async () => {
    const { code, report } = await probe(await serve('--heartbeat', '1s', '--rate', '4/s'));
    expect(complaints(report)).toEqual([]);
    expect({ code, status: report.status, endedBy: report.endedBy }).toEqual({
      code: 0,
      status: 'ok',
      endedBy: 'answered',
    });
  });

  it('a probe of the reference server is OK with heartbeats that come too seldom to be seen', async () => {
    const { report } = await probe(await serve(), '--duration', '8s');
    expect(complaints(report)).toEqual([]);
  });
});

describe.concurrent('a probe of a sound server', () => {
  const dialects = [
    'usual',
    'event-heartbeats',
    'no-heartbeats',
    'crlf',
    'cr',
    'cut-anywhere',
    'multi-line-data',
    'no-ids',
    'uuid-ids',
    'repeated-ids',
    'bursts',
    'large-events',
    'slow-start',
    'garbage-sawtooth',
  ];
  it.each(dialects)('a probe of a sound server that speaks %s is OK', async (dialect) => {
    const server = await startServerProcess({ command: process.execPath, args: [soundServer, dialect] });
    closing.push(() => server.stop());
    const { code, report } = await probe(server.url);
    expect(complaints(report)).toEqual([]);
    expect(code).toBe(0);
    await server.stop();
  });
});

const FORMATS = ['text', 'json', 'nagios', 'prometheus', 'junit', 'markdown'];

describe.concurrent('the command line of a probe', () => {
  it.each([
    [['http://127.0.0.1:1/'], 2],
    [['http://no-such-host.invalid/'], 2],
    [['--until', 'nothing', 'http://127.0.0.1:1/'], 3],
    [['--nope', 'http://127.0.0.1:1/'], 3],
    [['ftp://127.0.0.1/'], 3],
    [['--warn', 'nothing<1s', 'http://127.0.0.1:1/'], 3],
    [['--help'], 0],
  ])('the command line of a probe %j ends with %i', async (args, expected) => {
    const { code, stderr } = await runProgram(['probe', ...args]);
    expect(code).toBe(expected);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  describe('in a format', () => {
    let url: string;
    beforeAll(async () => {
      url = await serve();
    });

    it.each(FORMATS)('the command line of a probe in a format prints %s', async (format) => {
      const { code, stdout, stderr } = await runProgram(['probe', '--format', format, '--until', 'event', url]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.length).toBeGreaterThan(10);
    });
  });

  it('the command line of a probe ends with 130 when it is interrupted, and shows what it has', async () => {
    const url = await serve('--rate', '0/s');
    const { child, outcome } = startProgram(['probe', '--json', url]);
    setTimeout(() => child.kill('SIGINT'), 1500);
    const { code, stdout } = await outcome;
    expect(code).toBe(130);
    expect((JSON.parse(stdout) as Report).endedBy).toBe('interrupted');
  });

  it('the command line of a probe watches, and says what changes', async () => {
    let isUp = true;
    const sockets = new Set<Socket>();
    const server = await RawServer.start((socket) => {
      sockets.add(socket);
      if (isUp)
        socket.write(
          'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\r\ndata: a\n\n',
        );
      else socket.end('HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n');
    });
    closing.push(() => server.close());
    const { child, outcome, says } = startProgram([
      'probe',
      '--watch',
      '1s',
      '--until',
      'event',
      `http://127.0.0.1:${server.port}/`,
    ]);
    await says(/^OK /m);
    isUp = false;
    await says(/status: pass → fail/);
    child.kill('SIGINT');
    expect((await outcome).code).toBe(130);
  });
});

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\r\n';

const floods: [name: string, head: string, piece: string][] = [
  ['head', 'HTTP/1.1 200 OK\r\n', `X-A: ${'a'.repeat(8000)}\r\n`],
  ['line', `${HEAD}data: `, 'x'.repeat(65_536)],
  ['comment', `${HEAD}:`, 'x'.repeat(65_536)],
  ['unknown field', HEAD, 'x'.repeat(65_536)],
  ['crowd of events', HEAD, 'data: hello\nid: 1\n\n'.repeat(3000)],
  ['crowd of comments', HEAD, ': a\n'.repeat(16_000)],
];
it.each(floods)(
  'a probe of a server that means harm stays within its memory and its time with an endless %s',
  async (_name, head, piece) => {
    const server = await RawServer.start((socket) => {
      socket.once('data', () => {
        socket.write(head);
        const pour = (): void => {
          if (socket.destroyed) return;
          socket.write(piece, () => setImmediate(pour));
        };
        pour();
      });
    });
    closing.push(() => server.close());
    const { child, outcome } = startProgram([
      'probe',
      '--json',
      '--duration',
      '3s',
      `http://127.0.0.1:${server.port}/`,
    ]);
    let peakKb = 0;
    const watching = setInterval(() => {
      peakKb = Math.max(peakKb, rssKb(child.pid));
    }, 20);
    const { stdout } = await outcome;
    clearInterval(watching);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'sse-probe/probe@1' });
    // Node itself and our modules are some 55 MB of it; where there is no /proc it is 0.
    expect(peakKb).toBeLessThan((60 + 64) * 1024);
  },
);

it('a probe of a server that means harm prints nothing that a terminal obeys', async () => {
  const server = await RawServer.start((socket) => {
    socket.once('data', () =>
      socket.write(
        `${HEAD}event: \u001b]0;pwn\u0007\u202e\ndata: \u001b[2J\nid: \u001b[6n\n\nbad\u001b[31m\u009b31mline: 1\n\n`,
      ),
    );
  });
  closing.push(() => server.close());
  await inPairs(FORMATS, async (format) => {
    const { stdout } = await runProgram([
      'probe',
      '--format',
      format,
      '--duration',
      '300ms',
      `http://127.0.0.1:${server.port}/`,
    ]);
    // oxlint-disable-next-line no-control-regex
    expect(stdout, format).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

it('a probe of a server that means harm needs no more of a server that says nothing than its deadline', async () => {
  const server = await RawServer.start(() => {});
  closing.push(() => server.close());
  const { code, report } = await probe(`http://127.0.0.1:${server.port}/`, '--until', 'headers', '--deadline', '900ms');
  expect({ code, endedBy: report.endedBy }).toEqual({ code: 2, endedBy: 'deadline' });
  await new Promise<void>((resolve) => {
    connect(server.port, '127.0.0.1', function left(this: Socket) {
      this.destroy();
      resolve();
    });
  });
});

/** 0 when it cannot be read. */
function rssKb(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    // It has ended, or this is no Linux.
    return 0;
  }
}
