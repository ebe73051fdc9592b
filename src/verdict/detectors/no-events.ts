import { markerText } from '../../core/stream-marker.ts';
import { counted, formatDuration } from '../../core/units.ts';
import type { Detected } from '../../findings/finding.ts';
import type { RunRecord } from '../../record/run-record.ts';
import { isWithoutData } from '../../findings/undispatched.ts';
import type { Detector } from '../finding.ts';

/** Streams were open, and what is to be judged by events can not be: nobody heard one, or none came to its planned end. */
export const noEvents: Detector = {
  id: 'no-events',
  detect(record) {
    const { events, comments, withoutData, heartbeatsAfterGreeting, sessions, sessionsRefused } = record.summary.counts;
    const streams = record.summary.total('connected');
    if (streams === 0) return null;
    if (events > 0) return noneComplete(record);
    // A session's stream of its own is silent until the server has something to say to that client.
    if (sessions + sessionsRefused > 0) return noneComplete(record);
    // A feed that is quiet and shows that it lives has been held to its heartbeats; an end that was asked for is missing.
    const isAlive = heartbeatsAfterGreeting > 0 && record.until === null && !isWithoutData(events, withoutData);
    const parts = [
      ...(comments > 0 ? [counted(comments, 'comment')] : []),
      ...(withoutData > 0 ? [`${counted(withoutData, 'event')} without data`] : []),
    ];
    const came = parts.length > 0 ? `only ${parts.join(' and ')} arrived` : 'nothing arrived';
    return {
      ...(isAlive ? { severity: 'warn' as const } : {}),
      title: `No client received an event on ${counted(streams, 'stream')} within ${formatDuration(record.durationMs)}: ${came}.`,
      evidence: { streams, comments, durationMs: record.durationMs },
    };
  },
};

/** The end that was asked for never came: whether streams come to it has not been seen. */
function noneComplete({ until, summary, durationMs }: RunRecord): Detected | null {
  const { completed, unfinished, events } = summary.counts;
  if (until === null || completed > 0) return null;
  const streams = summary.total('connected') + summary.total('reconnects');
  const open = unfinished > 0 ? `; ${unfinished} of them ${unfinished === 1 ? 'was' : 'were'} still open` : '';
  return {
    title: `No client received \`${markerText(until)}\` on ${counted(streams, 'stream')} within ${formatDuration(durationMs)}, among ${counted(events, 'event')}${open}.`,
    evidence: { until: markerText(until), streams, events, unfinished, durationMs },
    hint: 'Run longer than one stream takes, and write its last event exactly as the server sends it (`sse-probe listen` shows it).',
  };
}
