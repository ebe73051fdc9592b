/** A server with so many places: one gives them back whoever leaves, one forgets those of clients that never began. */
import { describe, expect, it } from 'vitest';
import { serveStreams } from '../support/stream-server.ts';
import type { SoakReport } from '../support/soak-report.ts';
import { undisturbed } from '../support/undisturbed.ts';

const PLACES = 14;

/**
 * Some requests are looked at later than those behind them, as where a session is looked up first: the client that takes
 * over is not always before the one that leaves at once.
 *
 * @param givesBack also the place of a client that leaves before its stream begins
 */
function withPlaces(givesBack: boolean): Promise<string> {
  let taken = 0;
  let requests = 0;
  return serveStreams((_req, res) => {
    requests += 1;
    setTimeout(
      () => {
        if (givesBack && res.destroyed) return;
        if (taken >= PLACES) {
          res.writeHead(503).end('full');
          return;
        }
        taken += 1;
        const release = (): void => {
          taken -= 1;
        };
        if (givesBack) res.once('close', release);
        setTimeout(() => {
          if (res.destroyed) return;
          if (!givesBack) res.once('close', release);
          res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
          let n = 0;
          const timer = setInterval(() => res.write(`id: ${(n += 1)}\ndata: {"n":${n}}\n\n`), 200);
          res.once('close', () => clearInterval(timer));
        }, 30);
      },
      (requests % 3) * 15,
    );
  });
}

async function refusals(url: string, clients: number): Promise<{ title: string; report: SoakReport }> {
  const load = ['--clients', `${clients}`, '--ramp', '300ms', '--duration', '5s', '--churn', '12/s'];
  const { report } = await undisturbed(
    ['soak', '--url', url, '--mix', 'healthy=1', '--settle', '1s', '--json', '--quiet'].concat(load),
  );
  return { title: report.findings.find(({ id }) => id === 'connect-refused')?.title ?? '', report };
}

describe.concurrent('a server with 14 places', () => {
  it('that never gets back those of clients that left before their stream began is told as that', async () => {
    const { title, report } = await refusals(await withPlaces(false), 8);
    expect(title).toMatch(
      /after \d+ clients had disconnected, while \d of at most \d were connected, and without any other client only \d of \d were accepted/,
    );
    expect(report.exitCode).toBe(1);
  });

  it('that gets all of them back refuses nobody', async () => {
    const { title } = await refusals(await withPlaces(true), 8);
    expect(title).toBe('');
  });

  it('that is full has a limit, and leaks nothing', async () => {
    const { title } = await refusals(await withPlaces(true), 20);
    expect(title).toMatch(
      /^\d+ connection attempts failed \(http-status: status 503[^.]*\)[^.]*\. It happened to \d+ of \d+ clients, [^.]*\.$/,
    );
  });
});
