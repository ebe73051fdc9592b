import { formatDuration } from '../../core/units.ts';
import type { Detector } from '../finding.ts';
import { stopHangs } from '../planned-stop.ts';

/** The server died, does not go when it is told to, or at the end nobody could reach it any more. */
export const targetDown: Detector = {
  id: 'target-down',
  detect(run) {
    const { server, summary, series, durationMs } = run;
    if (server.down === null && server.stop !== null) return stopHangs(run);
    if (server.down !== null) {
      return {
        title: `The server went away during the run: it ${server.down}.`,
        evidence: { reason: server.down, durationMs, connected: summary.total('connected') },
        hint: 'Read what it logged last, and run it alone under the same load to see it die.',
      };
    }
    const last = series.at(-1);
    const gone = last !== undefined && last.clients === 0 && summary.total('connected') > 0;
    const unreachable = [...summary.refusalsByCause].some(([cause]) => UNREACHABLE.has(cause));
    if (!gone || !unreachable) return null;
    const lastUp = series.findLast(({ clients }) => clients > 0)?.tMs ?? 0;
    return {
      title: `Nobody could reach the target any more, ${formatDuration(lastUp)} after the start.`,
      evidence: { lastSeenMs: lastUp, durationMs, byCause: Object.fromEntries(summary.refusalsByCause) },
      hint: 'Look at the logs of the server and of what stands in front of it, at that time.',
      // Streams of a target that is somewhere else may have ended long before, for reasons of their own.
      explains: false,
    };
  },
};

const UNREACHABLE = new Set(['refused', 'connect-timeout', 'reset', 'dns']);
