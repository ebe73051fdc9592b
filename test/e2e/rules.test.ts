import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { MAX_TEXT_BYTES } from '../../src/client/long-texts.ts';
import { runProgram, startProgram } from '../support/program.ts';
import { failures, parseReport, type SoakReport } from '../support/soak-report.ts';
import { Authority } from '../wire/certificates.ts';
import { afterRequest, RawServer } from '../wire/raw-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-rules-'));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});
afterAll(() => rm(folder, { recursive: true }));

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, host, 4096, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** The same events for everybody, ten a second, with number and time; `asked` are the requests' headers. */
function ticking(): { listener: RequestListener; asked: Record<string, unknown>[] } {
  const streams = new Set<{ write(text: string): unknown }>();
  const asked: Record<string, unknown>[] = [];
  let seq = 0;
  const timer = setInterval(() => {
    seq += 1;
    for (const stream of streams) stream.write(`id: ${seq}\ndata: {"seq":${seq},"scheduled":${Date.now()}}\n\n`);
  }, 100);
  closing.push(() => clearInterval(timer));
  return {
    asked,
    listener: (req, res) => {
      asked.push(req.headers);
      res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('retry: 100\n\n');
      streams.add(res);
      res.on('close', () => streams.delete(res));
    },
  };
}

const SHORT = ['--ramp', '500ms', '--duration', '3s', '--json', '--quiet'];

async function soak(
  url: string,
  ...flags: string[]
): Promise<{ code: number | null; report: SoakReport; stdout: string }> {
  const { code, stdout, stderr } = await runProgram([
    'soak',
    '--url',
    url,
    ...SHORT,
    ...(flags.includes('--mix') ? [] : ['--mix', 'healthy=1']),
    ...flags,
  ]);
  expect(stderr).toBe('');
  return { code, report: parseReport(stdout), stdout };
}

it('a soak of a URL that redirects loads what it leads to, and every client asks the original URL first', async () => {
  const { listener, asked } = ticking();
  const port = await listen(createHttpServer(listener));
  let redirected = 0;
  const front = await listen(
    createHttpServer((_req, res) => {
      redirected += 1;
      res.writeHead(307, { Location: `http://127.0.0.1:${port}/there` }).end();
    }),
  );
  const { code, report, stdout } = await soak(
    `http://127.0.0.1:${front}/`,
    '--clients',
    '50',
    '--header',
    'Authorization: Bearer S3CRET',
  );
  expect([code, failures(report), report.clients.connected]).toEqual([0, [], 50]);
  // One before the run, and then each client.
  expect([redirected, asked.length]).toEqual([51, 51]);
  expect(asked.filter((headers) => headers['authorization'] !== undefined)).toEqual([]);
  expect(stdout).not.toContain('S3CRET');
});

it('a soak of a URL that redirects says of stalled clients that they could not be judged: their streams are somewhere else', async () => {
  const port = await listen(createHttpServer(ticking().listener));
  const front = await listen(
    createHttpServer((_req, res) => res.writeHead(307, { Location: `http://127.0.0.1:${port}/there` }).end()),
  );
  const { report } = await soak(`http://127.0.0.1:${front}/`, '--clients', '20', '--mix', 'healthy=1,stalled=1');
  expect([failures(report), report.clients.connected]).toEqual([[], 20]);
  expect(report.eviction).toMatchObject({ expected: 0, evicted: 0, missed: 0, notMeasured: 10 });
});

it('a soak of a URL that redirects to https holds the certificate to --ca, whatever the first URL was', async () => {
  const authority = new Authority();
  const { certificate: cert, key } = authority.issue({
    name: 'localhost',
    dnsNames: ['localhost'],
    ipv4: ['127.0.0.1'],
  });
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, authority.identity.certificate);
  const port = await listen(createHttpsServer({ cert, key }, ticking().listener));
  const front = await listen(
    createHttpServer((_req, res) => res.writeHead(302, { Location: `https://127.0.0.1:${port}/` }).end()),
  );
  const trusted = await soak(`http://127.0.0.1:${front}/`, '--clients', '20', '--ca', caFile);
  expect([trusted.code, failures(trusted.report), trusted.report.clients.connected]).toEqual([0, [], 20]);
  const untrusted = await runProgram([
    'soak',
    '--url',
    `http://127.0.0.1:${front}/`,
    ...SHORT,
    '--mix',
    'healthy=1',
    '--clients',
    '20',
  ]);
  expect([untrusted.code, untrusted.stdout]).toEqual([4, '']);
  expect(untrusted.stderr).toContain('tls');
});

it.each([
  ['in a circle', '/', 'redirect-loop'],
  ['to a file', 'file:///etc/passwd', 'redirect-refused'],
  ['to the metadata service of a cloud', 'http://169.254.169.254/latest/meta-data/', 'redirect-refused'],
  ['to a public address with more clients than may be sent there', 'http://203.0.113.7/', 'redirect-refused'],
])(
  'a soak of a URL that redirects %s is met by one client, and is a finding that says so',
  async (_where, location, cause) => {
    let requests = 0;
    const front = await listen(
      createHttpServer((_req, res) => {
        requests += 1;
        res.writeHead(302, { Location: location }).end();
      }),
    );
    const { code, report } = await soak(`http://127.0.0.1:${front}/`, '--clients', '501');
    expect([code, failures(report)]).toEqual([1, ['connect-refused']]);
    expect(report.findings.find(({ id }) => id === 'connect-refused')?.title).toContain(`${cause}: `);
    expect(requests).toBe(cause === 'redirect-loop' ? 21 : 1);
  },
);

