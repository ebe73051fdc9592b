/** The workers that a plan asks for, for as long as its run takes. */
import { isLoopback } from '../core/loopback.ts';
import type { Clock } from '../core/clock.ts';
import { redactUrl } from '../core/redact.ts';
import type { RunListener } from '../core/run-events.ts';
import type { SoakPlan } from '../options/soak-options.ts';
import { redisWarning } from '../redis/redis-url.ts';
import { serverProcessCount } from '../soak/target/server-flags.ts';
import type { ReservedWorkers } from '../workers/reserve-workers.ts';

export interface WorkersFor {
  plan: SoakPlan;
  /** The Redis of the plan. */
  url: string;
  /** Encrypts what goes through it. */
  key: string | null;
  version: string;
  clock: Clock;
  signal: AbortSignal;
  onEvent: RunListener;
}

/** @throws {GeneratorLimitError} where they are not there in time · {UsageError} for a key that is too short */
export async function workersFor({ plan, onEvent, ...options }: WorkersFor): Promise<ReservedWorkers> {
  const { reserveWorkers } = await import('../workers/reserve-workers.ts');
  const warning = redisWarning(options.url);
  if (warning !== null) onEvent({ type: 'note', text: warning });
  return reserveWorkers({
    ...options,
    clients: plan.clients,
    shards: plan.shards,
    waitMs: plan.waitForWorkersMs,
    targets: plan.urls.length || serverProcessCount(plan),
    target: plan.urls.map(redactUrl).join(', ') || 'a server of its own',
    isLocal: isOnlyHere(plan),
    onWait: (text) => onEvent({ type: 'note', text }),
  });
}

/** Whether only workers of this machine reach the target: the server of the run's own listens on loopback, too. */
export function isOnlyHere({ urls }: Pick<SoakPlan, 'urls'>): boolean {
  return urls.length === 0 || urls.some((url) => isLoopback(new URL(url).hostname));
}
