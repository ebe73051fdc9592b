/** What the incidents of a soak need, and what they rule out. */
import { formatDuration } from '../core/units.ts';
import type { Rule } from './resolve.ts';
import type { SoakPlan } from './soak-options.ts';

export const incidentRules: readonly Rule<SoakPlan>[] = [
  ({ urls, incidents }) => {
    const at = incidents.findIndex(({ kind }) => kind === 'restart-server' || kind === 'freeze');
    return urls.length > 0 && at !== -1
      ? {
          keys: ['incidents', 'urls'],
          at,
          message: `${incidents[at]?.kind} needs the built-in server, but a url is given`,
          hint: 'Remove one of them.',
        }
      : null;
  },
  ({ urls, incidents, serverPid }) => {
    const at = incidents.findIndex(({ kind }) => kind === 'sigterm');
    if (at === -1 || urls.length === 0 || typeof serverPid === 'number') return null;
    return {
      keys: ['incidents', 'serverPid'],
      at,
      message: 'sigterm needs the process of the server, and none is given',
      hint: 'Name the process that listens at the url: --server-pid PID. Only that process receives the signal.',
    };
  },
  ({ incidents }) => {
    const stop = incidents.find(({ kind }) => kind === 'sigterm');
    if (stop === undefined) return null;
    const at = incidents.findIndex((other) => other !== stop && other.atMs >= stop.atMs);
    return at === -1
      ? null
      : {
          keys: ['incidents'],
          at,
          message: `no incident can follow sigterm, which stops the server after ${formatDuration(stop.atMs)}`,
          hint: 'Make sigterm the last incident.',
        };
  },
  ({ incidents, durationMs }) => {
    // A server that is told to stop is waited for behind the end of the load, too.
    const at = incidents.findIndex(
      ({ kind, atMs, durationMs: lastsMs }) => atMs + (kind === 'sigterm' ? 0 : lastsMs) >= durationMs,
    );
    return at === -1
      ? null
      : {
          keys: ['incidents', 'durationMs'],
          at,
          message: `the incident would end after the run, which lasts ${formatDuration(durationMs)}`,
          hint: 'Start the incident earlier, or increase --duration.',
        };
  },
];
