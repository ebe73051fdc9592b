import { counted, formatDuration } from '../../core/units.ts';
import type { Detector } from '../finding.ts';

/** Streams were open, and nobody heard a single event: nothing that is to be judged by events can be. */
export const noEvents: Detector = {
  id: 'no-events',
  detect({ summary, durationMs }) {
    const { events, comments, sessions, sessionsRefused } = summary.counts;
    const streams = summary.total('connected');
    // A session's stream of its own is silent until the server has something to say to that client.
    if (events > 0 || streams === 0 || sessions + sessionsRefused > 0) return null;
    const came = comments > 0 ? `only comments came (${counted(comments, 'comment')})` : 'nothing came';
    return {
      title: `No client heard an event on ${counted(streams, 'stream')} within ${formatDuration(durationMs)}: ${came}.`,
      evidence: { streams, comments, durationMs },
    };
  },
};
