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
          message: `${incidents[at]?.kind} needs the server of its own, but a url is given`,
          hint: 'Leave one of the two out.',
        }
      : null;
  },
  ({ urls, incidents, serverPid }) => {
    const at = incidents.findIndex(({ kind }) => kind === 'sigterm');
    if (at === -1 || urls.length === 0 || typeof serverPid === 'number') return null;
    return {
      keys: ['incidents', 'serverPid'],
      at,
      message: 'sigterm tells a server to stop whose process is named, and none is',
      hint: 'Name the process that listens at the url: --server-pid PID. No other one is told to stop.',
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
          message: `nothing can happen to a server that was told to stop after ${formatDuration(stop.atMs)}`,
          hint: 'Let sigterm be the last incident.',
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
          message: `the incident would not be over when the run is, after ${formatDuration(durationMs)}`,
          hint: 'Let it happen earlier, or run longer.',
        };
  },
];
