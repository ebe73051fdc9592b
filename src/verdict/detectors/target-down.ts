import { formatDuration } from '../../core/units.ts';
import type { Detector } from '../finding.ts';
import { stopHangs } from '../planned-stop.ts';

/** The server died, does not go when it is told to, or at the end nobody could reach it any more. */
export const targetDown: Detector = {
  id: 'target-down',
  detect(run) {
    const { server, summary, series, durationMs } = run;
    if (server.down === null && server.stop !== null) return stopHangs(run);
    const last = series.at(-1);
    const lastUpMs = series.findLast(({ clients }) => clients > 0)?.tMs ?? null;
    if (server.down !== null) {
      const isSeen = last?.clients === 0 && lastUpMs !== null;
      const since = isSeen ? ` The last streams were open ${formatDuration(lastUpMs)} after the start.` : '';
      return {
        title: `The server stopped during the run: it ${server.down}.${since}`,
        evidence: {
          reason: server.down,
          durationMs,
          connected: summary.total('connected'),
          ...(isSeen ? { lastSeenMs: lastUpMs } : {}),
        },
        hint: 'Read its last log lines, and run it alone under the same load to reproduce the failure.',
      };
    }
    const gone = last !== undefined && last.clients === 0 && summary.total('connected') > 0;
    const unreachable = [...summary.refusalsByCause].some(([cause]) => UNREACHABLE.has(cause));
    if (!gone || !unreachable) return null;
    return {
      title: `The target could not be reached from ${formatDuration(lastUpMs ?? 0)} after the start.`,
      evidence: { lastSeenMs: lastUpMs ?? 0, durationMs, byCause: Object.fromEntries(summary.refusalsByCause) },
      hint: 'Check the logs of the server and of the proxies in front of it for that time.',
      // Streams of a target that is somewhere else may have ended long before, for reasons of their own.
      explains: false,
    };
  },
};

const UNREACHABLE = new Set(['refused', 'connect-timeout', 'reset', 'dns']);
