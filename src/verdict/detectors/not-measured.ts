import { formatBytes } from '../../core/units.ts';
import { counted, type Detector } from '../finding.ts';

/** What the run was asked to judge and could not: said, never guessed. */
export const notMeasured: Detector = {
  id: 'not-measured',
  severity: 'info',
  blamesTime: false,
  detect({ summary, expectations, swallowedBytes }) {
    const { counts } = summary;
    const gaps: Record<string, unknown> = {};
    const words: string[] = [];
    if (counts.evictionsUnknown > 0) {
      gaps['evictionsUnknown'] = counts.evictionsUnknown;
      gaps['evictWithinMs'] = expectations.evictWithinMs;
      gaps['swallowedBytes'] = swallowedBytes;
      words.push(`the eviction of ${counted(counts.evictionsUnknown, 'stalled client')}`);
    }
    if (counts.events > 0 && counts.eventsWithSeq === 0) {
      gaps['eventsWithSeq'] = 0;
      words.push('loss, doubles and order (no sequence number in the events)');
    }
    if (counts.eventsWithSeq > 0 && summary.times.latency.count === 0) {
      gaps['eventsWithTime'] = 0;
      words.push('latency (no time in the events)');
    }
    if (words.length === 0) return null;
    return {
      title: `Not measured: ${words.join('; ')}.`,
      evidence: gaps,
      hint: counts.evictionsUnknown > 0
        ? `A stalled client shows when more is sent to it than the kernels swallow (${formatBytes(swallowedBytes)} here so far), and the run lasts longer than --evict-within after that: send more or larger events, or run longer.`
        : 'Name where they are with --seq and --sent-at.',
    };
  },
};
