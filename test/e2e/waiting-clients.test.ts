/** A server that waits for one client before it writes to the next, and whose events say no time. */
import type { ServerResponse } from 'node:http';
import { afterAll, expect, it } from 'vitest';
import { serveStreams } from '../support/stream-server.ts';
import { undisturbed } from '../support/undisturbed.ts';

const HEALTHY = 11;
const PERIOD_MS = 100;
const WAITS_MS = 5000;

const timers: NodeJS.Timeout[] = [];
afterAll(() => timers.forEach((timer) => clearInterval(timer)));

/** The last to come is the one that reads nothing: everything waits for it, until it is removed. */
function waitingServer(waits: boolean): Promise<string> {
  const clients = new Set<ServerResponse>();
  const kept: string[] = [];
  let turn = 0;
  let isWaiting = false;
  timers.push(
    setInterval(() => {
      kept.push(`data: event ${(turn += 1)}\n\n`);
      if (isWaiting) return;
      for (const event of kept.splice(0)) for (const client of clients) client.write(event);
    }, PERIOD_MS),
  );
  return serveStreams((_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
    clients.add(res);
    res.on('close', () => clients.delete(res));
    if (!waits || clients.size <= HEALTHY) return;
    setTimeout(() => (isWaiting = true), 1000);
    setTimeout(() => {
      isWaiting = false;
      res.destroy();
    }, 1000 + WAITS_MS);
  });
}

it.concurrent.each([
  [
    true,
    /^head-of-line-blocking: While 1 client read nothing, 11 of 11 healthy clients received no event for up to \d/,
  ],
  [false, /^$/],
])(
  'a server without times in its events that waits for a client that accepts nothing (%s) is told by its pauses: %s',
  async (waits, says) => {
    const args = ['--clients', String(HEALTHY + 1), '--mix', 'healthy=11,stalled=1', '--ramp', '500ms'];
    const url = await waitingServer(waits);
    const { report } = await undisturbed([
      'soak',
      '--url',
      url,
      ...args,
      '--duration',
      '11s',
      '--settle',
      '0s',
      '--json',
    ]);
    const failed = report.findings.filter(({ severity }) => severity === 'fail');
    expect(failed.map(({ id, title }) => `${id}: ${title}`).join(' '), JSON.stringify(report.findings)).toMatch(says);
  },
  120_000,
);
