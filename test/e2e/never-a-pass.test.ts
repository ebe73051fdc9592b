/** A verdict over nothing is none: both commands look at streams on which nobody hears an event, and at their twins. */
import { randomBytes } from 'node:crypto';
import { createGzip } from 'node:zlib';
import { describe, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { serveStreams } from '../support/stream-server.ts';
import { parseReport } from '../support/soak-report.ts';

/** @param says what the stream says twice a second; null: nothing at all */
function saying(says: ((n: number) => string) | null, headers: Record<string, string> = {}): Promise<string> {
  return serveStreams((req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', ...headers });
    res.flushHeaders();
    let n = 0;
    const timer = setInterval(() => {
      n += 1;
      if (says !== null) res.write(says(n));
    }, 500);
    req.once('close', () => clearInterval(timer));
  });
}

/** Through a compressor that is never flushed. */
function compressing(everyMs: number, says: () => string): Promise<string> {
  return serveStreams((req, res) => {
    res.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'Content-Encoding': 'gzip',
    });
    const gzip = createGzip();
    gzip.pipe(res);
    const timer = setInterval(() => gzip.write(says()), everyMs);
    req.once('close', () => clearInterval(timer));
  });
}

const SOAK = ['--json', '--quiet', '--mix', 'healthy=1', '--clients', '5', '--ramp', '1s', '--duration', '5s'];

interface Said {
  probe: { code: number | null; found: string[] };
  soak: { code: number | null; found: string[] };
}

/** Exit codes, and the findings that are no information. */
async function said(url: string): Promise<Said> {
  const [probed, soaked] = await Promise.all([
    runProgram(['probe', url, '--json', '--duration', '7s']),
    runProgram(['soak', '--url', url, '--settle', '1s', ...SOAK]),
  ]);
  const { checks } = JSON.parse(probed.stdout) as { checks: { status: string; evidence: { finding?: string } }[] };
  const found = checks.flatMap(({ status, evidence: { finding } }) =>
    (status === 'fail' || status === 'warn') && finding !== undefined ? [finding] : [],
  );
  const { findings } = parseReport(soaked.stdout);
  return {
    probe: { code: probed.code, found },
    soak: { code: soaked.code, found: findings.flatMap(({ id, severity }) => (severity === 'info' ? [] : [id])) },
  };
}

describe.concurrent('probe and soak', { timeout: 60_000 }, () => {
  it('probe and soak fail a stream whose events no blank line parts', async ({ expect }) => {
    expect(await said(await saying((n) => `data: ${n}\n`))).toEqual({
      probe: { code: 2, found: ['malformed-stream'] },
      soak: { code: 1, found: ['malformed-stream'] },
    });
  });

  it('probe and soak fail a stream whose line ends are a backslash and an n', async ({ expect }) => {
    expect(await said(await saying((n) => String.raw`data: ${n}\n\n`))).toEqual({
      probe: { code: 2, found: ['malformed-stream'] },
      soak: { code: 1, found: ['malformed-stream'] },
    });
  });

  it('probe and soak fail a stream whose data stands in a field that is none', async ({ expect }) => {
    expect(await said(await saying((n) => `Data: ${n}\n\n`))).toEqual({
      probe: { code: 2, found: ['malformed-stream'] },
      soak: { code: 1, found: ['malformed-stream'] },
    });
  });

  it('probe and soak fail a stream whose compressor is not flushed', async ({ expect }) => {
    expect(await said(await compressing(500, () => 'data: 1\n\n'))).toEqual({
      probe: { code: 2, found: ['compressed-stream', 'malformed-stream'] },
      soak: { code: 1, found: ['malformed-stream', 'compressed-stream'] },
    });
  });

  it('probe and soak fail a stream whose compressor lets events go when it has enough of them', async ({ expect }) => {
    // It takes 16 KiB, which are 0.9 s of these.
    const url = await compressing(10, () => `data: ${randomBytes(90).toString('hex')}\n\n`.repeat(2));
    const { probe, soak } = await said(url);
    expect(probe.found).toContain('buffered-stream');
    expect(soak.found).toContain('buffered-stream');
    expect([probe.code, soak.code]).toEqual([2, 1]);
  });

  it('probe and soak warn of events without data, and pass none of them', async ({ expect }) => {
    expect(await said(await saying(() => 'event: ping\n\n'))).toEqual({
      probe: { code: 1, found: ['malformed-stream'] },
      soak: { code: 3, found: ['no-events', 'malformed-stream'] },
    });
  });

  it('probe and soak do not pass a stream on which nothing comes', async ({ expect }) => {
    expect(await said(await saying(null))).toEqual({
      probe: { code: 1, found: ['no-events'] },
      soak: { code: 3, found: ['no-events'] },
    });
  });

  it('probe and soak read text under a content coding that nobody knows, and say that it is none', async ({
    expect,
  }) => {
    const { probe, soak } = await said(await saying((n) => `id: ${n}\ndata: ${n}\n\n`, { 'Content-Encoding': 'none' }));
    expect(soak).toEqual({ code: 0, found: ['compressed-stream'] });
    expect(probe.code).toBe(1);
  });

  it('probe and soak fail a stream that they cannot decode', async ({ expect }) => {
    const zstd = Buffer.from('28b52ffd0458490000', 'hex').toString('latin1');
    const { probe, soak } = await said(await saying(() => zstd, { 'Content-Encoding': 'zstd' }));
    expect([probe.code, soak.code]).toEqual([2, 1]);
  });
});
