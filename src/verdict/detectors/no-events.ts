import { counted, formatDuration } from '../../core/units.ts';
import type { Detector } from '../finding.ts';

/** Streams were open, and nobody heard a single event: nothing that is to be judged by events can be. */
export const noEvents: Detector = {
  id: 'no-events',
  detect({ summary, durationMs }) {
    const { events, comments, heartbeatsAfterGreeting, sessions, sessionsRefused } = summary.counts;
    const streams = summary.total('connected');
    // A session's stream of its own is silent until the server has something to say to that client.
    if (events > 0 || streams === 0 || sessions + sessionsRefused > 0) return null;
    // A feed that is quiet and shows that it lives has been held to its heartbeats.
    const isAlive = heartbeatsAfterGreeting > 0;
    const came = comments > 0 ? `only ${counted(comments, 'comment')} came` : 'nothing came';
    return {
      ...(isAlive ? { severity: 'warn' as const } : {}),
      title: `No client heard an event on ${counted(streams, 'stream')} within ${formatDuration(durationMs)}: ${came}.`,
      evidence: { streams, comments, durationMs },
    };
  },
};
