import { expect, it } from 'vitest';
import { client, serve } from '../fixtures.ts';
import { PATIENCE } from '../raw-client.ts';

const PING = ': ping\n\n';

for (const heartbeatKind of ['comment', 'event'] as const) {
  it(`no-heartbeat promises ${heartbeatKind} heartbeats, sends events and no heartbeat`, async () => {
    const { port } = await serve({
      faults: ['no-heartbeat'],
      hub: { heartbeatMs: 20, heartbeatKind },
      ratePerSecond: 50,
    });
    const one = client({ port });
    await expect.poll(() => one.messagesOf('tick').length, PATIENCE).toBeGreaterThan(30);
    expect(one.greeting).toMatchObject({ heartbeatMs: 20 });
    expect(one.body).not.toContain('ping');
  });
}

it('late-heartbeat holds every fourth back for 1.4 periods, leaves one out, and the next comes on its time', async () => {
  const periodMs = 600;
  const { port } = await serve({ faults: ['late-heartbeat'], hub: { heartbeatMs: periodMs } });
  const one = client({ port });
  const arrivalsMs: number[] = [];
  let seen = 0;
  one.socket.on('data', () => {
    const count = one.body.split(PING).length - 1;
    for (; seen < count; seen++) arrivalsMs.push(performance.now());
  });
  await expect.poll(() => arrivalsMs.length, PATIENCE).toBeGreaterThanOrEqual(9);
  const gaps = arrivalsMs.map((atMs, index) => (index === 0 ? 0 : atMs - (arrivalsMs[index - 1] as number)));
  // The 4th and the 8th (counted from 0: 3 and 7). A timer is never early; the next one may only be nearer.
  for (const late of [3, 7]) {
    expect(gaps[late]).toBeGreaterThan(1.9 * periodMs);
    expect(gaps[late + 1]).toBeLessThan(gaps[late] as number);
  }
});
