import { compressorAdvice } from '../../findings/compressors.ts';
import { marksOf } from '../server-marks.ts';
import { BUNCHED_SHARE } from '../../findings/arrivals.ts';
import { CACHED_ADVICE, cachedStreamsSays } from '../../findings/cache-signs.ts';
import { printable } from '../../core/printable.ts';
import { countedOf, formatDuration } from '../../core/units.ts';
import type { Detected } from '../../findings/finding.ts';
import { DELAYED_WRITES_ADVICE, inPartsSays, sentLateSays } from '../../findings/delayed-writes.ts';
import { comeInBunchesOnly, HELD_ONCE_ADVICE, heldOnceSays, isHeldForLong } from '../../findings/held-once.ts';
import { HELD_FOR_NEXT_ADVICE, heldForNextSays, isHeldForNext } from '../../findings/next-write.ts';
import { stopsInEventSays } from '../../findings/not-flushed.ts';
import { longestStopMs } from '../../measure/generator.ts';
import type { RunRecord } from '../../record/run-record.ts';
import { delayedWritesOf } from '../delayed-writes.ts';
import type { Detector } from '../finding.ts';

/** Each client heard several bunches: one hiccup of something is no buffering. */
const BUNCHES_A_CLIENT = 3;
/** Half of what a bunch is due over at least: what is late before it is sent was not held back on the way. */
const LEAST_HELD_MS = 250;

/** Events come later than they were sent: something collects them, or keeps them until it is given more. */
export const bufferedStream: Detector = {
  id: 'buffered-stream',
  detect(record) {
    return (
      fromCache(record) ??
      heldByCompressor(record) ??
      inBunches(record) ??
      heldForNext(record) ??
      heldOnce(record) ??
      delayedWrites(record)
    );
  },
};

/** What a cache keeps it lets go again and again, at once and too late. */
function fromCache({ summary: { counts, cacheSigns } }: RunRecord): Detected | null {
  const { streamsCached, streamsOpened } = counts;
  if (streamsCached === 0) return null;
  const [sign = ''] = cacheSigns.keys();
  return {
    title: `${cachedStreamsSays(streamsCached, streamsOpened, printable(sign))}.`,
    evidence: { streamsCached, streamsOpened, sign: printable(sign) },
    hint: CACHED_ADVICE,
    explains: false,
  };
}

/** Events that were sent apart arrive together, again and again. */
function inBunches(record: RunRecord): Detected | null {
  if (!isBuffered(record)) return null;
  const {
    summary: {
      counts: { stamped, bunched, bunches },
      times,
    },
  } = record;
  const heldMs = times.latencySent.count > 0 ? times.latencySent : times.latency;
  return {
    title: `${Math.round((bunched / stamped) * 100)} % of the events arrived in batches of ${Math.round(bunched / bunches)} although they were sent separately, up to ${formatDuration(heldMs.percentile(99))} late.`,
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
}

function heldForNext({ summary }: RunRecord): Detected | null {
  const { counts, times } = summary;
  if (!isHeldForNext(summary, summary.byKind.get('healthy')?.connected ?? 0)) return null;
  return {
    title: heldForNextSays(summary),
    evidence: {
      events: counts.nextJudged,
      heldUntilNext: counts.heldUntilNext,
      heldUntilHeartbeat: counts.heldUntilBeat,
      heldP50Ms: times.heldForNext.percentile(50),
      heldMaxMs: times.heldForNext.percentile(100),
    },
    hint: HELD_FOR_NEXT_ADVICE,
  };
}

/** By the compressor itself, also where events do not say when they were sent. */
function heldByCompressor(record: RunRecord): Detected | null {
  const { counts, byKind } = record.summary;
  const { heldByCompressor: streams, stopsInEvent } = counts;
  if (streams === 0 || streams < (byKind.get('healthy')?.connected ?? 0) * BUNCHED_SHARE) return null;
  return {
    title: `${countedOf(streams, byKind.get('healthy')?.connected ?? 0, 'stream')} ${streams === 1 ? 'is' : 'are'} ${stopsInEventSays(stopsInEvent)}.`,
    evidence: { streams, stopsInEvent },
    hint: compressorAdvice(marksOf(record)),
  };
}

function isBuffered({ summary: { counts, times, byKind }, generator }: RunRecord): boolean {
  const { stamped, bunched, bunches } = counts;
  const streams = byKind.get('healthy')?.connected ?? 0;
  if (times.latencySent.count > 0 && times.latencySent.percentile(50) < LEAST_HELD_MS) return false;
  const { bunchDue } = times;
  const seen = { stamped, bunched, streams, judged: bunchDue.count, dueForMs: bunchDue.percentile(50) };
  if (comeInBunchesOnly(seen, longestStopMs(generator))) return true;
  return streams > 0 && bunches >= BUNCHES_A_CLIENT * streams && bunched >= stamped * BUNCHED_SHARE;
}

/** By the times of sending alone: what a server that stood still owes comes together too. */
function heldOnce({ summary: { times, byKind }, generator }: RunRecord): Detected | null {
  const streams = byKind.get('healthy')?.connected ?? 0;
  const { bunchSent } = times;
  const usualMs = bunchSent.percentile(50);
  if (streams === 0 || bunchSent.count < streams * BUNCHED_SHARE) return null;
  if (!isHeldForLong(usualMs, longestStopMs(generator))) return null;
  return {
    severity: 'warn',
    title: `${heldOnceSays(bunchSent.count, streams, bunchSent.percentile(100))}.`,
    evidence: { bunches: bunchSent.count, streams, sentForP50Ms: usualMs, sentForMaxMs: bunchSent.percentile(100) },
    hint: HELD_ONCE_ADVICE,
    explains: false,
  };
}

/** A warning: it costs each event some milliseconds, and holds none for ever. */
function delayedWrites(record: RunRecord): Detected | null {
  const found = delayedWritesOf(record);
  if (found === null) return null;
  return {
    severity: 'warn',
    title: `${found.inParts ? inPartsSays(found) : sentLateSays(found)}.`,
    evidence: { ...found },
    hint: DELAYED_WRITES_ADVICE,
    explains: false,
  };
}
