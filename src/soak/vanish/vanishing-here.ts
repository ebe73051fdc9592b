/**
 * Where the vanished clients of a plan can vanish without leaving this process's network: on its IPv4 loopback,
 * when routes may be set. Elsewhere the run is refused, unless the plan allows to do without: they are stalled
 * clients then.
 */
import { lookup } from 'node:dns/promises';
import { UsageError } from '../../core/errors.ts';
import { isIPv4Loopback } from '../../core/loopback.ts';
import { stalledInstead } from '../../options/values/mix.ts';
import type { SoakPlan } from '../../options/soak-options.ts';
import { VanishingNetwork } from './vanishing.ts';

export interface Vanishing {
  /** The plan as it is run. */
  plan: SoakPlan;
  /** The network of the vanishing clients; null when none vanish. */
  network: VanishingNetwork | null;
  /** What the plan asked for and does not get; null when it gets all. */
  degraded: string | null;
}

/** @throws {UsageError} when they cannot vanish and the plan does not allow to do without */
export async function vanishHere(plan: SoakPlan): Promise<Vanishing> {
  if (plan.mix.vanished === 0) return { plan, network: null, degraded: null };
  return orDegraded(plan, async () => {
    for (const url of plan.urls) await checkLoopback(new URL(url));
    return VanishingNetwork.reserve();
  });
}

/** @throws {UsageError} of `reserve`, when the plan does not allow to do without */
export async function orDegraded(plan: SoakPlan, reserve: () => Promise<VanishingNetwork>): Promise<Vanishing> {
  try {
    return { plan, network: await reserve(), degraded: null };
  } catch (error) {
    if (!(error instanceof UsageError) || !plan.allowDegraded) throw error;
    return { plan: Object.freeze({ ...plan, mix: stalledInstead(plan.mix) }), network: null, degraded: error.message };
  }
}

/** The network is given back whatever becomes of the run, also when the process exits in the middle of it. */
export async function givenBack<Result>(network: VanishingNetwork | null, run: () => Promise<Result>): Promise<Result> {
  const releaseNow = (): void => network?.releaseNow();
  process.once('exit', releaseNow);
  try {
    return await run();
  } finally {
    await network?.release();
    process.off('exit', releaseNow);
  }
}

/** What vanishes is a route of this machine: the way to others has routes of theirs. */
async function checkLoopback({ hostname }: URL): Promise<void> {
  const address = hostname === 'localhost' ? await addressOf(hostname) : hostname;
  if (isIPv4Loopback(address)) return;
  throw new UsageError(`clients can vanish only on this machine's IPv4 loopback, and ${hostname} is not 127.x.x.x`, {
    hint: 'Remove vanished from --mix, run on the machine of the server with a URL of 127.0.0.1, or add --allow-degraded to use stalled clients instead.',
  });
}

/** As the run will resolve it; a name that does not resolve is no loopback address. */
async function addressOf(hostname: string): Promise<string> {
  return lookup(hostname).then(
    ({ address }) => address,
    () => hostname,
  );
}
