/**
 * A stream that flowed, fell silent and stayed open: whether a client that comes afterwards is sent what it is not. Then
 * nobody writes to it any more, and something keeps it open.
 */
import { TOGETHER_MS } from '../findings/arrivals.ts';
import {
  isBehind,
  type Newcomer,
  SAME_STOP_MS,
  saysNobodyBehind,
  type SilentStreams,
} from '../findings/dead-streams.ts';
import type { AuxiliaryName } from './auxiliary-streams.ts';
import type { Listening } from './listening.ts';
import { heardSince } from './quiet-stream.ts';
import type { NotedEvent } from './noted-event.ts';
import type { Observations } from './observations.ts';

/** Where the others were answered in less, one that is not answered is not answered by anybody. */
const USUALLY_ANSWERED_MS = 1000;
const LEAST_PATIENCE_MS = 3000;
/** Streams that opened so far apart did not stop together because each has an end of its own. */
const OPENED_APART_MS = 800;
/** They stopped closer together than they opened. */
const CLOSER = 0.5;

/** Null where the stream goes on, or nobody came afterwards who could tell. */
export function deadStream(seen: Observations, main: Listening): (SilentStreams & { newcomer: Newcomer }) | null {
  const fresh = seen.auxiliary.get('fresh');
  const { silenceFromMs, lastByteMs, maxSilenceMs } = main.log;
  if (fresh === undefined || silenceFromMs !== lastByteMs) return null;
  const newcomer = heardBy(fresh, main, seen);
  const silent = OTHERS.map((name) => seen.auxiliary.get(name)).filter(
    (other) => other !== undefined && isOpen(other) && Math.abs(other.log.lastByteMs - lastByteMs) <= SAME_STOP_MS,
  );
  return { streams: 1 + silent.length, sinceMs: lastByteMs, forMs: maxSilenceMs, newcomer };
}

/** Those that stay as long as the main one. */
const OTHERS: readonly AuxiliaryName[] = ['twin'];

function isOpen({ isStream, end }: Listening): boolean {
  return isStream && (end === null || end.cause === 'closed-by-us');
}

function heardBy(fresh: Listening, main: Listening, seen: Observations): Newcomer {
  if (heardSince(fresh) > 0) {
    const { lastEventId, published } = main.log;
    const lastSeq = Math.max(-1, ...published.map(({ seq }) => seq));
    const isNews = ({ id, seq }: NotedEvent): boolean =>
      (id !== null && isBehind(id, lastEventId)) || (lastSeq >= 0 && seq > lastSeq);
    // A stream of its own that has said all is silent too, while another one has only begun.
    const apart = stoppedApart(main, seen);
    if (apart === null) return fresh.log.published.some(isNews) ? 'news' : 'quiet';
    if (apart.stoppedMs > apart.openedMs * CLOSER) return 'quiet';
    if (fresh.log.published.some(isNews)) return 'news';
    return apart.openedMs >= Math.max(OPENED_APART_MS, main.log.maxEndedSilenceMs) ? 'hears' : 'quiet';
  }
  return isNobodyThere(fresh, main, seen) ? 'refused' : 'quiet';
}

/** How far apart this and the second client opened, and fell silent; null where there is no second one that flowed. */
function stoppedApart(main: Listening, { auxiliary }: Observations): { openedMs: number; stoppedMs: number } | null {
  const twin = auxiliary.get('twin');
  if (twin === undefined || !isOpen(twin) || twin.headMs === null || heardSince(twin) === 0) return null;
  return {
    openedMs: twin.headMs - (main.headMs ?? 0),
    stoppedMs: Math.abs(twin.log.lastByteMs - main.log.lastByteMs),
  };
}

function isNobodyThere(fresh: Listening, main: Listening, { auxiliary, endMs }: Observations): boolean {
  const { head, end } = fresh;
  if (head !== null) return saysNobodyBehind(head.statusCode);
  if (end !== null && end.cause !== 'closed-by-us') return end.cause === 'refused';
  const waitedMs = (end?.atMs ?? endMs) - (fresh.askedMs ?? Number.POSITIVE_INFINITY);
  return waitedMs >= LEAST_PATIENCE_MS && [main, auxiliary.get('twin')].every(wasAnsweredAtOnce);
}

/** Not when the first event came: a head that waits for one has nothing to come with while all is quiet. */
function wasAnsweredAtOnce(other: Listening | undefined): boolean {
  if (other === undefined || other.headMs === null) return false;
  const { firstEventMs } = other.log;
  const isAlone = firstEventMs === null || firstEventMs - other.headMs > TOGETHER_MS;
  return isAlone && other.headMs - (other.askedMs ?? 0) < USUALLY_ANSWERED_MS;
}
