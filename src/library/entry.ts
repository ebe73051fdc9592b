/**
 * The load test, the probe and the Redis backplane as functions. Importing this loads none of them: a program that uses only the hub does not pay
 * for commander's neighbours.
 */
import type { RedisBackplaneOptions } from '../backplane/redis-backplane.ts';
import type { Backplane } from '../hub/backplane.ts';
import type { ProbeReport } from '../report/probe/probe-report.ts';
import type { SoakReport } from '../report/soak/soak-report.ts';
import type { ProbeOptions } from './probe-options.ts';
import type { SoakOptions } from './soak-options.ts';

/**
 * Runs a load test and judges it: what `sse-probe soak` does, without printing anything, hearing signals of the
 * process, or ending it. Without `url` it starts a server of its own in a process of its own.
 *
 * Vanished clients need routes of their own: as root or with CAP_NET_ADMIN. The namespace that the command line
 * makes for them is a process of its own, which a function cannot move into.
 *
 * @returns the object of the JSON report, `sse-probe/soak@1` (schemas/soak-report.schema.json): `verdict`,
 *   `findings`, `thresholds` … Times in it are in milliseconds, sizes in bytes.
 * @throws {UsageError} for options that make no sense · {UnreachableError} when nobody answers ·
 *   {StartError} when its own server does not start · {GeneratorLimitError} when this machine cannot hold the clients
 */
export async function soak(options: SoakOptions = {}): Promise<SoakReport> {
  const { runSoakOptions } = await import('./soak.ts');
  return runSoakOptions(options);
}

/**
 * Looks at one stream and says whether it is sound: what `sse-probe probe` does, without printing anything. What
 * the network does is a finding and no error: a server that is not there is `status: 'critical'`.
 *
 * @param url `http://` or `https://`
 * @returns the object of the JSON report, `sse-probe/probe@1` (schemas/probe-report.schema.json): `status`,
 *   `checks`, `timingsMs` … Times in it are in milliseconds, sizes in bytes.
 * @throws {UsageError} for options that make no sense, or no URL
 */
export async function probe(url: string | URL, options: ProbeOptions = {}): Promise<ProbeReport> {
  const { runProbeOptions } = await import('./probe.ts');
  return runProbeOptions(url, options);
}

/**
 * Connects to a Redis stream, and reads what it keeps: the `backplane` of one hub, which closes it.
 *
 * @throws {UsageError} for options that make no sense · {StartError} when Redis cannot be used, or the package `ioredis`
 *   is not installed
 */
export async function redisBackplane(options: RedisBackplaneOptions): Promise<Backplane> {
  const { connectRedisBackplane } = await import('../backplane/redis-backplane.ts');
  return connectRedisBackplane(options);
}
