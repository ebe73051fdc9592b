/**
 * Where the vanished clients of a plan can vanish, decided before anything is started: in a network namespace of
 * the run's own with a server of its own, in this one where routes may be set, or nowhere.
 */
import { UsageError } from '../core/errors.ts';
import type { SoakPlan } from '../options/soak-options.ts';
import { orDegraded, type Vanishing, vanishHere } from '../soak/vanish/vanishing-here.ts';
import { VanishingNetwork } from '../soak/vanish/vanishing.ts';
import { bringLoopbackUp, findNamespace, insideNamespace, runInside } from '../soak/vanish/namespace.ts';

/**
 * @param stdin what was read of it: the other process cannot read it once more
 * @returns the exit code when the run was made by another process, inside: nothing is left to do
 */
export async function prepareVanishing(plan: SoakPlan, stdin?: Uint8Array): Promise<Vanishing | number> {
  if (plan.mix.vanished === 0 || plan.urls.length > 0) return vanishHere(plan);
  if (insideNamespace()) {
    return orDegraded(plan, async () => {
      await bringLoopbackUp();
      return VanishingNetwork.reserve();
    });
  }
  const namespace = await findNamespace();
  if ('flags' in namespace) return runInside(namespace.flags, stdin);
  return orDegraded(plan, () => reserveHere(namespace));
}

/** A container may forbid namespaces and yet let its root set routes. */
async function reserveHere({ trouble, hint }: { trouble: string; hint: string }): Promise<VanishingNetwork> {
  try {
    return await VanishingNetwork.reserve();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`vanished clients need their own network namespace, which cannot be created: ${trouble}`, {
      hint: `${hint.replace(/\.$/, '')}; or remove vanished from --mix; --allow-degraded replaces them by stalled clients.`,
      cause: error,
    });
  }
}
