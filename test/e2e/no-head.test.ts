/** Connections that stand and get no response head, or get it with the first event: what both commands say. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { parseReport, type SoakReport } from '../support/soak-report.ts';
import { serveStreams } from '../support/stream-server.ts';
import { undisturbed } from '../support/undisturbed.ts';
import { Authority } from '../wire/certificates.ts';

const closers: (() => void)[] = [];
afterAll(() => {
  for (const close of closers.splice(0)) close();
});

const SOAK = ['--clients', '12', '--ramp', '500ms', '--mix', 'healthy=1', '--settle', '0s', '--json', '--quiet'];

interface Check {
  id: string;
  status: string;
  title: string;
  hint: string;
}

async function probed(url: string, ...more: string[]): Promise<{ code: number | null; check: (id: string) => Check }> {
  const { code, stdout } = await runProgram(['probe', url, '--format', 'json', ...more]);
  const { checks } = JSON.parse(stdout) as { checks: Check[] };
  return { code, check: (wanted) => checks.find(({ id }) => id === wanted) as Check };
}

function finding({ findings }: SoakReport, wanted: string): SoakReport['findings'][number] | undefined {
  return findings.find(({ id }) => id === wanted);
}

/** An event each period, by a timer of the connection; `head` sends the head at once. */
function streams(periodMs: number, head: boolean) {
  return (_req: IncomingMessage, res: ServerResponse): void => {
    let seq = 0;
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    if (head) res.flushHeaders();
    const timer = setInterval(() => res.write(`data: {"seq":${++seq}}\n\n`), periodMs);
    res.on('close', () => clearInterval(timer));
  };
}

/** Serves one client and lets the others wait, as a worker that takes one request at a time. */
function oneAtATime(): (req: IncomingMessage, res: ServerResponse) => void {
  const waiting: (() => void)[] = [];
  let isBusy = false;
  const serve = streams(200, true);
  const next = (): void => {
    const begin = waiting.shift();
    isBusy = begin !== undefined;
    begin?.();
  };
  return (req, res) => {
    waiting.push(() => {
      res.on('close', next);
      if (res.destroyed) next();
      else serve(req, res);
    });
    if (!isBusy) next();
  };
}

describe.concurrent('a server without a head', () => {
  it('a server without a head for the second client is told by a probe as one that serves one at a time', async () => {
    const { code, check } = await probed(await serveStreams(oneAtATime()), '--duration', '6s');
    expect([code, check('status').status]).toEqual([2, 'fail']);
    expect(check('status').title).toMatch(
      /^a second client got no response within .* the server serves one client at a time$/,
    );
  });

  it('a server without a head for all but one client is told by a soak with how many wait', async () => {
    const { code, report } = await undisturbed([
      'soak',
      '--url',
      await serveStreams(oneAtATime()),
      ...SOAK,
      '--duration',
      '5s',
    ]);
    expect([code, report.findings.filter(({ severity }) => severity === 'fail').map(({ id }) => id)]).toEqual([
      1,
      ['connect-refused'],
    ]);
    expect(finding(report, 'connect-refused')?.title).toMatch(
      /^1 of 1\d clients got a response; the other \d+ got no response headers within /,
    );
  });

  it('a server without a head before its first event is told by a probe, where each connection has its own timer', async () => {
    const { check } = await probed(await serveStreams(streams(1000, false)), '--duration', '6s');
    expect([check('late-headers').status, check('status').status]).toEqual(['warn', 'pass']);
    expect(check('late-headers').title).toMatch(/^The response headers arrive only with the first event: /);
    expect(check('late-headers').hint).toContain('flushHeaders');
  });

  it('a server without a head before its first event is told by a soak, where each connection has its own timer', async () => {
    const { report } = await undisturbed([
      'soak',
      '--url',
      await serveStreams(streams(1000, false)),
      ...SOAK,
      '--duration',
      '4s',
    ]);
    expect(finding(report, 'late-headers')?.title).toMatch(
      /^The response headers arrive only with the first event: 1\d /,
    );
    expect(finding(report, 'late-headers')?.hint).toContain('flushHeaders');
    expect(finding(report, 'connect-refused')).toBeUndefined();
  });

  it('a server without a head that is late gets neither word', async () => {
    const url = await serveStreams(streams(1000, true));
    const [{ check }, { report }] = await Promise.all([
      probed(url, '--duration', '6s'),
      undisturbed(['soak', '--url', url, ...SOAK, '--duration', '4s']),
    ]);
    expect([check('late-headers').status, check('status').status]).toEqual(['pass', 'pass']);
    expect([finding(report, 'late-headers'), finding(report, 'connect-refused')]).toEqual([undefined, undefined]);
  });
});

