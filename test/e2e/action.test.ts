import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { readAnnotations } from '../support/annotations.ts';
import { runStep } from '../support/action-step.ts';

const LOAD = [
  '--clients 3',
  '--ramp 100ms',
  '--duration 1s',
  '--settle=200ms',
  '# a comment',
  '',
  '  --mix  healthy=1  ',
];
const OWN = [...LOAD, "--server-arg '--rate=20/s'"];

const servers: Server[] = [];

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** A stream on which not a byte comes, until it is told to send events. */
async function silentStream(): Promise<{ url: string; speak: () => void }> {
  let speaks = false;
  const url = await listening(
    createServer((_req, res) => {
      let number = 0;
      res.writeHead(200, { 'Content-Type': 'text/event-stream' });
      const timer = setInterval(() => {
        number += 1;
        if (speaks) res.write(`id: ${number}\ndata: ${number}\n\n`);
      }, 50);
      res.flushHeaders();
      res.on('close', () => clearInterval(timer));
    }),
  );
  return {
    url,
    speak: () => {
      speaks = true;
    },
  };
}

/** The commands that GitHub's runner would obey: none between `stop-commands` and its token. */
function obeyed(log: string): string[] {
  const found: string[] = [];
  let token: string | null = null;
  for (const line of log.split('\n')) {
    const stop = /^::stop-commands::(.+)$/.exec(line.trim())?.[1];
    if (token !== null) token = line.trim() === `::${token}::` ? null : token;
    else if (stop !== undefined) token = stop;
    else if (/^\s*::|##\[/.test(line)) found.push(line);
  }
  return found;
}

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

it.concurrent('the action says pass, appends to the summary of the step, and keeps every report', async () => {
  const { code, log, summary, outputs, reports } = await runStep({ command: 'soak', arguments: OWN });
  expect([code, outputs['verdict'], outputs['exit-code']]).toEqual([0, 'pass', '0']);
  expect(summary).toMatch(/^of another step\n## ✅ PASS: built-in server\n/);
  expect(outputs['report']).toMatch(/work space\/the reports\/soak\.json$/);
  expect(Object.keys(reports)).toEqual(expect.arrayContaining(['soak.json', 'soak.md', 'soak.xml']));
  expect(JSON.parse(reports['soak.json'] ?? '')).toMatchObject({ verdict: 'pass', plan: { clients: 3 } });
  expect(log).toContain('3 of 3 connected');
  expect(obeyed(log)).toEqual([]);
});

it.concurrent('the action says fail with an annotation for each broken threshold, once, and ends with the code of the run', async () => {
  const broken = [...OWN, '--threshold events.received > 1M'];
  const { code, log, summary, outputs } = await runStep({ command: 'soak', arguments: broken });
  expect([code, outputs['verdict']]).toEqual([1, 'fail']);
  expect(summary).toContain('## ❌ FAIL');
  const annotations = readAnnotations(`${obeyed(log).join('\n')}\n`);
  expect(annotations.map(({ properties }) => properties['title'])).toEqual(['sse-probe: events.received>1M']);
  expect(log).not.toContain('tried once more');
});

it.concurrent('the action repeats an inconclusive run once, and says what came of the second', async () => {
  const { url } = await silentStream();
  const { code, log, summary, outputs, reports } = await runStep({ command: 'soak', arguments: [url, ...LOAD] });
  expect([code, outputs['verdict']]).toEqual([3, 'inconclusive']);
  expect(log.match(/tried once more/g)).toHaveLength(1);
  expect(summary.match(/^## /gm)).toHaveLength(1);
  expect(summary).toContain('## ❔ INCONCLUSIVE');
  expect(summary).toContain('so it was repeated once');
  expect(Object.keys(reports)).toEqual(expect.arrayContaining(['first-soak.json', 'soak.json']));
  // Those of the first run are nobody's any more.
  expect(obeyed(log).filter((line) => line.includes('no-events'))).toHaveLength(1);
});

it.concurrent('the action passes where only the first of two runs was inconclusive', async () => {
  const { url, speak } = await silentStream();
  const when = { seen: 'tried once more', act: speak };
  const { code, log, summary, outputs } = await runStep({ command: 'soak', arguments: [url, ...LOAD], when });
  expect([code, outputs['verdict']]).toEqual([0, 'pass']);
  expect(summary).toContain('## ✅ PASS');
  expect(summary).not.toContain('INCONCLUSIVE');
  expect(summary).toContain('so it was repeated once');
  expect(obeyed(log).filter((line) => line.includes('::error'))).toEqual([]);
});

it.concurrent('the action says in the summary and in an annotation that there is no report, where it was asked for nonsense', async () => {
  const { code, log, summary, outputs, reports } = await runStep({
    command: 'soak',
    arguments: ['--clients 3', '--duration 5', '--mix $(reboot)'],
  });
  expect([code, outputs]).toEqual([2, { verdict: 'error', 'exit-code': '2', reports: expect.any(String) }]);
  expect(summary).toContain('## ❌ sse-probe soak gave no report\n\nIt ended with exit code 2.');
  expect(log).toContain('sse-probe: --');
  expect(readAnnotations(`${obeyed(log).join('\n')}\n`)).toHaveLength(1);
  expect(reports).toEqual({});
});

it.concurrent('the action of a job that is cancelled writes what was seen until then', async () => {
  const { code, summary, outputs, reports } = await runStep({
    command: 'soak',
    arguments: [...OWN, '--duration 60s'],
    when: { seen: '3/3 clients', act: (cancel) => cancel() },
  });
  expect([code, outputs['verdict']]).toEqual([130, 'interrupted']);
  expect(summary).toContain('## ⚠️ INTERRUPTED');
  expect(JSON.parse(reports['soak.json'] ?? '')).toMatchObject({ interrupted: true });
});

it.concurrent('the action probes, with the verdict in the summary and annotations that no server can add to', async () => {
  const hostile = createServer((_req, res) => {
    res.writeHead(503, '::error::pwned ##[error]pwned', { 'Content-Type': 'text/::error::pwned' });
    res.end('\n::error::pwned\n');
  });
  const url = await listening(hostile);
  const { code, log, summary, outputs } = await runStep({ command: 'probe', arguments: [url, '--until event'] });
  expect([code, outputs['verdict']]).toEqual([2, 'critical']);
  expect(summary).toMatch(/^of another step\n## ❌ CRITICAL/);
  const annotations = readAnnotations(`${obeyed(log).join('\n')}\n`);
  for (const { level, properties } of annotations)
    expect([level, properties['title']]).toEqual([
      expect.stringMatching(/^(?:error|warning)$/),
      expect.stringMatching(/^sse-probe: [\w-]+$/),
    ]);
});
