/** Events that reach one of several instances, or one group of the clients: told by that structure; sound servers are not accused. */
import type { RequestListener, ServerResponse } from 'node:http';
import { afterAll, describe, it } from 'vitest';
import { serveStreams } from '../support/stream-server.ts';
import { failures, type SoakReport } from '../support/soak-report.ts';
import { undisturbed } from '../support/undisturbed.ts';

const SOAK = [
  '--clients',
  '20',
  '--ramp',
  '500ms',
  '--duration',
  '7s',
  '--settle',
  '0s',
  '--mix',
  'healthy=1',
  '--json',
];
const PERIOD_MS = 150;

const timers: NodeJS.Timeout[] = [];
afterAll(() => timers.forEach((timer) => clearInterval(timer)));

/** Says to the clients of each instance what it is to say in this turn. */
class Instances {
  readonly clients: Set<ServerResponse>[];
  private turn = 0;
  private asked = 0;

  constructor(count: number, say: (turn: number, instance: number) => string | null) {
    this.clients = Array.from({ length: count }, () => new Set<ServerResponse>());
    const publish = (): void => {
      this.turn += 1;
      for (const [instance, clients] of this.clients.entries()) {
        const event = say(this.turn, instance);
        for (const client of clients) client.write(event ?? ': ping\n\n');
      }
    };
    timers.push(setInterval(publish, PERIOD_MS));
  }

  /** Takes clients in turn, as a load balancer does, or those of one instance. */
  listener(instance: number | null = null): RequestListener {
    return (_req, res) => {
      const clients = this.clients[instance ?? this.asked++ % this.clients.length] as Set<ServerResponse>;
      res.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      clients.add(res);
      res.on('close', () => clients.delete(res));
    };
  }
}

const numbered = (n: number): string => `id: ${n}\ndata: {"seq":${n},"sent":${Date.now()}}\n\n`;

async function soak(urls: readonly string[]): Promise<SoakReport> {
  const { report } = await undisturbed(['soak', ...urls.flatMap((url) => ['--url', url]), ...SOAK]);
  return report;
}

describe.concurrent('events that reach', { timeout: 60_000 }, () => {
  it('events that reach the clients of one of two instances behind one address are lost to the others, and the groups are told', async ({
    expect,
  }) => {
    const turns = new Instances(2, (n, instance) => (n % 2 === instance ? numbered(n) : null));
    const report = await soak([await serveStreams(turns.listener())]);
    expect(failures(report)).toEqual(['event-lost']);
    const [lost] = report.findings;
    expect(lost?.title).toMatch(
      /^Clients form 2 groups that share no event: .*10 received .*10 received .*All events share one numbering/,
    );
    expect(lost?.evidence).toMatchObject({ structure: 'groups', clients: 20, numbering: 'id' });
  });

  it('events that reach one of two URLs only are told as targets that differ', async ({ expect }) => {
    const onA = new Instances(2, (n, instance) => (instance === 0 ? numbered(n) : null));
    const urls = await Promise.all([serveStreams(onA.listener(0)), serveStreams(onA.listener(1))]);
    const report = await soak(urls);
    expect(failures(report)).toEqual(['targets-differ']);
    expect(report.findings[0]?.title).toMatch(/^No event reached all 10 clients of http/);
    expect(report.findings[0]?.evidence).toMatchObject({ kind: 'silent', targets: [{ unheard: 0 }, { unheard: 10 }] });
  });

  it('events that reach all instances, under ids of each and with the time of each writing, accuse nobody', async ({
    expect,
  }) => {
    const all = new Instances(
      2,
      (n, instance) => `id: ${n + 100 * instance}\ndata: {"v":"${n}","at":${Date.now()}}\n\n`,
    );
    const urls = await Promise.all([serveStreams(all.listener(0)), serveStreams(all.listener(1))]);
    const report = await soak(urls);
    expect([report.verdict, failures(report)], JSON.stringify(report.findings)).toEqual(['pass', []]);
    expect(report.findings.map(({ id }) => id)).not.toContain('targets-differ');
  });
});