/** Answers so many streams of each connection and leaves the others waiting, as a proxy whose pool is full. */
async function fewStreams(answered: number): Promise<string> {
  const { certificate: cert, key } = new Authority().issue({ name: 'localhost', ipv4: ['127.0.0.1'] });
  const server = createSecureServer({ cert, key, allowHTTP1: false });
  const open = new Set<() => void>();
  server.on('session', (session) => {
    let begun = 0;
    session.on('error', () => {});
    session.on('stream', (stream: ServerHttp2Stream) => {
      stream.on('error', () => {});
      if (++begun > answered) return;
      stream.respond({ ':status': 200, 'content-type': 'text/event-stream' });
      let seq = 0;
      const timer = setInterval(() => stream.write(`id: ${++seq}\ndata: {"seq":${seq}}\n\n`), 200);
      stream.on('close', () => clearInterval(timer));
    });
    open.add(() => session.destroy());
  });
  closers.push(() => {
    for (const close of open) close();
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

it('a connection of HTTP/2 on which six of its streams are answered is told as that, and more connections cure it', async () => {
  const args = [...SOAK, '--clients', '60', '--duration', '4s', '--insecure', '--transport', 'undici'];
  const url = await fewStreams(6);
  const { report } = await undisturbed(['soak', '--url', url, ...args]);
  const told = finding(report, 'connect-refused');
  expect(told?.title).toMatch(
    /^6 of \d+ clients got a response over one shared HTTP\/2 connection; the other \d+ got no response headers/,
  );
  expect(told?.hint).toContain('--streams-per-connection 6');
  const cured = await undisturbed(['soak', '--url', url, ...args, '--streams-per-connection', '6']);
  expect(finding(cured.report, 'connect-refused')).toBeUndefined();
});

it.each<[status: number, body: string, headers: Record<string, string>, says: string, advice: RegExp]>([
  [
    401,
    '{"message":"who are you"}',
    { 'WWW-Authenticate': 'Bearer' },
    '“who are you”, `WWW-Authenticate: Bearer`',
    /--bearer-env/,
  ],
  [404, 'no such stream', {}, '“no such stream”', /path/],
  [426, '', { Upgrade: 'websocket' }, '`Upgrade: websocket`', /another protocol/],
  [429, 'slow down', { 'Retry-After': '7' }, '“slow down”, `Retry-After: 7`', /limits the request rate/],
  [503, '<title>Maintenance</title>', { 'Retry-After': '60' }, '“Maintenance”, `Retry-After: 60`', /full or not ready/],
])(
  'an answer %d is told by both commands in its own words, with the same advice',
  async (status, body, headers, says, advice) => {
    const url = await serveStreams((_req, res) => void res.writeHead(status, headers).end(body));
    const [{ check }, { stdout, code }] = await Promise.all([
      probed(url),
      runProgram(['soak', '--url', url, ...SOAK, '--duration', '1s']),
    ]);
    const told = finding(parseReport(stdout), 'connect-refused');
    expect([code, told?.severity, check('status').status]).toEqual([1, 'fail', 'fail']);
    for (const title of [told?.title, check('status').title]) expect(title).toContain(` says ${says}`);
    // Flags that one command has only are named by that one only.
    expect(told?.hint.replace(' (--ramp, --retry)', '')).toBe(check('status').hint);
    expect(told?.hint).toMatch(advice);
  },
);

/** One client is let in, and all behind it are refused, each after its time. */
function refusedLate(waitMs: (client: number) => number): (req: IncomingMessage, res: ServerResponse) => void {
  let clients = 0;
  const flow = streams(200, true);
  return (req, res) => {
    // The first is the one that looks before the run.
    if (++clients <= 2) flow(req, res);
    else setTimeout(() => res.writeHead(503).end('time is up'), waitMs(clients));
  };
}

async function refusals(waitMs: (client: number) => number): Promise<SoakReport['findings'][number] | undefined> {
  const url = await serveStreams(refusedLate(waitMs));
  const { report } = await undisturbed(['soak', '--url', url, ...SOAK, '--duration', '3s']);
  return finding(report, 'connect-refused');
}

it('answers 503 that come all after the same time are told as a time limit, and others as a server that is full', async () => {
  const [same, varying] = await Promise.all([refusals(() => 1500), refusals((client) => 1000 + 150 * client)]);
  for (const told of [same, varying])
    expect(told?.title).toMatch(/^11 connection attempts failed \(http-status: status 503\)/);
  expect(same?.hint).toMatch(/^Each of 11 arrived after 1\.5s, .*TimeoutHandler/);
  expect(varying?.hint).toMatch(/^The server is full/);
});

it('a proxy of the environment that the lean transport does not use is said where the target cannot be reached', async () => {
  const { code, stderr } = await runProgram(['soak', '--url', 'http://no-such-host.invalid/', ...SOAK], {
    limits: 'export http_proxy=http://127.0.0.1:9',
  });
  expect(code).toBe(4);
  expect(stderr).toMatch(/could not be resolved.*\n {2}.*http_proxy sets a proxy.*--transport undici/);
});
