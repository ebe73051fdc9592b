/**
 * What a client that came back was sent, held against a stream that went on meanwhile: what of all that was missed came,
 * how often, in which order and under which ids.
 *
 * Events are told by their ids; one that comes under another id is known by its data, where no other event has the same
 * but for the times in it. Ids that count say themselves in which order they belong, whatever the main stream was sent.
 */
import { NUMBERED } from '../accounts/id-sequence.ts';
import { GREETING_MS } from '../findings/bounds.ts';
import type { Listening } from './listening.ts';
import type { NotedEvent } from './noted-event.ts';

/** So many in a hundred events have an id at least: a greeting, or a notice among them, may have none. */
const LEAST_WITH_ID = 0.8;
/** One alone may be the state of the feed, which each client is greeted with. */
const LEAST_RENAMED = 2;
/** What was missed has come by then: later it is missing even when nothing came behind it. */
const MISSING_AFTER_MS = 3000;

type WithId = NotedEvent & { readonly id: string };
/** `place` is that in which it came. */
type Identified = Pick<WithId, 'id' | 'atMs' | 'untimed'> & { readonly place: number };

export interface Replayed {
  /** How many events the main stream has had behind the id when the other one opened. */
  behind: number;
  /** The part of them that came, under whatever ids. */
  came: number;
  /** Something came that was published later. */
  wentLive: boolean;
  /** Events that the main stream had behind the id, and that were left out here: their ids. */
  lost: readonly string[];
  /** Events up to the id, which were known; those from before the main stream began have no place here. */
  known: readonly string[];
  /** How many came from before that. */
  older: number;
  /** Events behind the id that came once more. */
  again: readonly string[];
  /** Events of the past that came behind a later one. */
  late: readonly string[];
  /** Events of the past that came under another id than they had, or without one. */
  renamed: readonly string[];
  firstId: string | null;
}

export interface ReplayedWhen {
  /** The event that was heard last, where that is not the one whose id was sent. */
  behindId?: string;
  /** When it is looked at. */
  nowMs: number;
}

/** Null: nothing can be told, or not yet. */
export function replayed(returned: Listening, main: Listening, when: ReplayedWhen): Replayed | null {
  const events = inOrder(main.log.published);
  const behindId = when.behindId ?? returned.requestSpec.lastEventId;
  const at = events?.findIndex(({ id }) => id === behindId) ?? -1;
  if (events === null || at === -1 || returned.headMs === null) return null;
  const lastMissed = at + events.slice(at + 1).filter(({ atMs }) => atMs <= returned.startedMs).length;
  const heard = withoutGreeting(returned, main);
  const placeOf = placesIn(events, lastMissed);
  const isRenamed = heard.filter((event) => placeOf(event).isRenamed).length >= LEAST_RENAMED;
  const walk = walked(isRenamed ? heard : heard.filter((event) => !placeOf(event).isRenamed), placeOf, {
    at,
    lastMissed,
  });
  if (heard.some(hasId) && walk.highest === -1) return null;
  const isOver = (returned.end?.atMs ?? when.nowMs) - returned.headMs > MISSING_AFTER_MS;
  const end = Math.max(walk.highest, isOver ? lastMissed + 1 : 0);
  const lost = events.slice(at + 1, Math.max(end, at + 1)).filter((_, index) => !walk.came.has(at + 1 + index));
  const idsOf = (places: readonly number[]): string[] => places.map((place) => events[place]?.id ?? '');
  return {
    behind: lastMissed - at,
    came: [...walk.came].filter((place) => place <= lastMissed).length,
    wentLive: walk.highest > lastMissed,
    lost: lost.map(({ id }) => id),
    known: idsOf(walk.known),
    older: walk.older,
    again: idsOf(walk.again),
    // Where the main stream is out of order as well, that is not for the replay to answer for.
    late: isInOrder(events) ? idsOf(walk.late) : [],
    renamed: idsOf(walk.renamed),
    firstId: heard.find(hasId)?.id ?? null,
  };
}

