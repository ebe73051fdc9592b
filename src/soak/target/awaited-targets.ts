/** Waits for the targets of a plan that do not accept connections yet, before anybody looks at them. */
import { UnreachableError } from '../../core/errors.ts';
import type { RunListener } from '../../core/run-events.ts';
import type { SoakPlan } from '../../options/soak-options.ts';
import { firstPlace, named, untilAccepted } from '../../reach/accepting.ts';
import { proxyOf, reachOf } from '../../reach/transport-spec.ts';
import type { Surroundings } from './target.ts';
import { unreachableHint } from './unreachable.ts';

/**
 * A server of the run's own is waited for by the one who starts it.
 *
 * @throws {UnreachableError} where nobody accepted a connection in the plan's time, or the signal came before · {UsageError}
 * for a CA or a proxy that is none
 */
export async function awaitTargets(
  plan: SoakPlan,
  { onEvent, proxyEnvironment, signal }: Surroundings & { onEvent: RunListener },
): Promise<void> {
  if (plan.waitMs === 0 || plan.urls.length === 0) return;
  const reach = await reachOf(plan, proxyEnvironment);
  const urls = plan.urls.map((text) => new URL(text));
  const places = urls.map((url) => firstPlace(url, proxyOf(url, reach)));
  const unaccepted = await untilAccepted(places, {
    waitMs: plan.waitMs,
    signal,
    onWaiting: (text) => onEvent({ type: 'waiting', text }),
  });
  if (signal.aborted) throw new UnreachableError('the run was interrupted while waiting for its target');
  if (unaccepted === null) return;
  const { cause, detail, place } = unaccepted;
  const url = urls[places.indexOf(place)] as URL;
  throw new UnreachableError(`${named(place)} cannot be reached: ${detail}`, {
    hint: unreachableHint(cause, detail, { url, kind: reach.kind, proxyEnvironment }),
  });
}
