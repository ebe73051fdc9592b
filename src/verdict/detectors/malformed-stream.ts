import { counted } from '../../core/units.ts';
import { UNDISPATCHED, UNDISPATCHED_ADVICE, undispatchedSays } from '../../findings/undispatched.ts';
import type { Summary } from '../../record/summary.ts';
import type { Detector } from '../finding.ts';

/**
 * Lines that a client drops or repairs (HTML standard, 9.2.6), and streams that were given up since their chunks or
 * their content coding were broken. A stream that was merely cut short, at whatever byte, is a dropped client.
 */
export const malformedStream: Detector = {
  id: 'malformed-stream',
  detect({ summary }) {
    const { malformed, clientsMalformed } = summary.counts;
    const streams = brokenStreams(summary);
    // Where others heard events, what stands unfinished is an event that was cut short.
    const undispatched =
      summary.counts.events === 0 ? UNDISPATCHED.filter((mistake) => summary.undispatched.has(mistake)) : [];
    if (malformed + streams + undispatched.length === 0) return null;
    const samples = [...summary.malformedSamples.keys()];
    const words = [
      ...(malformed > 0
        ? [`${counted(malformed, 'line')} that no client can read, sent to ${counted(clientsMalformed, 'client')}`]
        : []),
      ...(streams > 0
        ? [
            `${counted(streams, 'stream')} broken in the middle by bytes that are not HTTP, or not in the content coding`,
          ]
        : []),
      ...undispatched.map(
        (mistake) => `${counted(summary.undispatched.get(mistake) ?? 0, 'stream')} with ${undispatchedSays(mistake)}`,
      ),
    ];
    return {
      title: `${words.join('; ')}${samples.length > 0 ? `, as in ${samples[0]}` : ''}.`,
      evidence: {
        malformed,
        clients: clientsMalformed,
        byDefect: Object.fromEntries(summary.malformed),
        streams,
        ...(undispatched.length === 0 ? {} : { undispatched: Object.fromEntries(summary.undispatched) }),
        samples,
      },
      ...(undispatched.length === 0 ? {} : { hint: UNDISPATCHED_ADVICE }),
    };
  },
};

/** Given up as unreadable, and not for their size. */
function brokenStreams(summary: Summary): number {
  const { dropsByCause } = summary;
  return summary.total('unreadable') - (dropsByCause.get('line-limit') ?? 0) - (dropsByCause.get('event-limit') ?? 0);
}
