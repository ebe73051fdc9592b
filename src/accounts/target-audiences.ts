/**
 * What the clients of each of several URLs hear of all that is heard on any of them. URLs that differ in their path or
 * query are different streams and are not held against each other; all others are one stream on several instances.
 */
import type { AudienceEvent, AudienceOfUrl } from './audience-record.ts';
import { type Structure, structureOf } from './audience-structure.ts';
import { SeenKeys } from './seen-keys.ts';
import { commonNumbering, ownNumbering, splitNumbering } from './split-numbering.ts';
import { areCopies } from './written-copies.ts';

export interface TargetAudience {
  url: string;
  clients: number;
  /** Clients that never heard an event. */
  unheard: number;
  /** Events that came to one client, on the median. */
  eventsPerClient: number;
  /** The part of all events, on any of these URLs, that its clients heard; null where they hear different ones. */
  heard: number | null;
}

export interface TargetsApart {
  /**
   * `silent`: on some nothing is heard · `part`: on some only a part of what is heard on another · `split`: each hears
   * events of one numbering that no other hears · `own`: each hears events of a numbering of its own · `disjoint`: each
   * hears events that no other hears, and no number tells whether they belong together · `quiet`: on some nothing is
   * heard, and their path is another · `queue`: each event came to one client on one of them, and all have numbers of one
   * feed · `copies`: they hear different events, at the same moments.
   */
  kind: 'silent' | 'quiet' | 'queue' | 'copies' | 'part' | 'split' | 'own' | 'disjoint';
  targets: TargetAudience[];
  /** Events on any of them that all were there for. */
  events: number;
  /** Where the numbers stand that tell; null where none do. */
  numbering: string | null;
  /** What differs comes at the same moments: copies that each instance writes, or nobody can tell. */
  areCopies: boolean;
}

/** Fewer events in all tell nothing. */
const LEAST_EVENTS = 8;
/** On one URL nothing was heard while so many events came on another. */
const LEAST_ELSEWHERE = 5;
/** An event may reach one instance so much later than another. */
const MOST_LAG_MS = 4000;
const UNSEEN_LAG_MS = 2000;
const MOST = 0.9;
const FEW = 0.1;

/** How the events of each URL reach its clients. */
export function structuresOf(records: readonly AudienceOfUrl[]): Structure[] {
  return instancesOf(records).map(({ structure }) => structure);
}

/** @returns how they differ; null where they do not, or cannot be held against each other */
export function targetsApart(records: readonly AudienceOfUrl[]): TargetsApart | null {
  for (const ofStream of groupedBy(records, ({ url }) => pathOf(url)).values()) {
    const found = instancesApart(instancesOf(ofStream));
    if (found !== null) return found;
  }
  const all = instancesOf(records);
  return hasSilent(all)
    ? { kind: 'quiet', targets: told(all, []), events: 0, numbering: null, areCopies: false }
    : null;
}

interface Instance extends TargetAudience {
  structure: Structure;
  /** All that any of its processes heard. */
  seen: SeenKeys[];
}

function instancesApart(instances: readonly Instance[]): TargetsApart | null {
  if (instances.length < 2) return null;
  const events = eventsOfAll(instances);
  const targets = told(instances, events);
  const found = { targets, events: events.length, numbering: null, areCopies: false };
  if (hasSilent(instances)) return { ...found, kind: 'silent' };
  const stride = Math.max(...instances.map(({ structure }) => structure.stride));
  if (instances.every(({ structure }) => structure.kind === 'own')) {
    const numbering = commonNumbering(
      instances.flatMap(({ structure }) => structure.events),
      stride,
    );
    const areCopiesOfOne = instances.some(({ structure }) => structure.areCopies);
    return numbering === null || areCopiesOfOne ? null : { ...found, kind: 'queue', numbering };
  }
  const comparable = instances.every(({ structure }) => structure.kind === 'common');
  if (!comparable || events.length < LEAST_EVENTS) return null;
  if (targets.every(({ heard }) => heard !== null && heard >= MOST)) return null;
  const parts = instances.map(({ structure }) => structure.events);
  const areCopiesOfAll = areWrittenForEach(parts);
  const split = splitNumbering(parts, stride);
  if (areCopiesOfAll && split === null) return { ...found, kind: 'copies' };
  if (split !== null) return { ...found, kind: 'split', numbering: split, areCopies: areCopiesOfAll };
  if (!areDisjoint(parts) || targets.some(({ heard }) => heard !== null && heard >= MOST))
    return { ...found, kind: 'part' };
  const own = ownNumbering(parts, stride);
  return { ...found, kind: own === null ? 'disjoint' : 'own', numbering: own };
}

