/** Queues of a coordinator and of workers in a real Redis, closed with the test. */
import { EventEmitter, once } from 'node:events';
import { onTestFinished } from 'vitest';
import { OwnQueue, type ShardJob, ShardQueues } from '../../src/workers/shard-queue.ts';

export function job(run: string, shard = '0'): ShardJob {
  return { run, shard, version: '1.2.3', order: 'sealed', clock: { offsetMs: 0, errorMs: 0.5 }, network: 'here' };
}

/** A worker's queue that notes the jobs which it is given, and holds each until it is let go. */
export async function opened(url: string, name = 'w1') {
  const got: unknown[] = [];
  const gate = new EventEmitter();
  const isLetGo = once(gate, 'open');
  const own = await OwnQueue.open(url, name, async (data) => {
    got.push((data as ShardJob).run);
    await isLetGo;
  });
  onTestFinished(() => own.close());
  return { own, got, letGo: () => gate.emit('open') };
}

export async function coordinator(url: string): Promise<ShardQueues> {
  const queues = await ShardQueues.connect(url);
  onTestFinished(() => queues.close());
  return queues;
}
