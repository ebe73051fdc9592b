import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type Outcome, runProgram } from '../support/program.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { failures, parseReport, type SoakReport } from '../support/soak-report.ts';

const MB = 1_000_000;
const SCRIPT = fileURLToPath(new URL('../support/memory-server.mjs', import.meta.url));
const servers: ServerProcess[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function start(behaviour: string): Promise<ServerProcess> {
  const server = await startServerProcess({ command: process.execPath, args: [SCRIPT, behaviour] });
  servers.push(server);
  return server;
}

async function soak(...flags: string[]): Promise<SoakReport> {
  const outcome: Outcome = await runProgram([
    'soak',
    '--clients',
    '20',
    '--ramp',
    '500ms',
    '--mix',
    'healthy=1',
    '--settle',
    '1s',
    '--quiet',
    '--json',
    ...flags,
  ]);
  expect(outcome.stderr).toBe('');
  return parseReport(outcome.stdout);
}

describe('memory under load', { tags: ['long'] }, () => {
  // All at once: they do next to nothing but wait.
  it('memory under load that leaks is found by process, by metric and by the fault; a sawtooth of 200 MB is not accused', async () => {
    const leaky = await start('leak');
    const sound = await start('sawtooth');
    const json = new URL('/json#/memory/rssBytes', leaky.url).href;
    const [byPid, byMetric, sawtooth, sawtoothByMetric, fault, shortFault] = await Promise.all([
      process.platform === 'linux'
        ? soak('--url', leaky.url, '--server-pid', String(leaky.pid), '--duration', '60s')
        : null,
      soak('--url', leaky.url, '--server-metrics', json, '--duration', '60s'),
      process.platform === 'linux'
        ? soak('--url', sound.url, '--server-pid', String(sound.pid), '--duration', '60s')
        : null,
      soak('--url', sound.url, '--server-metrics', new URL('/metrics', sound.url).href, '--duration', '60s'),
      soak('--fault', 'leak-memory', '--duration', '60s'),
      soak('--fault', 'leak-memory', '--duration', '15s'),
    ]);
    for (const leak of [byPid, byMetric].filter((read) => read !== null)) {
      expect(failures(leak)).toEqual(['memory-growth']);
      // 4 MB a second.
      expect(leak.server.growth.bytesPerMinute).toBeGreaterThan(200 * MB);
      expect(leak.server.growth.bytesPerMinute).toBeLessThan(280 * MB);
    }
    for (const saws of [sawtooth, sawtoothByMetric].filter((read) => read !== null))
      expect([failures(saws), saws.verdict]).toEqual([[], 'pass']);
    expect(failures(fault)).toEqual(['memory-growth', 'memory-retained']);
    expect(failures(shortFault)).toEqual(['memory-retained']);
  }, 180_000);
});
