import { compressorAdvice } from '../../findings/compressors.ts';
import { marksSeen } from '../marks-seen.ts';
import { BUNCHED_SHARE, HELD_MS } from '../../findings/arrivals.ts';
import { FINDINGS } from '../../findings/finding-rows.ts';
import { comeInBunchesOnly, HELD_ONCE_ADVICE, heldOnceSays, isHeldForLong } from '../../findings/held-once.ts';
import {
  HELD_FOR_NEXT_ADVICE,
  heldForNextSays,
  isHeldForNext,
  mayBeHeldForNext,
  nameTheTime,
  type NextWriteSeen,
} from '../../findings/next-write.ts';
import { DELAYED_WRITES_ADVICE, delayedBy, inPartsSays, sentLateSays } from '../../findings/delayed-writes.ts';
import { isHeldByCompressor, stopsInEventSays } from '../../findings/not-flushed.ts';
import { JITTER_MS } from '../../accounts/clock-skew.ts';
import { fieldsText, type TimeField } from '../../accounts/found-fields.ts';
import { isThisMachine } from '../../core/loopback.ts';
import { counted, formatDuration } from '../../core/units.ts';
import { countAbove } from '../../measure/cluster.ts';
import type { Observations } from '../observations.ts';
import { isStreamOfItsOwn } from '../own-stream.ts';
import { arrivalTimes } from '../same-events.ts';
import { nextWritesOf } from '../next-write.ts';
import type { StreamLog } from '../stream-log.ts';
import { beatBunches, bunchesEnded, isLongBunchOfBeats } from '../bunches.ts';
import { fail, pass, skip, warn, type Check, type Judged } from './check.ts';

const HINT = FINDINGS['buffered-stream'].advice;
/** It happened twice: one hiccup of something is no buffering. */
const LEAST_BUNCHES = 2;
const LEAST_COMMON = 3;
const SAME_AGE_MS = 100;

/**
 * Do events come when they are sent? By the times that they carry, if they do; by heartbeats, which are never sent
 * in bunches; and by a second connection, which must get the same event at the same time.
 */
export const buffered: Check = {
  id: 'buffered',
  needs: 'stream',
  judge(seen, { log }) {
    const { time } = log.search.fields;
    const latency = latencyOf(log, seen.wallOffsetMs);
    const { stamped, bunched, bunches } = log.bunching;
    const heldMs = heldBackMs(log);
    const apartMs = apartFromTwin(seen);
    const beatsTogether = beatBunches(log);
    const evidence = {
      events: log.publishedCount,
      reads: log.arrivals.length,
      inBunches: bunched,
      bunches,
      heartbeatsTogether: beatsTogether,
      heldMaxMs: heldMs,
      apartFromSecondMs: apartMs,
      ...(latency === null || time === null ? {} : { times: fieldsText({ sequence: null, time }), latencyMs: latency }),
    };
    if (isHeldByCompressor(log.stopsInEvent, log.longestStopInEventMs)) {
      return fail(
        `The stream is ${stopsInEventSays(log.stopsInEvent)}.`,
        { finding: 'buffered-stream', ...evidence, stopsInEvent: log.stopsInEvent },
        compressorAdvice(marksSeen(seen)),
      );
    }
    const bunch = bunchesEnded(log);
    const seenBunches = { stamped, bunched, streams: 1, ...bunch };
    const isBuffered = bunches >= LEAST_BUNCHES && bunched >= stamped * BUNCHED_SHARE;
    if (isBuffered || comeInBunchesOnly(seenBunches, seen.ownStopMs)) {
      return fail(
        `${Math.round((bunched / stamped) * 100)} % of the events arrived in batches of ${Math.round(bunched / bunches)} although they were sent separately, up to ${formatDuration(heldMs)} late.`,
        { finding: 'buffered-stream', ...evidence },
        HINT,
      );
    }
    if (beatsTogether >= LEAST_BUNCHES || isLongBunchOfBeats(log, seen.ownStopMs)) {
      return fail(
        `Heartbeats arrived together ${counted(beatsTogether, 'time')} although they were sent separately: the stream is buffered.`,
        { finding: 'buffered-stream', ...evidence },
        HINT,
      );
    }
    if (apartMs !== null && apartMs > HELD_MS) {
      return fail(
        `The same events reached two clients ${formatDuration(apartMs)} apart: they are buffered.`,
        { finding: 'buffered-stream', ...evidence },
        HINT,
      );
    }
    const nextWrites = nextWritesOf(log, seen.wallOffsetMs);
    if (isHeldForNext(nextWrites, 1)) {
      return fail(
        heldForNextSays(nextWrites),
        { finding: 'buffered-stream', ...evidence, ...nextWrites.counts },
        HELD_FOR_NEXT_ADVICE,
      );
    }
    return rarelyHeld(seen, log, evidence) ?? notHeld(seen, log, { evidence, nextWrites, latency });
  },
};

