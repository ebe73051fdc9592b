/**
 * `sse-probe worker`: takes load of soaks on other machines until a signal. The first one ends its load, which the soak hears
 * of; the second one ends the process at once.
 */
import { hostname } from 'node:os';
import { once } from 'node:events';
import { systemClock } from '../core/clock.ts';
import { EXIT, UsageError } from '../core/errors.ts';
import { counted, formatCount } from '../core/units.ts';
import { redisUrlOf } from '../library/redis-option.ts';
import { packageVersion } from '../library/version.ts';
import type { WorkerPlan } from '../options/worker-options.ts';
import { redisName, redisWarning } from '../redis/redis-url.ts';
import { KEY_VARIABLE } from '../workers/key-variable.ts';
import { output } from './output.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A host name may have characters that a name may not. */
const NOT_IN_NAMES = /[^\w.-]/g;

/** @returns the exit code @throws {StartError} where Redis cannot be used · {UsageError} for a name that is taken */
export async function workerCommand(plan: WorkerPlan): Promise<number> {
  const url = redisUrlOf(plan, process.env);
  if (url === null) throw new UsageError('--redis is missing');
  const warning = redisWarning(url);
  if (warning !== null) process.stderr.write(`sse-probe: ${warning}\n`);
  return plan.cleanup ? cleanup(url, plan) : work(url, plan);
}

async function cleanup(url: string, { quiet }: WorkerPlan): Promise<number> {
  const { cleanUp } = await import('../workers/cleanup.ts');
  const deleted = await cleanUp(url, systemClock);
  if (!quiet) output.print(`deleted ${counted(deleted, 'key')} of runs and workers that are gone\n`);
  return EXIT.worker.stopped;
}

async function work(url: string, { name, capacity, quiet }: WorkerPlan): Promise<number> {
  const { LoadWorkerProcess } = await import('../workers/worker.ts');
  const stopping = new AbortController();
  const onSignal = (): void => {
    if (stopping.signal.aborted) process.exit(EXIT.worker.stopped);
    stopping.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const note = (text: string): void => {
    if (!quiet) output.print(`${new Date().toISOString().slice(11, 19)}  ${text}\n`);
  };
  const own = name ?? `${hostname().replaceAll(NOT_IN_NAMES, '-').slice(0, 40)}-${process.pid}`;
  try {
    const options = { url, name: own, capacity, key: process.env[KEY_VARIABLE] ?? null, version: packageVersion() };
    const worker = await LoadWorkerProcess.start({ ...options, clock: systemClock, onNote: note }, stopping.signal);
    note(
      `worker ${own}, with room for ${formatCount(capacity)} clients, waits for shards from Redis at ${redisName(url)}`,
    );
    if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
    await worker.stop('was stopped: its worker was told to end');
    note('stopped');
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
  return EXIT.worker.stopped;
}
