/** Lines of megabytes, for which the standard sets no limit: nobody is accused of them, and they are held once. */
import type { ServerResponse } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { serveStreams } from '../support/stream-server.ts';
import { parseReport, type SoakReport } from '../support/soak-report.ts';

const MIB = 1024 ** 2;
const timers: NodeJS.Timeout[] = [];
afterAll(() => {
  for (const timer of timers) clearInterval(timer);
});

/** Its whole state first, then small changes that are the same for all. @param state of the client of this number */
async function stateFirst(state: (client: number) => string): Promise<string> {
  const streams = new Set<ServerResponse>();
  let clients = 0;
  let n = 0;
  const url = await serveStreams((_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    clients += 1;
    res.write(`event: put\ndata: ${state(clients)}\n\n`);
    streams.add(res);
    res.once('close', () => streams.delete(res));
  });
  const tick = (): void => {
    n += 1;
    for (const res of streams) res.write(`id: ${n}\nevent: tick\ndata: {"seq":${n}}\n\n`);
  };
  timers.push(setInterval(tick, 200));
  return url;
}

const SOAK = ['--json', '--quiet', '--mix', 'healthy=1', '--clients', '60', '--ramp', '1s', '--duration', '5s'];

async function soaked(url: string, ...flags: string[]): Promise<{ code: number | null; report: SoakReport }> {
  const { code, stdout } = await runProgram(['soak', '--url', url, '--settle', '0s', ...SOAK, ...flags]);
  return { code, report: parseReport(stdout) };
}

describe('lines of megabytes', { timeout: 60_000 }, () => {
  const big = JSON.stringify({ flags: 'x'.repeat(2 * MIB) });

  it('probe and soak take a first event of 2 MiB, and sixty clients hold it once', async () => {
    const url = await stateFirst(() => big);
    const { code, report } = await soaked(url);
    expect(report.findings.map(({ id, severity, title }) => [id, severity, title])).toEqual([
      ['not-measured', 'info', expect.anything()],
    ]);
    expect([code, report.verdict]).toEqual([0, 'pass']);
    expect(report.clients).toMatchObject({ connected: 60, dropped: 0 });
    expect(report.events).toMatchObject({ lost: 0, duplicated: 0 });
    expect(report.generator.rssGrowthBytes).toBeLessThan(100 * MIB);
    const { code: probed } = await runProgram(['probe', url, '--json', '--duration', '5s', '--until', 'event']);
    expect(probed).toBe(0);
  });

  it('soak holds no more than its bound of states of 3 MiB that are each client’s own, and accuses nobody', async () => {
    const { report } = await soaked(
      await stateFirst((client) => JSON.stringify({ client, text: `${client % 10}`.repeat(3 * MIB) })),
    );
    expect(report.findings.filter(({ severity }) => severity === 'fail')).toEqual([]);
    expect(report.clients).toMatchObject({ connected: 60, dropped: 0 });
    expect(report.events).toMatchObject({ lost: 0, duplicated: 0 });
    expect(report.generator.rssGrowthBytes).toBeLessThan(300 * MIB);
  });

  it('probe and soak find a line that is longer than they were told, and say the limit', async () => {
    const url = await stateFirst(() => big);
    const { code, report } = await soaked(url, '--max-line', '1MiB');
    expect(code).toBe(1);
    const [finding] = report.findings.filter(({ id }) => id === 'oversize-event');
    expect(finding).toMatchObject({ severity: 'fail', evidence: { maxLineBytes: MIB } });
    expect(finding?.title).toContain('more than 1MiB');
    const { code: probed, stdout } = await runProgram(['probe', url, '--json', '--max-line', '1MiB']);
    expect(probed).toBe(2);
    expect(stdout).toContain('The stream had a line of more than 1MiB');
  });
});
