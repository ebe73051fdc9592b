/** What a foreign server counts of its clients: whether it forgets those that have left, beside those of others. */
import { request, type ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { serveStreams } from '../support/stream-server.ts';
import { failures, type SoakReport } from '../support/soak-report.ts';
import { undisturbed } from '../support/undisturbed.ts';

/** @param forgets whether clients that close are removed */
async function counting(forgets: boolean): Promise<string> {
  const clients = new Set<ServerResponse>();
  let n = 0;
  const timer = setInterval(() => {
    n += 1;
    for (const client of clients) client.write(`id: ${n}\ndata: {"seq":${n},"sent":${Date.now()}}\n\n`);
  }, 250);
  timer.unref();
  return serveStreams((req, res) => {
    if (req.url === '/stats') {
      res.end(JSON.stringify({ clients: { connected: clients.size } }));
      return;
    }
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    res.write(': hello\n\n');
    clients.add(res);
    if (forgets) res.once('close', () => clients.delete(res));
  });
}

/** Clients of other users, who stay. */
async function others(url: string, count: number): Promise<void> {
  const come = (): Promise<void> =>
    new Promise((resolve, reject) => {
      request(url, (res) => {
        res.on('error', () => {});
        res.resume();
        resolve();
      })
        .on('error', reject)
        .end();
    });
  await Promise.all(Array.from({ length: count }, come));
}

const LOAD = ['--clients', '10', '--ramp', '300ms', '--duration', '3s', '--churn', '4/s', '--settle', '3s'];

async function soak(url: string): Promise<{ report: SoakReport; code: number | null; leaked: number }> {
  const asked = ['--server-clients', `${url}stats#/clients/connected`, '--threshold', 'server.clients.leaked==0'];
  const { report, code } = await undisturbed(
    ['soak', '--url', `${url}events`, '--mix', 'healthy=1', '--json', '--quiet'].concat(LOAD, asked),
  );
  return { report, code, leaked: report.thresholds[0]?.actual ?? Number.NaN };
}

describe.concurrent('the count of clients of a foreign server', () => {
  it.each([0, 3])('comes back to the %s clients of others where those who left are forgotten', async (foreign) => {
    const url = await counting(true);
    await others(url, foreign);
    const { report, code, leaked } = await soak(url);
    const { clientsBefore, clientsAfter } = report.server;
    expect([code, clientsBefore, clientsAfter, leaked, failures(report)]).toEqual([0, foreign, foreign, 0, []]);
  });

  it.each([0, 3])('tells a leak, beside %s clients of others', async (foreign) => {
    const url = await counting(false);
    await others(url, foreign);
    const { report, code, leaked } = await soak(url);
    expect([code, report.server.clientsBefore, failures(report)]).toEqual([1, foreign, ['client-leak']]);
    // Who left before the stream began may never have been counted; the ten, and those whom they replaced, were.
    expect(leaked).toBeGreaterThanOrEqual(15);
    expect(report.server.clientsAfter).toBe(foreign + leaked);
  });
});