/** What was held once, and what is late by milliseconds: warnings. */
function rarelyHeld(seen: Observations, log: StreamLog, evidence: Judged['evidence']): Judged | null {
  const { judged, sentForMs } = bunchesEnded(log);
  if (isHeldForLong(sentForMs, seen.ownStopMs)) {
    return warn(
      heldOnceSays(judged, 1, sentForMs),
      { finding: 'buffered-stream', ...evidence, sentForMs },
      HELD_ONCE_ADVICE,
    );
  }
  const delayed = delayedWrites(seen, log);
  return delayed === null ? null : warn(delayed, { finding: 'buffered-stream', ...evidence }, DELAYED_WRITES_ADVICE);
}

interface Looked {
  evidence: Judged['evidence'];
  nextWrites: NextWriteSeen;
  latency: Latency | null;
}

function notHeld({ plan }: Observations, log: StreamLog, { evidence, nextWrites, latency }: Looked): Judged {
  const { time } = log.search.fields;
  if (log.publishedCount === 0 && log.beats.length === 0)
    return skip('nothing arrived that could have been buffered', evidence);
  if (plan.sentAtPointer !== 'auto' && time === null && log.publishedCount > 0) {
    return warn(
      `None of ${counted(log.publishedCount, 'event')} has a time within a day of now at ${plan.sentAtPointer}.`,
      evidence,
      'Give the place of the sending time with --sent-at: Unix time in s, ms, µs or ns, or ISO 8601.',
    );
  }
  const hint = time !== null && mayBeHeldForNext(nextWrites, 1) ? nameTheTime(time.pointer) : '';
  return pass(`events arrive when they are sent${latencySays(latency, time)}`, evidence, hint);
}

/** What is said of small writes that wait for an acknowledgement; null where none did. */
function delayedWrites({ contact, proxy, wallOffsetMs, ownStopMs }: Observations, log: StreamLog): string | null {
  const { restAfter, published, events } = log;
  const rests = { count: restAfter.count, countAbove: (ms: number) => countAbove(restAfter, ms) };
  const inParts = delayedBy(rests, { of: events, ownStopMs });
  if (inParts !== null) return inPartsSays(inParts);
  // One clock: what is late by the same is no clock that is behind.
  if (proxy !== null || !isThisMachine(contact.addresses[0] ?? '')) return null;
  const ages = published
    .map(({ atMs, sentMs, dueMs }) => wallOffsetMs + atMs - (Number.isNaN(sentMs) ? dueMs : sentMs))
    .filter((ms) => !Number.isNaN(ms));
  const late = delayedBy({ count: ages.length, countAbove: (ms) => ages.filter((age) => age > ms).length });
  return late === null ? null : sentLateSays(late);
}

interface Latency {
  count: number;
  p50: number;
  max: number;
}

/** From when events were sent until they came, by our clock; null where none says when. */
function latencyOf({ published }: StreamLog, wallOffsetMs: number): Latency | null {
  const times = published
    .map(({ atMs, dueMs }) => wallOffsetMs + atMs - dueMs)
    .filter((ms) => !Number.isNaN(ms))
    .toSorted((a, b) => a - b);
  const max = times.at(-1);
  return max === undefined ? null : { count: times.length, p50: times[Math.floor(times.length / 2)] as number, max };
}

function latencySays(latency: Latency | null, time: TimeField | null): string {
  if (latency === null || time === null) return '';
  const { p50, max } = latency;
  if (p50 < -JITTER_MS)
    return `; by ${time.pointer} the server's clock is ${formatDuration(-p50)} ahead of this machine`;
  return `; latency by ${time.pointer} p50 ${formatDuration(Math.max(p50, 0))}, max ${formatDuration(Math.max(max, 0))}`;
}

/** How long after it was sent the latest came, against the earliest: the server's clock may be wrong. */
function heldBackMs({ published }: StreamLog): number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const { atMs, sentMs, dueMs } of published) {
    const delayMs = atMs - (Number.isNaN(sentMs) ? dueMs : sentMs);
    if (Number.isNaN(delayMs)) continue;
    least = Math.min(least, delayMs);
    most = Math.max(most, delayMs);
  }
  return most < least ? 0 : most - least;
}

/**
 * Median of how far apart two clients got the same event, live for both; null where too few were the same. An event
 * that both got at the same age of their streams is not held against anybody: each has a stream of its own, which
 * begins with it.
 */
function apartFromTwin({ main, auxiliary }: Observations): number | null {
  const twin = auxiliary.get('twin');
  if (main === null || twin === undefined || twin.headMs === null || isStreamOfItsOwn(twin, main)) return null;
  const times = arrivalTimes(main.log.published);
  const openedMs = twin.headMs;
  const offsetMs = openedMs - (main.headMs ?? 0);
  const apart = [...arrivalTimes(twin.log.published)]
    .map(([key, atMs]) => ({ key, atMs }))
    .filter(({ key, atMs }) => times.has(key) && atMs - openedMs > 1000 && (times.get(key) as number) > openedMs)
    .map(({ key, atMs }) => atMs - (times.get(key) as number))
    .filter((laterMs) => Math.abs(laterMs - offsetMs) > SAME_AGE_MS)
    .map(Math.abs)
    .toSorted((a, b) => a - b);
  return apart.length < LEAST_COMMON ? null : (apart[Math.floor(apart.length / 2)] as number);
}
