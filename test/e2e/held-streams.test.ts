/** Streams that are held back, cut off or damaged on their way: `probe` and `soak` look at the same small server. */
import type { ServerResponse } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import type { SoakReport } from '../support/soak-report.ts';
import { serveStreams } from '../support/stream-server.ts';
import { undisturbed } from '../support/undisturbed.ts';

const timers: NodeJS.Timeout[] = [];
afterAll(() => {
  for (const timer of timers) clearInterval(timer);
});

interface Feed {
  everyMs: number;
  event: (number: number) => string;
  headers?: Readonly<Record<string, string>>;
  /** What a client is sent, given its own event of now and what was sent to it before. */
  write?: (res: ServerResponse, event: string) => void;
}

/** A feed for all clients, and its URL. */
async function feed({ everyMs, event, headers = {}, write = (res, text) => res.write(text) }: Feed): Promise<string> {
  const clients = new Set<ServerResponse>();
  let number = 0;
  timers.push(
    setInterval(() => {
      number += 1;
      const text = event(number);
      for (const res of clients) write(res, text);
    }, everyMs),
  );
  return serveStreams((req, res) => {
    if (req.url !== '/') {
      res.writeHead(404).end();
      return;
    }
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', ...headers });
    res.flushHeaders();
    clients.add(res);
    res.once('close', () => clients.delete(res));
  });
}

const sent = (number: number): string =>
  `id: ${number}\ndata: ${JSON.stringify({ seq: number, sent: Date.now() })}\n\n`;

/** The same text each time, of which only the numbers change. */
const weather = (number: number): string => `id: ${number + 1000}\ndata: {"text":"nice wëather today"}\n\n`;

/** As it is left by a decoder that begins anew with each 20 bytes. */
function decodedInPieces(text: string): string {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 20) }, (_none, at) =>
    new TextDecoder().decode(bytes.subarray(at * 20, at * 20 + 20)),
  );
  return pieces.join('');
}

interface Said {
  id: string;
  status: string;
  title: string;
}

async function probed(url: string, id: string, ...flags: string[]): Promise<Said | undefined> {
  const { stdout } = await runProgram(['probe', url, '--json', ...flags]);
  return (JSON.parse(stdout) as { checks: Said[] }).checks.find((check) => check.id === id);
}

async function soaked(url: string, ...flags: string[]): Promise<SoakReport['findings']> {
  const args = ['soak', '--url', url, '--json', '--mix', 'healthy=1', '--clients', '6', '--ramp', '2s', ...flags];
  return (await undisturbed(args)).report.findings;
}