it('a soak with many clients of a public address is refused, and nothing is opened', async () => {
  const { code, stdout, stderr } = await runProgram([
    'soak',
    '--url',
    'http://203.0.113.7:9/',
    '--clients',
    '501',
    '--quiet',
  ]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(
    /^sse-probe: --confirm-target: 203\.0\.113\.7 .*\n {2}If you may .*--confirm-target 203\.0\.113\.7.*\n$/,
  );
});

it('a soak with many clients that this process has no descriptors for is refused with what to do', async () => {
  const { code, stderr } = await runProgram(['soak', '--clients', '1000', '--quiet'], { limits: 'ulimit -n 512' });
  expect(code).toBe(3);
  expect(stderr).toMatch(/1,000 clients need 1,064 open files.*\n {2}Raise the limit first \(ulimit -n 1064\)/);
});

it('what a client does otherwise than its server asks stands in the report', async () => {
  const raw = await RawServer.start((socket) =>
    afterRequest(socket, () => {
      socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 0\nid: a\u0001b\ndata: x\n\n');
    }),
  );
  closing.push(() => raw.close());
  const { report } = await soak(`http://127.0.0.1:${raw.port}/`, '--clients', '3');
  const { retryClamped, idsUnsendable, reconnects } = report.clients as unknown as Record<string, number>;
  expect(retryClamped).toBe(3);
  expect(reconnects).toBeGreaterThan(3);
  // The last attempts may not have been answered any more.
  expect(idsUnsendable).toBeGreaterThanOrEqual(reconnects as number);
  expect(idsUnsendable).toBeLessThanOrEqual((reconnects as number) + 3);
  // A floor of 100 ms: some thirty for each client in this time, where `retry: 0` would make thousands.
  expect(idsUnsendable).toBeLessThan(500);
});

describe.runIf(process.platform === 'linux')('a thousand clients at an endless line', { tags: ['long'] }, () => {
  /** What clients hold, as much again that is not collected yet, and the process itself. */
  const BOUND_BYTES = 2 * MAX_TEXT_BYTES + 256 * 1024 ** 2;
  /** At the default of 16 MiB nobody would come to the limit in the time of a test. */
  const MAX_LINE = '1MiB';

  it.each([
    ['that is the same for all', () => 0],
    ['of its own', (client: number) => client % 250],
  ])(
    `a thousand clients, each at an endless line %s, take no more than ${BOUND_BYTES / 1024 ** 2} MiB`,
    async (_what, letter) => {
      let answered = 0;
      const pieces = Array.from({ length: 250 }, (_, at) => Buffer.alloc(16 * 1024, String.fromCodePoint(0x100 + at)));
      const raw = await RawServer.start((socket) =>
        afterRequest(socket, () => {
          answered += 1;
          socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: ok\n\ndata: ');
        }),
      );
      closing.push(() => raw.close());
      // To all in turn, so that all of them hold much before the first of them is at its limit; and once the program has
      // had time to read all heads, or a busy machine would keep it from the last ones to the end.
      let turnsSinceAll = 0;
      const pump = setInterval(() => {
        if (answered >= 1000) turnsSinceAll += 1;
        if (turnsSinceAll < 40) return;
        let at = 0;
        for (const socket of raw.sockets) {
          at += 1;
          if (socket.writableLength < 64 * 1024) socket.write(pieces[letter(at)] as Buffer);
        }
      }, 50);
      closing.push(() => clearInterval(pump));
      const program = startProgram([
        'soak',
        '--url',
        `http://127.0.0.1:${raw.port}/`,
        '--clients',
        '1000',
        '--mix',
        'healthy=1',
        '--ramp',
        '1s',
        '--duration',
        '12s',
        '--max-line',
        MAX_LINE,
        '--json',
        '--quiet',
      ]);
      let peakBytes = 0;
      const look = setInterval(() => {
        peakBytes = Math.max(peakBytes, peakRssBytes(program.child.pid as number));
      }, 50);
      closing.push(() => clearInterval(look));
      const { stdout } = await program.outcome;
      const { clients } = parseReport(stdout);
      expect(peakBytes).toBeGreaterThan(50 * 1024 ** 2);
      expect(peakBytes).toBeLessThan(BOUND_BYTES);
      expect(clients.connected).toBe(1000);
      expect(clients.dropped).toBeGreaterThan(0);
      expect(
        Object.keys(clients.dropsByCause).filter((cause) => cause !== 'line-limit' && cause !== 'client-limit'),
      ).toEqual([]);
    },
  );
});

/** VmHWM, the most it ever had; 0 once it is gone. */
function peakRssBytes(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    // It has ended between two looks.
    return 0;
  }
}
