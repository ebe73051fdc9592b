/**
 * Where the vanished clients of a plan can vanish, decided before anything is started: in a network namespace of
 * the run's own with a server of its own, in this one where routes may be set, or nowhere. Then the run is
 * refused, unless --allow-degraded makes them stalled clients.
 */
import { lookup } from 'node:dns/promises';
import { UsageError } from '../core/errors.ts';
import { stalledInstead } from '../scenario/mix.ts';
import type { SoakPlan } from '../scenario/soak-options.ts';
import { VanishingNetwork } from '../soak/vanishing.ts';
import { bringLoopbackUp, findNamespace, insideNamespace, runInside } from './namespace.ts';

export type Vanishing =
  /** The run was made by another process, inside; nothing is left to do. */
  | { done: true; exitCode: number }
  | {
    done: false;
    /** As it is run. */
    plan: SoakPlan;
    network: VanishingNetwork | null;
    /** What the plan asked for and does not get; null when it gets all. */
    degraded: string | null;
  };

/** @throws {UsageError} when they cannot vanish and the plan does not allow to do without */
export async function prepareVanishing(plan: SoakPlan): Promise<Vanishing> {
  if (plan.mix.vanished === 0) return { done: false, plan, network: null, degraded: null };
  try {
    if (plan.urls.length > 0) {
      for (const url of plan.urls) await checkLoopback(new URL(url));
    } else if (insideNamespace()) {
      await bringLoopbackUp();
    } else {
      const namespace = await findNamespace();
      if ('flags' in namespace) return { done: true, exitCode: await runInside(namespace.flags) };
      return { done: false, plan, network: await reserveHere(namespace), degraded: null };
    }
    return { done: false, plan, network: await VanishingNetwork.reserve(), degraded: null };
  } catch (error) {
    if (!(error instanceof UsageError) || !plan.allowDegraded) throw error;
    return { done: false, plan: Object.freeze({ ...plan, mix: stalledInstead(plan.mix) }), network: null, degraded: error.message };
  }
}

/** A container may forbid namespaces and yet let its root set routes. */
async function reserveHere({ trouble, hint }: { trouble: string; hint: string }): Promise<VanishingNetwork> {
  try {
    return await VanishingNetwork.reserve();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`vanished clients need a network namespace of their own, which cannot be made: ${trouble}`, {
      hint: `${hint.replace(/\.$/, '')}; or leave vanished out of the mix; --allow-degraded makes them stalled clients.`,
      cause: error,
    });
  }
}

/** What vanishes is a route of this machine: the way to others has routes of theirs. */
async function checkLoopback({ hostname }: URL): Promise<void> {
  const address = hostname === 'localhost' ? await addressOf(hostname) : hostname;
  if (address.startsWith('127.') && /^[\d.]+$/.test(address)) return;
  throw new UsageError(`clients can vanish only on this machine's IPv4 loopback, and ${hostname} is not 127.x.x.x`, {
    hint: 'Leave vanished out of the mix, test on the machine of the server with a URL of 127.0.0.1, or add --allow-degraded: they are stalled clients then.',
  });
}

/** As the run will resolve it; a name that does not resolve is no loopback address. */
async function addressOf(hostname: string): Promise<string> {
  return lookup(hostname).then(({ address }) => address, () => hostname);
}
