/** `soak --metrics`: a page for Prometheus while a soak runs. */
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it, vi } from 'vitest';
import { readExposition } from '../support/exposition-reader.ts';
import { runProgram, startProgram } from '../support/program.ts';

const LOAD = ['--clients=5', '--ramp=0s', '--settle=0s', '--mix=healthy=1'];

it('soak --metrics serves the figures of the run, and nothing is left when it is over', async () => {
  const program = startProgram(['soak', ...LOAD, '--duration=4s', '--metrics=127.0.0.1:0']);
  const [, url = ''] = await program.says(/metrics at (\S+)\/metrics/);
  await vi.waitFor(
    async () => {
      const page = readExposition(await (await fetch(`${url}/metrics`)).text());
      expect(page.value('sse_soak_clients')).toBe(5);
      expect(page.value('sse_soak_events_received_total')).toBeGreaterThan(0);
      expect(page.value('sse_soak_server_resident_memory_bytes')).toBeGreaterThan(1e6);
    },
    { timeout: 20_000, interval: 200 },
  );
  expect((await fetch(`${url}/`)).status).toBe(404);
  expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405);
  const { code, stderr } = await program.outcome;
  expect(code, stderr).toBe(0);
});

it('soak --metrics at a port that is taken is refused before the run', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = `127.0.0.1:${(taken.address() as AddressInfo).port}`;
  const { code, stderr, stdout } = await runProgram(['soak', ...LOAD, '--duration=4s', `--metrics=${address}`]);
  taken.close();
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toBe(
    `sse-probe: --metrics: cannot listen on ${address} (EADDRINUSE)\n  Choose another port, or :0 for any free one.\n`,
  );
});
