import { MAX_HELD_BYTES, MAX_TEXT_BYTES } from '../../client/long-texts.ts';
import { countedOf, formatBytes } from '../../core/units.ts';
import { largeEvent, longLine } from '../../findings/oversize.ts';
import type { Detector } from '../finding.ts';

/** What all clients of a machine may hold. */
const MAX_TOGETHER_BYTES = MAX_HELD_BYTES + MAX_TEXT_BYTES;

/**
 * A line or an event without end, or one that is larger than clients can be asked to hold. Where no event was larger than
 * one client may hold, and all of them together had no room for theirs, fewer clients could have read them to the end:
 * then nobody can tell whether they had one.
 */
export const oversizeEvent: Detector = {
  id: 'oversize-event',
  detect({ summary, limits: { maxLineBytes, maxEventBytes } }) {
    const { counts, dropsByCause } = summary;
    const lines = dropsByCause.get('line-limit') ?? 0;
    const withoutRoom = counts.eventsWithoutRoom;
    const events = Math.max(0, (dropsByCause.get('event-limit') ?? 0) - withoutRoom);
    if (lines + events + withoutRoom === 0) return null;
    const opened = summary.total('connected') + summary.total('reconnects');
    const words = [
      ...(lines > 0 ? [`${countedOf(lines, opened, 'stream')} had ${longLine(maxLineBytes)}`] : []),
      ...(events > 0 ? [`${countedOf(events, opened, 'stream')} had ${largeEvent(maxEventBytes)}`] : []),
      ...(withoutRoom > 0
        ? [
            `${countedOf(withoutRoom, opened, 'stream')} had an event that did not fit: the clients of this run together held ${formatBytes(MAX_TOGETHER_BYTES)} of unfinished events`,
          ]
        : []),
    ];
    const evidence = { lines, events, opened, maxLineBytes, maxEventBytes };
    return {
      title: `${words.join('; ')}; these streams were closed.`,
      evidence: withoutRoom === 0 ? evidence : { ...evidence, withoutRoom, maxTogetherBytes: MAX_TOGETHER_BYTES },
      ...(lines + events === 0
        ? {
            severity: 'inconclusive',
            hint: 'Use fewer clients, so that each can hold more, and look at one stream with `sse-probe listen`: an event that never ends is a defect of the server.',
          }
        : {}),
    };
  },
};
