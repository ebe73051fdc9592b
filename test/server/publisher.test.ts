import { expect, it } from 'vitest';
import type { Clock } from '../../src/core/clock.ts';
import { systemClock } from '../../src/core/clock.ts';
import { Publisher, tickData } from '../../src/server/publisher.ts';
import { numberOf } from '../support/event-id.ts';
import { connected, serve, sleep } from './fixtures.ts';
import { PATIENCE } from './raw-client.ts';

interface Tick {
  seq: number;
  scheduled: number;
  sent: number;
  pad?: string;
}

function collector(): { ticks: Tick[]; nextSeq: number; publish(event: { event: string; data: string }): void } {
  return {
    ticks: [],
    nextSeq: 1,
    publish(event) {
      this.nextSeq++;
      this.ticks.push(JSON.parse(event.data) as Tick);
    },
  };
}

it('the built-in publisher sends ticks whose id is their number, due exactly one period after each other', async () => {
  const { port } = await serve({ ratePerSecond: 100 });
  const one = await connected({ port });
  await expect.poll(() => one.messagesOf('tick').length, PATIENCE).toBeGreaterThan(50);
  const ticks = one
    .messagesOf('tick')
    .map((message) => ({ id: numberOf(message.id), ...(JSON.parse(message.data) as Tick) }));
  for (const [index, tick] of ticks.entries()) {
    expect(tick.id).toBe(tick.seq);
    expect(tick.seq).toBe((ticks[0]?.seq ?? 0) + index);
    expect(tick.scheduled).toBeCloseTo((ticks[0]?.scheduled ?? 0) + index * 10, 2);
    // Never before it is due, but for the rounding of the third decimal.
    expect(tick.sent).toBeGreaterThanOrEqual(tick.scheduled - 0.001);
    expect(Math.abs(tick.sent - Date.now())).toBeLessThan(60_000);
  }
});

it('the built-in publisher held up for a while, publishes everything overdue, each with its own due time', async () => {
  let heldUpMs = 0;
  const clock: Clock = { nowMs: () => systemClock.nowMs() + heldUpMs, wallMs: () => systemClock.wallMs() + heldUpMs };
  const target = collector();
  const publisher = new Publisher(target, { ratePerSecond: 100, eventSizeBytes: 1, clock });
  publisher.start();
  await expect.poll(() => target.ticks.length, PATIENCE).toBeGreaterThan(2);
  heldUpMs = 1000;
  await expect.poll(() => target.ticks.length, PATIENCE).toBeGreaterThan(105);
  publisher.stop();
  const [first] = target.ticks;
  expect(target.ticks.map((tick) => Math.round((tick.scheduled - (first?.scheduled ?? 0)) / 10))).toEqual(
    target.ticks.map((_, index) => index),
  );
  expect(Math.max(...target.ticks.map((tick) => tick.sent - tick.scheduled))).toBeGreaterThan(900);
});

it('the built-in publisher says that it is not ready when the rate is more than can be done, and when it is stopped', () => {
  let lateMs = 0;
  const clock: Clock = { nowMs: () => lateMs, wallMs: () => lateMs };
  const publisher = new Publisher(collector(), { ratePerSecond: 10, eventSizeBytes: 1, clock });
  publisher.start();
  expect(publisher.state()).toMatchObject({ ready: true });
  lateMs = 60_000;
  expect(publisher.state()).toEqual({ ready: false, detail: 'publishes 10/s, 59.9s behind its schedule' });
  publisher.stop();
  expect(publisher.state()).toEqual({ ready: false, detail: 'stopped' });
});

it('the built-in publisher at a rate of 0 publishes nothing and is content', async () => {
  const target = collector();
  const publisher = new Publisher(target, { ratePerSecond: 0, eventSizeBytes: 1, clock: systemClock });
  publisher.start();
  await sleep(50);
  expect([target.ticks.length, publisher.state().ready]).toEqual([0, true]);
  publisher.stop();
});

it('the data of a tick is as long as asked, exactly, once there is room for padding', () => {
  for (const sizeBytes of [90, 128, 1000, 65_536]) {
    const data = tickData(7, 1_795_305_963_723.968, 1_795_305_963_724.3, sizeBytes);
    expect(Buffer.byteLength(data)).toBe(sizeBytes);
    expect(JSON.parse(data)).toMatchObject({ seq: 7, scheduled: 1_795_305_963_723.968, sent: 1_795_305_963_724.3 });
  }
});

it('the data of a tick is never cut below its figures', () => {
  expect(tickData(7, 1000.5, 1001, 1)).toBe('{"seq":7,"scheduled":1000.500,"sent":1001.000}');
});
