import { compressorAdvice } from '../../findings/compressors.ts';
import { marksOf } from '../server-marks.ts';
import { BUNCHED_SHARE } from '../../findings/arrivals.ts';
import { counted, formatDuration } from '../../core/units.ts';
import type { Detected } from '../../findings/finding.ts';
import { stopsInEventSays } from '../../findings/not-flushed.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { Detector } from '../finding.ts';

/** Each client heard several bunches: one hiccup of something is no buffering. */
const BUNCHES_A_CLIENT = 3;
/** Half of what a bunch is due over at least: what is late before it is sent was not held back on the way. */
const LEAST_HELD_MS = 250;

/** Events that were sent apart arrive together, again and again: something collects them. */
export const bufferedStream: Detector = {
  id: 'buffered-stream',
  detect(record) {
    const held = heldByCompressor(record);
    if (held !== null || !isBuffered(record)) return held;
    const {
      summary: {
        counts: { stamped, bunched, bunches },
        times,
      },
    } = record;
    const heldMs = times.latencySent.count > 0 ? times.latencySent : times.latency;
    return {
      title: `Events that were sent apart arrived together: ${Math.round((bunched / stamped) * 100)} % of them, in bunches of ${Math.round(bunched / bunches)}, held back for up to ${formatDuration(heldMs.percentile(99))}.`,
      evidence: {
        events: stamped,
        inBunches: bunched,
        bunches,
        eventsPerBunch: bunched / bunches,
        heldP50Ms: heldMs.percentile(50),
        heldP99Ms: heldMs.percentile(99),
        silenceP50Ms: times.silence.percentile(50),
      },
    };
  },
};

/** By the compressor itself, also where events do not say when they were sent. */
function heldByCompressor(record: RunRecord): Detected | null {
  const { counts, byKind } = record.summary;
  const { heldByCompressor: streams, stopsInEvent } = counts;
  if (streams === 0 || streams < (byKind.get('healthy')?.connected ?? 0) * BUNCHED_SHARE) return null;
  return {
    title: `${counted(streams, 'stream')} ${streams === 1 ? 'is' : 'are'} ${stopsInEventSays(stopsInEvent)}.`,
    evidence: { streams, stopsInEvent },
    hint: compressorAdvice(marksOf(record)),
  };
}

function isBuffered({ summary: { counts, times, byKind } }: RunRecord): boolean {
  const { stamped, bunched, bunches } = counts;
  const clients = byKind.get('healthy')?.connected ?? 0;
  if (clients === 0 || bunches < BUNCHES_A_CLIENT * clients) return false;
  if (times.latencySent.count > 0 && times.latencySent.percentile(50) < LEAST_HELD_MS) return false;
  return bunched >= stamped * BUNCHED_SHARE;
}
