import { counted, formatBytes } from '../../core/units.ts';
import { DEFAULT_MAX_EVENT_BYTES, DEFAULT_MAX_LINE_BYTES } from '../../sse/handlers.ts';
import type { Detector } from '../finding.ts';

/** A line or an event without end, or one that a client would have to hold megabytes for. */
export const oversizeEvent: Detector = {
  id: 'oversize-event',
  detect({ summary: { dropsByCause } }) {
    const lines = dropsByCause.get('line-limit') ?? 0;
    const events = dropsByCause.get('event-limit') ?? 0;
    if (lines + events === 0) return null;
    const words = [
      ...(lines > 0
        ? [`${counted(lines, 'stream')} had a line of more than ${formatBytes(DEFAULT_MAX_LINE_BYTES)}`]
        : []),
      ...(events > 0
        ? [`${counted(events, 'stream')} had an event of more than ${formatBytes(DEFAULT_MAX_EVENT_BYTES)}`]
        : []),
    ];
    return {
      title: `${words.join('; ')}: given up there.`,
      evidence: { lines, events, maxLineBytes: DEFAULT_MAX_LINE_BYTES, maxEventBytes: DEFAULT_MAX_EVENT_BYTES },
    };
  },
};
