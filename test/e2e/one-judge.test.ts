/** One promise, one word: `probe` and `soak` look at the same server, which promises a heartbeat every second. */
import { describe, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { serveStreams } from '../support/stream-server.ts';
import { undisturbed } from '../support/undisturbed.ts';

function beating(everyMs: number): Promise<string> {
  return serveStreams((req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    res.write('event: connected\ndata: {"heartbeatMs":1000}\n\n');
    const timer = setInterval(() => res.write(': ping\n\n'), everyMs);
    req.once('close', () => clearInterval(timer));
  });
}

const WORDS = new Set(['heartbeat-late', 'heartbeat-missing', 'silent-stream']);

async function saidByProbe(url: string): Promise<string[]> {
  const { stdout } = await runProgram(['probe', url, '--json', '--duration', '12s']);
  const { checks } = JSON.parse(stdout) as { checks: { status: string; evidence: { finding?: string } }[] };
  const found = checks.flatMap(({ status, evidence }) => (status === 'fail' ? [evidence.finding ?? ''] : []));
  return [...new Set(found.filter((word) => WORDS.has(word)))];
}

async function saidBySoak(url: string): Promise<string[]> {
  const { report } = await undisturbed([
    'soak',
    '--url',
    url,
    '--json',
    '--mix',
    'healthy=1',
    '--clients',
    '6',
    // At the end of such a run no stream waits for its next heartbeat for nearly so long that it looks silent for good.
    '--ramp',
    '1s',
    '--duration',
    '10s',
  ]);
  return report.findings.flatMap(({ id, severity }) => (severity === 'fail' && WORDS.has(id) ? [id] : []));
}

describe('probe and soak', { timeout: 120_000 }, () => {
  it.each([
    [1200, []],
    [1950, ['heartbeat-late']],
    [3350, ['heartbeat-missing']],
  ])(
    'probe and soak say the same of heartbeats that are promised every second and come every %i ms',
    async (everyMs, words) => {
      const url = await beating(everyMs);
      expect(await saidByProbe(url)).toEqual(words);
      expect(await saidBySoak(url)).toEqual(words);
    },
  );
});
