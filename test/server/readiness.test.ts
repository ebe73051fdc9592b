import { expect, it } from 'vitest';
import { ManualClock } from '../support/manual-clock.ts';
import { ask, client, connected, serve } from './fixtures.ts';
import { PATIENCE } from './raw-client.ts';

interface Readiness {
  ready: boolean;
  components: Record<string, { ready: boolean; detail: string }>;
}

async function readiness(port: number): Promise<{ statusCode: number; unready: string[] }> {
  const answer = await ask(port, '/readyz');
  const { ready, components } = answer.json as Readiness;
  const unready = Object.entries(components)
    .filter(([, component]) => !component.ready)
    .map(([name]) => name);
  expect(ready).toBe(answer.statusCode === 200);
  return { statusCode: answer.statusCode, unready };
}

it('the readiness of a server ends when heartbeat, eviction and publisher stop doing anything, while the process is alive; and comes back with them', async () => {
  const clock = new ManualClock();
  const { port } = await serve({ ratePerSecond: 1, hub: { clock, heartbeatMs: 1000, evictAfterMs: 5000 } });
  expect(await readiness(port)).toEqual({ statusCode: 200, unready: [] });
  // Their timers have not fired for twenty seconds, as the hub's clock has it.
  clock.pass(20_000);
  const { statusCode, unready } = await readiness(port);
  expect([statusCode, unready.toSorted()]).toEqual([503, ['eviction', 'heartbeat', 'publisher']]);
  expect((await ask(port, '/healthz')).json).toEqual({ status: 'ok' });
  // Then they do.
  await expect.poll(() => readiness(port), PATIENCE).toEqual({ statusCode: 200, unready: [] });
});

it('the readiness of a server is asked, like health, figures and metrics, while clients are stalled, and each is answered', async () => {
  const { port, hub } = await serve({
    ratePerSecond: 20,
    maxFillBytes: 16 * 1024 ** 2,
    hub: { evictAfterMs: 600_000, maxQueueBytes: 1024 ** 3 },
  });
  for (let count = 0; count < 20; count++) client({ port, path: `/events?fill=${16 * 1024 ** 2}`, paused: true });
  const healthy = await connected({ port });
  await expect.poll(() => hub.stats().clients.blocked, PATIENCE).toBe(20);
  for (const path of ['/healthz', '/readyz', '/stats', '/metrics', '/clients'])
    expect([path, (await ask(port, path)).statusCode]).toEqual([path, 200]);
  expect((await ask(port, '/stats')).json).toMatchObject({ clients: { connected: 21, accepting: 1, blocked: 20 } });
  await expect.poll(() => healthy.messagesOf('tick').length, PATIENCE).toBeGreaterThan(20);
});
