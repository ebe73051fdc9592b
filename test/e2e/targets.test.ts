import { mkdtempSync, existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { failures, readReport } from '../support/soak-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-targets-'));
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function serve(listener: RequestListener): Promise<{ url: string; requests: () => number }> {
  let requests = 0;
  const server = createServer((req, res) => {
    requests += 1;
    listener(req, res);
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`, requests: () => requests };
}

const FEW = ['--clients', '40', '--ramp', '500ms', '--duration', '4s'];

it('a target that refuses the first attempt costs one client, not the 200,000 that were planned: the report counts them, and none was built', async () => {
  const file = join(folder, 'refused.json');
  const nothing = await serve((_req, res) => res.writeHead(404).end('no'));
  const args = ['--clients', '200000', '--processes', '20', '--mix', 'healthy=3,stalled=1'];
  const { code } = await runProgram(['soak', '--url', nothing.url, ...args, '--report', `json=${file}`]);
  const report = readReport(file);
  expect([code, report.verdict, failures(report), nothing.requests()]).toEqual([1, 'fail', ['connect-refused'], 1]);
  expect(report.clients).toMatchObject({ planned: 200_000, connected: 0, refused: 1, ends: { idle: 200_000 } });
  const byKind = Object.entries(report.clients.byKind).map(([kind, { planned }]) => [kind, planned]);
  expect(Object.fromEntries(byKind)).toEqual({ healthy: 150_000, stalled: 50_000 });
  // A fleet of that size takes 150 MB.
  expect(report.generator.rssGrowthBytes).toBeLessThan(50e6);
});

it.each(['soak', 'probe', 'listen'])(
  'user information with a %% that begins no escape is sent as curl sends it by %s',
  async (command) => {
    let authorization: string | undefined;
    const asked = await serve((req, res) => {
      authorization ??= req.headers.authorization;
      res.writeHead(404).end();
    });
    const url = asked.url.replace('http://', 'http://us%er:p%41w@');
    const { stderr } = await runProgram([command, ...(command === 'soak' ? ['--url', url, ...FEW] : [url])]);
    expect([authorization, stderr]).toEqual([
      `Basic ${Buffer.from('us%er:pAw').toString('base64')}`,
      expect.not.stringMatching(/URIError|\n {4}at /),
    ]);
  },
);

it('a target that is no stream that is a web page is met by one client, and is the finding not-event-stream', async () => {
  const file = join(folder, 'page.json');
  const page = await serve((_req, res) => res.setHeader('Content-Type', 'text/html').end('<h1>hello</h1>'));
  const { code, stdout } = await runProgram(['soak', '--url', page.url, ...FEW, '--report', `json=${file}`]);
  expect([code, failures(readReport(file))]).toEqual([1, ['not-event-stream']]);
  expect(stdout).toContain('text/html');
  expect(page.requests()).toBe(1);
});

it('a target that is no stream that answers 503 is met by one client, and is the finding connect-refused', async () => {
  const file = join(folder, '503.json');
  const busy = await serve((_req, res) => res.writeHead(503, { 'Retry-After': '5' }).end());
  const { code, stdout } = await runProgram(['soak', '--url', busy.url, ...FEW, '--report', `json=${file}`]);
  expect([code, failures(readReport(file))]).toEqual([1, ['connect-refused']]);
  expect(stdout).toContain('status 503');
  expect(busy.requests()).toBe(1);
});

it('a target that is no stream at a port where nobody listens is said in two lines, exit 4, and nothing is written', async () => {
  const file = join(folder, 'nobody.json');
  const gone = await serve(() => {});
  servers.at(-1)?.close();
  const { code, stdout, stderr } = await runProgram([
    'soak',
    '--url',
    gone.url,
    ...FEW,
    '--quiet',
    '--report',
    `json=${file}`,
  ]);
  expect([code, stdout, existsSync(file)]).toEqual([4, '', false]);
  expect(stderr).toMatch(/^sse-probe: 127\.0\.0\.1:\d+ cannot be reached: refused .*\n {2}\S.*\n$/);
});

it('a target that is no stream with a name that does not resolve is said in two lines, exit 4', async () => {
  const { code, stderr } = await runProgram(['soak', '--url', 'http://no-such-host.invalid/events', ...FEW, '--quiet']);
  expect(code).toBe(4);
  expect(stderr).toContain('no-such-host.invalid could not be resolved');
});

it('a target that is no stream that accepts and never answers is judged after the time for headers, by the finding connect-refused', async () => {
  const file = join(folder, 'mute.json');
  const mute = await serve(() => {});
  const args = [...FEW, '--quiet', '--headers-timeout', '500ms', '--report', `json=${file}`];
  const { code } = await runProgram(['soak', '--url', mute.url, ...args]);
  const report = readReport(file);
  expect([code, failures(report), mute.requests()]).toEqual([1, ['connect-refused'], 1]);
  const [finding] = report.findings;
  expect(finding?.title).toContain('Connected, but no response headers within 500ms');
  expect(finding?.hint).toMatch(/proxy_buffering off.*X-Accel-Buffering: no.*flushHeaders/);
});

it('a stream of somebody else without numbers, times, ids and promises passes, and the report says what could not be measured', async () => {
  const file = join(folder, 'plain.json');
  const plain = await serve((_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const timer = setInterval(() => res.write('data: hello\n\n'), 100);
    res.on('close', () => clearInterval(timer));
  });
  const { code } = await runProgram([
    'soak',
    '--url',
    plain.url,
    ...FEW,
    '--mix',
    'healthy=1',
    '--report',
    `json=${file}`,
  ]);
  const report = readReport(file);
  expect([code, report.verdict]).toEqual([0, 'pass']);
  expect(report.findings.map(({ id, severity }) => [id, severity])).toEqual([
    ['no-event-ids', 'warn'],
    ['not-measured', 'info'],
  ]);
  expect(report.events['received']).toBeGreaterThan(500);
  expect([report.events['lost'], report.latencyMs['count']]).toEqual([null, 0]);
});

it('a stream of somebody else that drops 7 events for 3 of 50 clients has lost exactly 21', async () => {
  const file = join(folder, 'lossy.json');
  let clients = 0;
  const lossy = await serve((_req, res) => {
    clients += 1;
    // The first one only looks whether there is a stream.
    const unlucky = clients > 1 && clients <= 4;
    let seq = 0;
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const timer = setInterval(() => {
      seq += 1;
      if (!(unlucky && seq > 10 && seq <= 17)) res.write(`id: ${seq}\ndata: {"seq":${seq}}\n\n`);
    }, 50);
    res.on('close', () => clearInterval(timer));
  });
  const { code } = await runProgram([
    'soak',
    '--url',
    lossy.url,
    '--clients',
    '50',
    '--ramp',
    '500ms',
    '--duration',
    '4s',
    '--mix',
    'healthy=1',
    '--report',
    `json=${file}`,
  ]);
  const report = readReport(file);
  expect([
    code,
    failures(report),
    report.events['lost'],
    report.events['duplicated'],
    report.events['reordered'],
  ]).toEqual([1, ['event-lost'], 21, 0, 0]);
});

it.runIf(process.platform === 'linux')(
  'this machine without enough descriptors refuses before it starts, exit 3, with the limit to set',
  async () => {
    const { code, stdout, stderr } = await runProgram(['soak', '--clients', '1000', '--quiet'], {
      limits: 'ulimit -n 256',
    });
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('the limit of this process is 256');
    expect(stderr).toContain('ulimit -n 1064');
  },
);

it('this machine makes the folder of a report before anything is started, and refuses one that cannot be made', async () => {
  const deep = join(folder, 'no', 'such', 'folder.json');
  const absent = ['soak', '--url', 'http://127.0.0.1:1/', ...FEW, '--quiet', '--report'];
  expect(await runProgram([...absent, `json=${deep}`])).toMatchObject({ code: 4 });
  expect(existsSync(dirname(deep))).toBe(true);
  const { code, stderr } = await runProgram([...absent, 'json=package.json/deep/report.json']);
  expect(code).toBe(2);
  expect(stderr).toContain('--report: package.json/deep cannot be created or written (ENOTDIR)\n');
});

it('this machine refuses a fault that does not exist, and names those that do', async () => {
  const { code, stderr } = await runProgram(['soak', '--fault', 'no-such-fault']);
  expect(code).toBe(2);
  expect(stderr).toContain('naive');
});
