/**
 * What the clients of a run are aimed at: the processes of our own server when the plan names no URL, else every URL of
 * it.
 */
import type { RunListener } from '../../core/run-events.ts';
import type { SoakPlan } from '../../options/soak-options.ts';
import type { ProxyEnvironment } from '../../wire/proxy.ts';
import { awaitTargets } from './awaited-targets.ts';
import { serverFlags, serverProcessCount } from './server-flags.ts';
import { startEmbedded } from './embedded-target.ts';
import { remoteTarget, type Targets } from './target.ts';
import { watchedTarget } from './watched-target.ts';

export interface TargetsOptions {
  plan: SoakPlan;
  /** The program that understands `serve`: script and leading arguments. */
  serverCommand: readonly string[];
  signal: AbortSignal;
  /** What of the environment speaks of proxies. */
  proxyEnvironment: ProxyEnvironment;
  onEvent: RunListener;
}

/**
 * @throws {StartError} when our own server does not start · {UnreachableError} when a name does not resolve, or
 * nobody accepts a connection in the time that the plan waits
 * · {UsageError} for a CA or a proxy that is none
 */
export async function findTargets(options: TargetsOptions): Promise<Targets> {
  const { plan, serverCommand, signal } = options;
  const server = serverFlags(plan);
  const [first, ...others] = plan.urls;
  if (first === undefined) {
    const processes = serverProcessCount(plan);
    return startEmbedded({ command: serverCommand, ...server, kind: plan.transport, processes }, signal);
  }
  await awaitTargets(plan, options);
  return [
    await watchedTarget(new URL(first), plan, options),
    ...(await Promise.all(others.map((url) => remoteTarget(new URL(url), plan, options)))),
  ];
}
