/** What the options of a soak rule out together, each with what to do instead. */
import { twiceWritten } from './values/report-target.ts';
import { formatDuration } from '../core/units.ts';
import { PROFILES } from '../protocols/profiles.ts';
import { bearerRule, proxyRule } from './asking-options.ts';
import { incidentRules } from './incident-rules.ts';
import { redisRule } from './redis-rows.ts';
import { firstConflict, type Rule } from './resolve.ts';
import type { SoakPlan } from './soak-options.ts';

export const soakRules: readonly Rule<SoakPlan>[] = [
  ({ rampMs, durationMs }) =>
    rampMs > durationMs
      ? {
          keys: ['rampMs', 'durationMs'],
          message: `a ramp of ${formatDuration(rampMs)} is longer than the duration of ${formatDuration(durationMs)}`,
          hint: 'The duration counts from the end of the ramp; make it at least as long.',
        }
      : null,
  ({ urls, faults }) =>
    urls.length > 0 && faults.length > 0
      ? {
          keys: ['faults', 'urls'],
          message: 'applies to the built-in server, but a url is given',
          hint: 'Remove one of them.',
        }
      : null,
  ({ urls, serverArgs }) =>
    urls.length > 0 && serverArgs.length > 0
      ? {
          keys: ['serverArgs', 'urls'],
          message: 'applies to the built-in server, but a url is given',
          hint: 'Remove one of them.',
        }
      : null,
  ({ urls, serverProcesses }) =>
    urls.length > 0 && serverProcesses !== null
      ? {
          keys: ['serverProcesses', 'urls'],
          message: 'applies to the built-in server, but a url is given',
          hint: 'Remove one of them.',
        }
      : null,
  ({ urls, serverPid, serverMetrics }) => {
    const key = serverPid !== null ? 'serverPid' : 'serverMetrics';
    if (typeof serverPid === 'number' && serverMetrics !== null) {
      return {
        keys: ['serverMetrics', 'serverPid'],
        message: 'cannot be combined with --server-pid: memory is read from one source',
        hint: 'Remove one of them.',
      };
    }
    return urls.length === 0 && (serverPid !== null || serverMetrics !== null)
      ? {
          keys: [key, 'urls'],
          message: 'the built-in server reports its memory itself',
          hint: 'Add the --url of the server to test, or remove this option.',
        }
      : null;
  },
  ({ urls, serverClients }) =>
    urls.length === 0 && serverClients !== null
      ? {
          keys: ['serverClients', 'urls'],
          message: 'the built-in server reports its clients itself',
          hint: 'Add the --url of the server to test, or remove this option.',
        }
      : null,
  redisRule,
  (plan) => {
    const key = plan.shards === null ? null : 'shards';
    return key !== null && plan.redis === null && plan.redisEnv === null
      ? { keys: [key], message: 'applies to workers, but neither --redis nor --redis-env is given' }
      : null;
  },
  ({ redis, redisEnv, processes, mix }) => {
    if (redis === null && redisEnv === null) return null;
    const flag = redis === null ? 'redisEnv' : 'redis';
    if (processes !== null)
      return {
        keys: ['processes', flag],
        message: 'is for load processes of this machine, and workers take the load',
        hint: 'Remove it, or use --shards.',
      };
    return mix.vanished > 0
      ? {
          keys: ['mix', flag],
          message: 'has vanished clients, which need a network of their own on the machine of the run',
          hint: 'Remove vanished from --mix, or run the soak without workers.',
        }
      : null;
  },
  ...incidentRules,
  proxyRule,
  (plan) => firstConflict(plan, PROFILES[plan.profile].rules.soak),
  bearerRule,
  ({ reports, json }) => {
    const at = twiceWritten(reports, json);
    if (at === null) return null;
    const target = reports[at]?.file === '-' ? 'stdout' : 'the same file';
    return { keys: ['reports'], message: `two reports have the same target: ${target}`, at };
  },
  ({ failOn, ignore }) => {
    const both = ignore.findIndex((id) => failOn.includes(id));
    return both === -1
      ? null
      : { keys: ['ignore'], message: `${ignore[both]} is also among the findings to fail on`, at: both };
  },
];
