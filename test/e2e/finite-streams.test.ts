/** Streams that end as the plan names it: complete, cut before it, broken off behind it, or never there. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { runProgram } from '../support/program.ts';
import { failures } from '../support/soak-report.ts';
import type { SoakReport } from '../support/soak-report.ts';
import { serveStreams } from '../support/stream-server.ts';
import { undisturbed } from '../support/undisturbed.ts';

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-finite-'));
afterAll(() => rmSync(folder, { recursive: true }));

const STEPS = 6;
const STEP_MS = 200;
const DONE = 'event: done\ndata: {}\n\n';

interface Jobs {
  url: string;
  /** Values of Last-Event-ID, one for each request that had one. */
  resumed: string[];
  /** Answers that were ended before their end. */
  cut: number;
}

/**
 * Jobs that report their progress, each request a new one.
 *
 * @param step called in place of the step, to do something else: true when it did
 */
async function jobs(
  step: (answer: number, n: number, res: ServerResponse, done: Jobs) => boolean = () => false,
): Promise<Jobs> {
  const served: Jobs = { url: '', resumed: [], cut: 0 };
  let answers = 0;
  served.url = await serveStreams((req: IncomingMessage, res) => {
    answers += 1;
    const answer = answers;
    const lastEventId = req.headers['last-event-id'];
    if (typeof lastEventId === 'string') served.resumed.push(lastEventId);
    req.resume();
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    res.write('retry: 300\n\n');
    let n = 0;
    const timer = setInterval(() => {
      n += 1;
      if (step(answer, n, res, served)) clearInterval(timer);
      else if (n <= STEPS) res.write(`id: ${n}\ndata: {"seq":${n},"job":${answer}}\n\n`);
      else res.end(DONE);
    }, STEP_MS);
    res.once('close', () => clearInterval(timer));
  });
  return served;
}

const LOAD = ['--json', '--quiet', '--mix', 'healthy=1', '--clients', '12', '--ramp', '1s', '--duration', '8s'];
const soaked = (url: string, ...flags: string[]): ReturnType<typeof undisturbed> =>
  undisturbed(['soak', '--url', url, ...LOAD, '--settle', '0s', ...flags]);

/** Every stream that opened is in exactly one of these. */
function streams({ clients }: SoakReport): { opened: number; accounted: number } {
  return {
    opened: clients.connected + clients.reconnects,
    accounted: (clients.completed ?? 0) + (clients.unfinished ?? 0) + clients.dropped,
  };
}

describe.concurrent('finite streams', { timeout: 120_000 }, () => {
  it('a soak passes jobs that all come to their end, and says how long they took', async ({ expect }) => {
    const { report, code } = await soaked(
      (await jobs()).url,
      '--until',
      'event:done',
      '--processes',
      '2',
      '--threshold',
      'clients.completed>=24',
      '--threshold',
      `completion.p50>=${STEPS * STEP_MS}ms`,
    );
    expect(failures(report)).toEqual([]);
    expect(code).toBe(0);
    expect(report.clients).toMatchObject({ dropped: 0, rotated: 0, refused: 0 });
    expect(report.completionMs['count']).toBe(report.clients.completed);
    expect(streams(report).accounted).toBe(streams(report).opened);
    expect(report.events).toMatchObject({ sequence: 'pointer', lost: 0, duplicated: 0, resumeDuplicated: 0 });
  });

  it('a soak fails jobs of which every tenth is cut, and counts exactly these', async ({ expect }) => {
    const served = await jobs((answer, n, res, done) => {
      if (answer % 10 !== 0 || n !== 3) return false;
      done.cut += 1;
      res.end();
      return true;
    });
    const { report, code } = await soaked(served.url, '--until', 'event:done');
    expect([code, failures(report)]).toEqual([1, ['client-dropped']]);
    expect(served.cut).toBeGreaterThan(1);
    expect(report.clients.dropsByCause).toEqual({ 'eof-clean': served.cut });
    expect(report.findings[0]?.title).toContain(`${served.cut} streams ended before \`--until event:done\``);
    expect(report.findings[0]?.evidence).toMatchObject({
      dropped: served.cut,
      completed: report.clients.completed,
      unfinished: report.clients.unfinished,
    });
    expect(streams(report).accounted).toBe(streams(report).opened);
  });

  it('a soak only warns of jobs that break off behind their end, by a scenario file', async ({ expect }) => {
    const file = join(folder, 'finite.yaml');
    writeFileSync(file, `until: event:done\n`);
    const served = await jobs((_answer, n, res) => {
      if (n <= STEPS) return false;
      res.write(DONE, () => res.destroy());
      return true;
    });
    const { report, code } = await undisturbed(['soak', file, '--url', served.url, ...LOAD, '--settle', '0s']);
    expect([code, failures(report)]).toEqual([0, []]);
    const warning = report.findings.find(({ id }) => id === 'client-dropped');
    expect(warning?.severity).toBe('warn');
    expect(warning?.evidence['broken']).toBeGreaterThan(24);
    expect(warning?.evidence['byCause']).toEqual({ 'eof-truncated': warning?.evidence['broken'] });
  });

  it('a soak passes no run in which nobody came to the end, though nothing ended', async ({ expect }) => {
    const served = await jobs((_answer, n) => n > STEPS);
    const { report, code } = await soaked(served.url, '--until', 'event:done');
    expect([code, report.clients.completed, report.clients.unfinished]).toEqual([3, 0, 12]);
    expect(report.findings.map(({ id, severity }) => `${severity} ${id}`)).toContain('inconclusive no-events');
    const probed = await runProgram(['probe', served.url, '--until', 'event:done', '--duration', '3s', '--json']);
    expect(probed.code).toBe(2);
  });

  it('a soak asks anew by POST, without the id of the answer before', async ({ expect }) => {
    const served = await jobs((_answer, _n, res) => {
      res.end('id: 1\ndata: {"text":"yes"}\n\nid: 2\ndata: [DONE]\n\n');
      return true;
    });
    const asked = ['--method', 'POST', '--body', '{"stream":true}', '--until', 'text:[DONE]'];
    const { report, code } = await soaked(served.url, ...asked);
    expect([code, failures(report)]).toEqual([0, []]);
    expect(report.clients.completed).toBeGreaterThan(24);
    expect(served.resumed).toEqual([]);
  });

  it('a soak judges no silence behind the end of a stream that stays open', async ({ expect }) => {
    const served = await jobs((_answer, n, res) => {
      if (n <= STEPS) return false;
      res.write(DONE);
      return true;
    });
    const { report, code } = await soaked(served.url, '--until', 'event:done', '--heartbeat-within', '1s');
    expect([code, failures(report)]).toEqual([0, []]);
    expect(report.clients).toMatchObject({ completed: 12, unfinished: 0, reconnects: 0 });
  });
});
