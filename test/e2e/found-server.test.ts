/** The server of a target on this machine is found by its port, without a flag, and its memory is judged. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, it } from 'vitest';
import { soakAsNobody } from '../support/as-nobody.ts';
import { runProgram } from '../support/program.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';
import { failures, parseReport, type SoakReport } from '../support/soak-report.ts';
import { serveStreams } from '../support/stream-server.ts';

const MB = 1_000_000;
const SCRIPT = fileURLToPath(new URL('../support/memory-server.mjs', import.meta.url));
const SOAK = ['--clients', '20', '--ramp', '500ms', '--mix', 'healthy=1'];
const folder = mkdtempSync(join(tmpdir(), 'sse-probe-found-'));
const servers: ServerProcess[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await rm(folder, { recursive: true });
});

async function start(behaviour: string): Promise<ServerProcess> {
  const server = await startServerProcess({ command: process.execPath, args: [SCRIPT, behaviour] });
  servers.push(server);
  return server;
}

async function soak(url: string, ...flags: string[]): Promise<SoakReport> {
  return parseReport((await runProgram(['soak', '--url', url, ...SOAK, '--quiet', '--json', ...flags])).stdout);
}

/** The titles of all that was found about memory. */
function memoryTitles({ findings }: SoakReport): string[] {
  return findings.flatMap(({ title }) => (title.includes('memory') ? [title] : []));
}

describe.runIf(process.platform === 'linux').concurrent('the server of a target on this machine', () => {
  it('the server of a target on this machine is found by its port, and a sound one is not accused', async ({
    expect,
  }) => {
    const { url, pid } = await start('steady');
    const read = await soak(
      url.replace('127.0.0.1', 'localhost'),
      '--duration',
      '3s',
      '--threshold',
      'server.rss.peak<1GB',
      '--settle',
      '1s',
    );
    expect(read.server).toMatchObject({
      source: 'pid',
      memory: 'pss',
      process: { pid, name: 'node', processes: 1, found: true, proxy: false },
      unread: null,
    });
    expect(read.server.process?.listensOn).toBe(new URL(url).host);
    for (const bytes of Object.values(read.server.rssBytes)) expect(bytes).toBeGreaterThan(MB);
    expect([read.verdict, read.exitCode, memoryTitles(read)]).toEqual(['pass', 0, []]);
  });

  it('the server of a target on this machine is not looked for with --server-pid none', async ({ expect }) => {
    const { url } = await start('steady');
    const read = await soak(url, '--duration', '2s', '--server-pid', 'none');
    expect(read.server).toMatchObject({ source: 'none', process: null, unread: null, rssBytes: { peak: null } });
  });

  it('the server of a target on this machine that hoards is told in a short run, with both figures and without a failure', async ({
    expect,
  }) => {
    const { url } = await start('hoard');
    const read = await soak(url, '--duration', '10s', '--settle', '2s');
    expect(memoryTitles(read)).toEqual([
      expect.stringMatching(/the server's memory leaks: it rose from \S+MiB before the run to \S+MiB at the end/),
    ]);
    expect([read.verdict, failures(read)]).toEqual(['pass', []]);
  });

  it('the server of a target on this machine that has started us is not judged, and why is told', async ({
    expect,
  }) => {
    const url = await serveStreams((_req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' });
      res.write('id: 1\ndata: 1\n\n');
    });
    const read = await soak(url, '--duration', '2s');
    expect(read.server).toMatchObject({ source: 'none', process: null });
    expect(read.server.unread).toBe(
      `pid ${process.pid} (node), which listens there, started sse-probe, whose memory would count as the server's`,
    );
  });

  it.runIf(process.getuid?.() === 0)(
    'the server of a target on this machine that is another user’s is not judged, and why is told',
    async ({ expect }) => {
      const { url } = await start('steady');
      const { code, report } = await soakAsNobody(['--url', url, ...SOAK, '--duration', '2s']);
      const { server } = report;
      expect([code, server.source]).toEqual([0, 'none']);
      expect(server.unread).toBe(`the process that listens on ${new URL(url).host} belongs to another user (uid 0)`);
    },
  );
});

describe.runIf(process.platform === 'linux')('a server that hoards', { tags: ['long'] }, () => {
  it('a server that hoards is failed in half a minute, since it goes on when all have left; a sawtooth is not', async ({
    expect,
  }) => {
    const [hoarding, sound] = await Promise.all([start('hoard'), start('sawtooth')]);
    const [hoard, sawtooth] = await Promise.all([soak(hoarding.url), soak(sound.url)]);
    expect([failures(hoard), hoard.exitCode]).toEqual([['memory-growth'], 1]);
    expect(memoryTitles(hoard)).toEqual([expect.stringContaining('without any client')]);
    expect([failures(sawtooth), sawtooth.exitCode]).toEqual([[], 0]);
  }, 180_000);
});
