import { counted } from '../../core/units.ts';
import type { Detector } from '../finding.ts';

/** By fewer events nobody can tell. */
const MIN_EVENTS = 5;

/** Without ids a client that returns cannot say what it has seen, so what was sent meanwhile is gone. */
export const noEventIds: Detector = {
  id: 'no-event-ids',
  detect({ summary, until, method }) {
    // Who asks a question by POST comes back with the next one, and not behind an id of the answer before.
    if (until !== null && method !== 'GET') return null;
    const { eventsWithId, eventsWithoutId } = summary.counts;
    if (eventsWithId > 0 || eventsWithoutId < MIN_EVENTS) return null;
    return {
      title: `None of ${counted(eventsWithoutId, 'event')} has an id, so a client that reconnects cannot request the events it missed.`,
      evidence: { eventsWithoutId, reconnects: summary.total('reconnects') },
    };
  },
};