describe.concurrent('probe and soak of what is held on the way', { timeout: 120_000 }, () => {
  it('probe and soak say of events that come only with the next write that a flush is missing', async () => {
    const held = new WeakMap<ServerResponse, string>();
    const url = await feed({
      everyMs: 700,
      event: sent,
      write(res, event) {
        res.write(held.get(res) ?? ': \n\n');
        held.set(res, event);
      },
    });
    const [check, findings] = await Promise.all([
      probed(url, 'buffered', '--duration', '8s'),
      soaked(url, '--duration', '6s'),
    ]);
    const words = /^Events arrive only with the next write: \d+ % of \d+ were held back until then, for 7\d\dms/;
    expect(check).toMatchObject({ status: 'fail', title: expect.stringMatching(words) });
    expect(findings).toContainEqual(
      expect.objectContaining({ id: 'buffered-stream', severity: 'fail', title: expect.stringMatching(words) }),
    );
  });

  it('probe and soak say of streams whose origin died, and that a proxy keeps open, since when they are silent', async () => {
    const origins = new Map<ServerResponse, { sinceMs: number }>();
    let origin = { sinceMs: Number.NEGATIVE_INFINITY };
    const url = await feed({
      everyMs: 300,
      event: sent,
      write(res, event) {
        // An origin takes clients for 4 s and dies a second later; who comes afterwards has another one.
        const nowMs = performance.now();
        if (!origins.has(res) && nowMs - origin.sinceMs > 4000) origin = { sinceMs: nowMs };
        const own = origins.get(res) ?? origin;
        origins.set(res, own);
        if (nowMs - own.sinceMs < 5000) res.write(event);
      },
    });
    const [check, findings] = await Promise.all([
      probed(url, 'silent-gap', '--duration', '14s'),
      soaked(url, '--duration', '8s'),
    ]);
    const words =
      /^No client received a byte after [345][\d.]*s: .* stayed open and silent for [\d.]+s, while a new client received events/;
    expect(check).toMatchObject({ status: 'fail', title: expect.stringMatching(words) });
    expect(findings.filter(({ severity }) => severity === 'fail')).toEqual([
      expect.objectContaining({ id: 'silent-stream', title: expect.stringMatching(words) }),
    ]);
  });

  it('probe and soak say nothing of streams that are silent since nothing is published any more', async () => {
    let fromMs = 0;
    let lastMs = 0;
    const url = await feed({
      everyMs: 300,
      event: sent,
      write(res, event) {
        // For 5 s from when somebody comes to an empty feed.
        const nowMs = performance.now();
        if (nowMs - lastMs > 1000) fromMs = nowMs;
        lastMs = nowMs;
        if (nowMs - fromMs < 5000) res.write(event);
      },
    });
    const [check, findings] = await Promise.all([
      probed(url, 'silent-gap', '--duration', '14s'),
      soaked(url, '--duration', '8s'),
    ]);
    expect(check?.status).toBe('pass');
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  it('probe and soak warn of text that was decoded piece by piece before it was sent', async () => {
    const url = await feed({
      everyMs: 200,
      event: (number) =>
        decodedInPieces(
          `id: ${number}\ndata: {"seq":${number},"text":"${'ü'.repeat(number % 3)} 天気は晴れ、気温は二十度です"}\n\n`,
        ),
    });
    const [check, findings] = await Promise.all([
      probed(url, 'framing', '--duration', '5s'),
      soaked(url, '--duration', '4s'),
    ]);
    const words = /^\d+ replacement characters \(U\+FFFD\) in \d+ of \d+ events, as in .*�/;
    expect(check).toMatchObject({ status: 'warn', title: expect.stringMatching(words) });
    expect(findings).toContainEqual(
      expect.objectContaining({ id: 'malformed-stream', severity: 'warn', title: expect.stringMatching(words) }),
    );
  });

  it('probe and soak warn of characters that are cut in one place where a write ends, and not of data that hold U+FFFD', async () => {
    const cut = await feed({
      everyMs: 200,
      event: weather,
      write(res, text) {
        const bytes = Buffer.from(text);
        const at = bytes.indexOf('ë') + 1;
        for (const piece of [bytes.subarray(0, at), bytes.subarray(at)]) res.write(piece.toString());
      },
    });
    const own = await feed({ everyMs: 200, event: (number) => weather(number).replace('ë', '\ufffd\ufffd') });
    const [check, findings, ownCheck, ownFindings] = await Promise.all([
      probed(cut, 'framing', '--duration', '4s'),
      soaked(cut, '--duration', '3s'),
      probed(own, 'framing', '--duration', '4s'),
      soaked(own, '--duration', '3s'),
    ]);
    const words =
      /nice w��ather today.*: the text may have been decoded in pieces .*; \d+ times a write ended between two such characters/;
    expect(check).toMatchObject({ status: 'warn', title: expect.stringMatching(words) });
    expect(findings).toContainEqual(
      expect.objectContaining({ id: 'malformed-stream', severity: 'warn', title: expect.stringMatching(words) }),
    );
    expect(ownCheck?.status).toBe('pass');
    expect(ownFindings.map(({ id }) => id)).not.toContain('malformed-stream');
  });

  it('probe and soak name a cache', async () => {
    const url = await feed({ everyMs: 200, event: sent, headers: { Age: '12', Via: '1.1 varnish' } });
    const [check, findings] = await Promise.all([
      probed(url, 'cached', '--duration', '5s'),
      soaked(url, '--duration', '3s'),
    ]);
    expect(check).toMatchObject({
      status: 'fail',
      title: 'the response comes from a cache: Age: 12 (Via: 1.1 varnish)',
    });
    expect(findings).toContainEqual(
      expect.objectContaining({
        id: 'buffered-stream',
        severity: 'fail',
        title:
          '6 of 6 streams came from a cache, which sends a recording instead of the live stream: Age: 12 (Via: 1.1 varnish).',
      }),
    );
  });

  it('probe and soak find events that are released once in ten seconds', async () => {
    const held = new Map<ServerResponse, string>();
    const url = await feed({
      everyMs: 400,
      event: sent,
      write(res, event) {
        held.set(res, (held.get(res) ?? '') + event);
      },
    });
    timers.push(
      setInterval(() => {
        for (const [res, text] of held) res.write(text);
        held.clear();
      }, 10_000),
    );
    const [check, findings] = await Promise.all([
      probed(url, 'buffered', '--duration', '14s'),
      soaked(url, '--duration', '12s'),
    ]);
    const words =
      /^100 % of the events arrived in batches of \d+ although they were sent separately, up to [\d.]+s late/;
    expect(check).toMatchObject({ status: 'fail', title: expect.stringMatching(words) });
    expect(findings).toContainEqual(
      expect.objectContaining({ id: 'buffered-stream', severity: 'fail', title: expect.stringMatching(words) }),
    );
  });

  it('probe and soak warn of events whose second part waits for a delayed acknowledgement', async () => {
    const url = await feed({
      everyMs: 250,
      event: sent,
      write(res, event) {
        res.write(event.slice(0, 9));
        setTimeout(() => res.write(event.slice(9)), 41);
      },
    });
    const [check, findings] = await Promise.all([
      probed(url, 'buffered', '--duration', '8s'),
      soaked(url, '--duration', '5s'),
    ]);
    // On a busy machine the parts lie further apart than the events are late, or the other way round.
    const words = /40ms (later|late and hardly any sooner), as when small writes wait for a delayed acknowledgement/;
    expect(check).toMatchObject({ status: 'warn', title: expect.stringMatching(words) });
    expect(findings).toContainEqual(
      expect.objectContaining({ id: 'buffered-stream', severity: 'warn', title: expect.stringMatching(words) }),
    );
  });
});