function hasSilent(instances: readonly Instance[]): boolean {
  const most = Math.max(...instances.map(({ eventsPerClient }) => eventsPerClient));
  return most >= LEAST_ELSEWHERE && instances.some(({ clients, unheard }) => unheard === clients);
}

/** The URLs on which clients had a stream at the end. */
function instancesOf(records: readonly AudienceOfUrl[]): Instance[] {
  return [...groupedBy(records, ({ url }) => url)]
    .map(([url, ofUrl]) => instanceOf(url, ofUrl))
    .filter(({ clients }) => clients > 0);
}

function instanceOf(url: string, records: readonly AudienceOfUrl[]): Instance {
  const structure = structureOf(records);
  const { clients, unheard, eventsPerClient } = structure;
  const seen = records.flatMap(({ seen: text }) => (text === null ? [] : [SeenKeys.fromText(text)]));
  return { url, clients, unheard: unheard.clients, eventsPerClient, heard: null, structure, seen };
}

/** Events that came while all instances were looked at, and neither so early nor so late that one may not have had them. */
function eventsOfAll(instances: readonly Instance[]): AudienceEvent[] {
  const fromMs = Math.max(...instances.map(({ structure }) => structure.fromMs));
  const untilMs = Math.min(...instances.map(({ structure }) => structure.untilMs));
  const events = new Map<string, AudienceEvent>();
  let mostApartMs = 0;
  for (const event of instances.flatMap(({ structure }) => structure.events)) {
    const known = events.get(event.key);
    mostApartMs = Math.max(mostApartMs, Math.abs(event.firstMs - (known?.firstMs ?? event.firstMs)));
    if (known === undefined || event.firstMs < known.firstMs) events.set(event.key, event);
  }
  // Where only some seconds are looked at, they do not show how much later an instance is.
  const isWhole = instances.every(({ structure }) => structure.stride === 1);
  const marginMs = Math.min(Math.max(2 * mostApartMs, isWhole ? 0 : UNSEEN_LAG_MS), MOST_LAG_MS);
  return [...events.values()].filter(({ firstMs }) => firstMs >= fromMs + marginMs && firstMs <= untilMs - marginMs);
}

function told(instances: readonly Instance[], events: readonly AudienceEvent[]): TargetAudience[] {
  return instances.map(({ structure, seen, ...target }) => {
    const isKnown = structure.kind === 'common' || target.unheard === target.clients;
    const keys = new Set(structure.events.map(({ key }) => key));
    const heard = events.filter(({ key }) => keys.has(key) || seen.some((one) => one.has(key))).length;
    return { ...target, heard: isKnown ? heard / Math.max(1, events.length) : null };
  });
}

/** What one hears and another does not comes to both at the same moments. */
function areWrittenForEach(parts: readonly (readonly AudienceEvent[])[]): boolean {
  const own = parts.map((part, at) => {
    const others = new Set(
      parts.filter((_part, other) => other !== at).flatMap((other) => other.map(({ key }) => key)),
    );
    return part.filter(({ key }) => !others.has(key)).map(({ firstMs }) => firstMs);
  });
  const [first, ...others] = own;
  return first !== undefined && others.every((times) => areCopies(first, times));
}

function areDisjoint(parts: readonly (readonly AudienceEvent[])[]): boolean {
  const all = new Set(parts.flatMap((part) => part.map(({ key }) => key))).size;
  const heard = parts.reduce((sum, part) => sum + part.length, 0);
  return heard - all <= FEW * all;
}

function groupedBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}
