/**
 * Does a client that comes back get what it missed, all of it and once? A second connection names an event that the
 * main stream saw as its last; what came after it there is what must come first here.
 */
import type { Listening } from './listening.ts';
import type { NotedEvent } from './stream-log.ts';

/** So many events behind the id: enough to see a first one missing, few enough for a short history. */
const BEHIND = 3;
/** Events on which the two agree: then the rest is live. */
const ENOUGH = 2;
const LATER_MS = 1000;
/** So many in a hundred events have an id at least: a greeting, or a notice among them, may have none. */
const LEAST_WITH_ID = 0.8;
/** After this share of the time fewer events are enough. */
const LATE_SHARE = 0.4;

/** The id to come back with; null as long as there is none that would show anything. */
export function resumeBase({
  main,
  nowMs,
  durationMs,
}: {
  main: Listening;
  nowMs: number;
  durationMs: number;
}): string | null {
  if (!main.isStream) return null;
  const ids = distinctIds(main.log.published);
  if (ids === null) return null;
  const enough = ids.length > BEHIND || (ids.length > 1 && (nowMs > durationMs * LATE_SHARE || main.end !== null));
  return enough ? (ids.at(-1 - Math.min(BEHIND, ids.length - 1)) ?? null) : null;
}

export interface ResumeOutcome {
  /** Events behind the id that the main stream had, and that were left out here. */
  lost: number;
  /** Events up to the id, which were known. */
  doubled: number;
  /** How many events the main stream has had behind the id when the other one opened. */
  behind: number;
  /** Nothing of the past came: the id was not looked at. */
  ignored: boolean;
  firstId: string | null;
}

/** Null: nothing can be told, or not yet. */
export function resumeOutcome(returned: Listening, main: Listening): ResumeOutcome | null {
  const ids = distinctIds(main.log.published);
  const { lastEventId } = returned.requestSpec;
  const at = ids?.indexOf(lastEventId) ?? -1;
  if (ids === null || at === -1 || returned.headMs === null) return null;
  const behind = main.log.published.filter((event) => hasId(event) && event.atMs <= returned.startedMs).length - 1 - at;
  const heard = returned.log.published.filter(hasId).map(({ id }) => id);
  const [firstId] = heard;
  if (firstId === undefined) return { lost: behind, doubled: 0, behind, ignored: true, firstId: null };
  const places = new Set(heard.map((id) => ids.indexOf(id)));
  const doubled = [...places].filter((place) => place !== -1 && place <= at).length;
  const last = Math.max(...places);
  // Nothing that the main stream knows too: what lies between is not known, or not yet.
  if (last <= at && doubled === 0) return null;
  let lost = 0;
  for (let place = at + 1; place < last; place += 1) if (!places.has(place)) lost += 1;
  return { lost, doubled, behind, ignored: lost >= behind && doubled === 0, firstId };
}

export function resumeDecided(returned: Listening, main: Listening, nowMs: number): boolean {
  if (returned.refusal !== null || returned.end !== null) return true;
  const outcome = resumeOutcome(returned, main);
  if (outcome === null || outcome.firstId === null || returned.log.published.length < ENOUGH) return false;
  // What seems to be missing may only be out of order.
  return (outcome.lost === 0 && outcome.doubled === 0) || nowMs - (returned.log.firstPublishedMs ?? nowMs) > LATER_MS;
}

function hasId(event: NotedEvent): event is NotedEvent & { readonly id: string } {
  return event.id !== null && event.id !== '';
}

/** The ids of a stream, where they tell its events apart; null where they do not, or are missing. */
function distinctIds(events: readonly NotedEvent[]): string[] | null {
  const ids = events.filter(hasId).map(({ id }) => id);
  if (ids.length === 0 || ids.length < events.length * LEAST_WITH_ID) return null;
  return new Set(ids).size < ids.length ? null : ids;
}
