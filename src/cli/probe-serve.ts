/**
 * `sse-probe probe --serve`: the exporter as a process. It says where it listens once it accepts, and ends at a
 * signal.
 */
import { once } from 'node:events';
import { isLoopback } from '../core/loopback.ts';
import type { PreparedProbe } from '../library/prepared-probe.ts';
import type { ProbeRoom } from '../probe/probe-room.ts';
import { probe } from '../probe/run.ts';
import { LEAVE_MS } from '../probe/profile-host.ts';
import { PROFILE_NAMES, PROFILES } from '../protocols/profiles.ts';
import type { ListenAddress } from '../options/values/listen-address.ts';
import type { ProbePlan } from '../options/probe-options.ts';
import { output } from './output.ts';
import { startExporter } from './probe-exporter.ts';

/** Runs until it is interrupted. @returns the exit code; @throws {StartError} when it cannot listen */
export async function serveProbes(
  plan: ProbePlan,
  prepared: PreparedProbe & { readonly room: ProbeRoom },
  interrupted: AbortSignal,
): Promise<number> {
  const listen = plan.serve as ListenAddress;
  const exporter = await startExporter({
    listen,
    allowedTargets: plan.allowedTargets,
    maxProbes: plan.maxProbes,
    history: plan.history,
    isFull: () => prepared.room.isFull,
    longestMs: Math.min(plan.durationMs, plan.deadlineMs ?? Number.POSITIVE_INFINITY),
    // The plain stream is asked for as the owner says; the others ask with a method and a body of their own.
    profiles: { known: PROFILE_NAMES, allowed: ['sse', plan.profile, ...plan.allowedProfiles] },
    ignore: plan.ignore,
    version: prepared.version,
    async probe({ target, profile: name, budgetMs, mayVisit, signal }) {
      const profile = PROFILE_NAMES.find((known) => known === name) ?? plan.profile;
      // A session is ended after the probe, and the scraper waits for that too.
      const leaveMs = PROFILES[profile].request.hasFarewell ? Math.min(LEAVE_MS, budgetMs / 2) : 0;
      return probe({
        ...prepared,
        url: target,
        plan: { ...plan, profile, durationMs: budgetMs - leaveMs, deadlineMs: null },
        mayVisit,
        signal,
      });
    },
  });
  if (!plan.quiet && (listen.host === null || !isLoopback(listen.host))) {
    process.stderr.write('sse-probe: anyone who can reach this port can probe the allowed targets\n');
  }
  output.print(`listening on ${exporter.url}\n`);
  if (!interrupted.aborted) await once(interrupted, 'abort');
  await exporter.close();
  return 0;
}