/** Where each client is greeted with events that have no id, these are no replay, though an event may have said the same. */
function withoutGreeting({ headMs, log: { published } }: Listening, main: Listening): readonly NotedEvent[] {
  if (!main.log.published.some((event) => isGreeting(event, main.headMs))) return published;
  return published.filter((event) => !isGreeting(event, headMs));
}

function isGreeting(event: NotedEvent, openedMs: number | null): boolean {
  return !hasId(event) && event.atMs - (openedMs ?? event.atMs) < GREETING_MS;
}

/** Events in the order of their ids came in that order. */
function isInOrder(events: readonly Identified[]): boolean {
  return events.every(({ place }, at) => at === 0 || place > (events[at - 1] as Identified).place);
}

/** The ids of a stream in the order of its events, where they tell them apart; null where they do not, or are missing. */
export function idsInOrder(events: readonly NotedEvent[]): string[] | null {
  return inOrder(events)?.map(({ id }) => id) ?? null;
}

interface Walked {
  came: Set<number>;
  known: number[];
  older: number;
  again: number[];
  late: number[];
  renamed: number[];
  /** -1 where nothing came that the main stream had. */
  highest: number;
}

type PlaceOf = (event: NotedEvent) => { place: number; isRenamed: boolean };

function walked(
  heard: readonly NotedEvent[],
  placeOf: PlaceOf,
  { at, lastMissed }: { at: number; lastMissed: number },
): Walked {
  const walk: Walked = { came: new Set(), known: [], older: 0, again: [], late: [], renamed: [], highest: -1 };
  let strangers = 0;
  for (const event of heard) {
    const { place, isRenamed } = placeOf(event);
    if (place === -1) {
      if (hasId(event)) strangers += 1;
      continue;
    }
    if (place <= at) {
      // What came before it, and the main stream never had, is older still.
      if (walk.known.length === 0) walk.older = strangers;
      walk.known.push(place);
    } else if (walk.came.has(place)) {
      walk.again.push(place);
    } else {
      walk.came.add(place);
      if (place < walk.highest && place <= lastMissed) walk.late.push(place);
      if (isRenamed) walk.renamed.push(place);
    }
    walk.highest = Math.max(walk.highest, place);
  }
  return walk;
}

/** @param lastMissed the place of the last event that was published while nobody was there */
function placesIn(events: readonly Identified[], lastMissed: number): PlaceOf {
  const byId = new Map(events.map(({ id }, place) => [id, place]));
  const byData = new Map<string, number>();
  for (const [place, { untimed }] of events.entries()) byData.set(untimed, byData.has(untimed) ? -1 : place);
  return (event) => {
    const place = (event.id === null ? undefined : byId.get(event.id)) ?? -1;
    if (place !== -1) return { place, isRenamed: false };
    const same = byData.get(event.untimed) ?? -1;
    // What is live goes under the id that it has on this stream.
    return same === -1 || same > lastMissed ? { place: -1, isRenamed: false } : { place: same, isRenamed: true };
  };
}

function hasId(event: NotedEvent): event is WithId {
  return event.id !== null && event.id !== '';
}

/** Null where ids do not tell the events apart, or are missing. */
function inOrder(events: readonly NotedEvent[]): Identified[] | null {
  const identified: Identified[] = [];
  const ids = new Set<string>();
  for (const event of events) {
    if (!hasId(event)) continue;
    const { id, atMs, untimed } = event;
    // Asked again and again while a stream runs: of ids that repeat nothing more is looked at.
    if (ids.has(id)) return null;
    ids.add(id);
    identified.push({ id, atMs, untimed, place: identified.length });
  }
  if (identified.length === 0 || identified.length < events.length * LEAST_WITH_ID) return null;
  const numbers = identified.map(({ id }) => NUMBERED.exec(id));
  const prefix = numbers[0]?.[1];
  if (prefix === undefined || numbers.some((found) => found?.[1] !== prefix)) return identified;
  const numberOf = ({ id }: Identified): number => Number(id.slice(prefix.length));
  return identified.toSorted((one, other) => numberOf(one) - numberOf(other));
}
