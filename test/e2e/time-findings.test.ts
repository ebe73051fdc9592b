/** What only the course of time shows, against small servers that do one thing wrong, or almost. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { parseReport, type SoakReport } from '../support/soak-report.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Streams that `open` fills; the address they are at. */
async function serve(open: (res: ServerResponse) => void): Promise<string> {
  const server = createServer((_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', Connection: 'close' });
    res.flushHeaders();
    open(res);
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function soak(url: string, ...flags: string[]): Promise<SoakReport> {
  const { stdout, stderr } = await runProgram([
    'soak',
    '--url',
    url,
    '--json',
    '--seed',
    '7',
    '--mix',
    'healthy=1',
    ...flags,
  ]);
  if (stdout === '') throw new Error(`no report: ${stderr}`);
  return parseReport(stdout);
}

function finding(report: SoakReport, id: string): SoakReport['findings'][number] | undefined {
  return report.findings.find((one) => one.id === id);
}

it('streams that end after one silence are cut by an idle limit, at whatever age', async () => {
  let streams = 0;
  const url = await serve((res) => {
    let left = 1 + (streams++ % 7);
    const speak = (): void => {
      res.write('data: x\n\n');
      left -= 1;
      setTimeout(left > 0 ? speak : () => res.destroy(), left > 0 ? 300 : 3000);
    };
    speak();
  });
  const report = await soak(url, '--clients', '30', '--ramp', '3s', '--duration', '9s', '--retry', '500ms');
  const cut = finding(report, 'idle-cut');
  expect(cut?.severity, JSON.stringify(report.findings)).toBe('fail');
  expect(cut?.evidence['kind']).toBe('idle');
  expect(cut?.evidence['limitMs']).toBeGreaterThan(2800);
  expect(cut?.evidence['limitMs']).toBeLessThan(3400);
  expect(finding(report, 'client-dropped')).toBeDefined();
});

it('streams that end at one instant, all of them, are not cut by a limit', async () => {
  const open = new Set<ServerResponse>();
  const url = await serve((res) => {
    open.add(res);
    res.once('close', () => open.delete(res));
    res.write(`retry: ${1000 + Math.round(Math.random() * 2000)}\n\n`);
  });
  const timer = setInterval(() => {
    for (const res of open) res.destroy();
  }, 4000);
  const report = await soak(url, '--clients', '40', '--ramp', '500ms', '--duration', '10s');
  clearInterval(timer);
  expect(report.clients.dropped).toBeGreaterThan(40);
  expect(finding(report, 'idle-cut'), JSON.stringify(report.findings)).toBeUndefined();
  expect(finding(report, 'reconnect-storm')).toBeUndefined();
});

it('streams that end all at once and come back after one reconnection time are a storm', async () => {
  const open = new Set<ServerResponse>();
  const url = await serve((res) => {
    open.add(res);
    res.once('close', () => open.delete(res));
  });
  const timer = setTimeout(() => {
    for (const res of open) res.destroy();
  }, 4000);
  const report = await soak(url, '--clients', '40', '--ramp', '500ms', '--duration', '8s', '--retry', '1s');
  clearTimeout(timer);
  const storm = finding(report, 'reconnect-storm');
  expect(storm?.severity, JSON.stringify(report.findings)).toBe('warn');
  expect(storm?.evidence['dropped']).toBe(40);
  expect(storm?.evidence['peak']).toBeGreaterThan(26);
});

it('streams that end before their clients could have come back, again and again, are a loop', async () => {
  const url = await serve((res) => {
    res.write('retry: 200\ndata: x\n\n');
    setTimeout(() => res.end(), 50);
  });
  const report = await soak(url, '--clients', '10', '--ramp', '100ms', '--duration', '5s');
  const loop = finding(report, 'reconnect-storm');
  expect(loop?.title, JSON.stringify(report.findings)).toContain('in a loop');
  expect(loop?.evidence['shortLives']).toBeGreaterThan(50);
  expect(finding(report, 'idle-cut')).toBeUndefined();
});
