/** What is planned is no fault: streams that end because the server said so, and come back. */
import type { ServerResponse } from 'node:http';
import { describe, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { failures } from '../support/soak-report.ts';
import { serveStreams } from '../support/stream-server.ts';
import { undisturbed } from '../support/undisturbed.ts';

const LAST_ID = 8;

/** Numbered events behind Last-Event-ID, a last event that says so, and 204 for a client that has heard all. */
function finite(): Promise<string> {
  return serveStreams((req, res) => {
    let n = Number(req.headers['last-event-id'] ?? 0);
    if (n >= LAST_ID) {
      res.writeHead(204).end();
      return;
    }
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    res.write('retry: 300\n\n');
    const timer = setInterval(() => {
      n += 1;
      if (n <= LAST_ID) res.write(`id: ${n}\ndata: {"seq":${n}}\n\n`);
      else res.end('event: done\ndata: {}\n\n');
    }, 300);
    req.once('close', () => clearInterval(timer));
    res.once('close', () => clearInterval(timer));
  });
}

/** Jobs of 3 to 12 steps with ids of their own, each to its end; who returns with an id gets another job. */
function jobs(): Promise<string> {
  let opened = 0;
  return serveStreams((_req, res) => {
    const steps = 3 + ((opened++ * 7) % 10);
    let step = 0;
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    res.write('retry: 200\n\n');
    const timer = setInterval(() => {
      step += 1;
      if (step <= steps) res.write(`id: ${step}\ndata: {"step":${step},"of":${steps}}\n\n`);
      else res.end('event: done\ndata: {}\n\n');
    }, 100);
    res.once('close', () => clearInterval(timer));
  });
}

/** Each stream is ended without a word at an age of 2.5 to 3.4 s; who returns with an id gets what was missed. */
function rotating(): Promise<string> {
  let n = 0;
  const open = new Set<ServerResponse>();
  const timer = setInterval(() => {
    n += 1;
    for (const res of open) res.write(`id: ${n}\ndata: {"seq":${n}}\n\n`);
  }, 200);
  timer.unref();
  let opened = 0;
  return serveStreams((req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    res.write('retry: 200\n\n');
    for (let id = Number(req.headers['last-event-id'] ?? n) + 1; id <= n; id++)
      res.write(`id: ${id}\ndata: {"seq":${id}}\n\n`);
    open.add(res);
    opened += 1;
    const end = setTimeout(() => res.end(), 2500 + ((opened * 7) % 16) * 60);
    res.once('close', () => {
      open.delete(res);
      clearTimeout(end);
    });
  });
}

const HEALTHY = ['--json', '--mix', 'healthy=1', '--clients', '6', '--ramp', '1s', '--duration', '8s'];

describe.concurrent('planned ends', { timeout: 120_000 }, () => {
  it('the streams of our own server that end at --max-age are counted as rotated, and lose nothing', async ({
    expect,
  }) => {
    const { report } = await undisturbed([
      'soak',
      '--server-arg=--max-age=3s',
      '--server-arg=--retry=300ms',
      ...HEALTHY,
    ]);
    expect(failures(report)).toEqual([]);
    expect([report.clients.dropped, report.clients.dropsByCause, report.events['lost']]).toEqual([0, {}, 0]);
    expect(report.clients.rotated).toBeGreaterThan(6);
  });

  it('streams that say that they are over, and 204 behind them, are no fault for a soak', async ({ expect }) => {
    const { report } = await undisturbed(['soak', '--url', await finite(), ...HEALTHY]);
    expect(failures(report)).toEqual([]);
    expect(report.clients.refused).toBe(6);
  });

  it('streams that end without a word at spread ages, and whose clients miss nothing, are counted as rotated', async ({
    expect,
  }) => {
    const { report } = await undisturbed(['soak', '--url', await rotating(), ...HEALTHY]);
    expect(failures(report)).toEqual([]);
    expect([report.clients.dropped, report.events['lost']]).toEqual([0, 0]);
    expect(report.clients.rotated).toBeGreaterThan(6);
  });

  it('streams with ends of their own, which differ in length, are compared with nobody, also without --until', async ({
    expect,
  }) => {
    const { report } = await undisturbed(['soak', '--url', await jobs(), ...HEALTHY]);
    expect(failures(report), JSON.stringify(report.findings)).toEqual([]);
    expect(report.clients.rotated).toBeGreaterThan(20);
    expect(report.questions.find(({ id }) => id === 'loss')?.notJudged[0]).toContain(
      'streams that end cannot be compared',
    );
  });

  it('a stream that says that it is over is complete for a probe', async ({ expect }) => {
    const { stdout, code } = await runProgram(['probe', await finite(), '--json', '--duration', '10s']);
    const { checks } = JSON.parse(stdout) as { checks: { id: string; status: string; title: string }[] };
    expect(checks.find(({ id }) => id === 'completion')).toMatchObject({
      status: 'pass',
      title: expect.stringContaining('ended by the server as announced') as string,
    });
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(code).toBeLessThan(2);
  });
});
