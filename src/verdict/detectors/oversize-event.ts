import { countedOf } from '../../core/units.ts';
import { largeEvent, longLine } from '../../findings/oversize.ts';
import type { Detector } from '../finding.ts';

/** A line or an event without end, or one that is larger than clients can be asked to hold. */
export const oversizeEvent: Detector = {
  id: 'oversize-event',
  detect({ summary, limits: { maxLineBytes, maxEventBytes } }) {
    const { dropsByCause } = summary;
    const lines = dropsByCause.get('line-limit') ?? 0;
    const events = dropsByCause.get('event-limit') ?? 0;
    if (lines + events === 0) return null;
    const opened = summary.total('connected') + summary.total('reconnects');
    const words = [
      ...(lines > 0 ? [`${countedOf(lines, opened, 'stream')} had ${longLine(maxLineBytes)}`] : []),
      ...(events > 0 ? [`${countedOf(events, opened, 'stream')} had ${largeEvent(maxEventBytes)}`] : []),
    ];
    return {
      title: `${words.join('; ')}: given up there.`,
      evidence: { lines, events, opened, maxLineBytes, maxEventBytes },
    };
  },
};
