/**
 * How the events of one URL reach its clients: all of them, groups that share none, a part of what others hear, one
 * client each. Made from what all load processes saw (audience-record.ts); what of it is a fault is for the verdict.
 */
import { ALIKE_SHARE } from './audience-groups.ts';
import { type AudienceEvent, type AudienceRecord, SLOT_MS } from './audience-record.ts';
import { commonNumbering, splitNumbering } from './split-numbering.ts';
import { areCopies, areCopiesForEach } from './written-copies.ts';

export interface HeardGroup {
  clients: number;
  /** Events that most of its clients heard. */
  events: AudienceEvent[];
}

export interface Structure {
  /**
   * `common`: the same for all · `groups`: groups of clients that share no event · `parts`: groups of which one hears
   * only what others hear as well · `own`: nearly every event came to one client alone · `mixed`: none of these ·
   * `apart`: each connection is sent a stream in its own time · `unknown`: too little came.
   */
  kind: 'unknown' | 'common' | 'apart' | 'own' | 'groups' | 'parts' | 'mixed';
  /** Clients that were looked at, and those that heard something. */
  clients: number;
  hearers: number;
  /** Clients that never heard an event, and the fewest that most others heard meanwhile. */
  unheard: { clients: number; due: number };
  eventsPerClient: number;
  events: AudienceEvent[];
  /** The groups that count, the largest first. */
  groups: HeardGroup[];
  /** On the median: how many clients heard an event, of how many whose stream was open, and the share. */
  reach: { heardBy: number; due: number; share: number };
  /** Where the number stands that goes on over all groups, or all clients, together; null where none does. */
  numbering: string | null;
  /** The events of the groups, or of the clients, come at the same moments: they are copies, or nobody can tell. */
  areCopies: boolean;
  fromMs: number;
  untilMs: number;
  stride: number;
}

const LEAST_EVENTS = 10;
const LEAST_EVENTS_OF_GROUP = 5;
const LEAST_HEARERS = 3;
/** So many of all: nearly all. */
const MOST = 0.9;
/** So few of all: nearly none. */
const FEW = 0.1;

/** @param records what the processes saw that were aimed at one URL; one at the least */
export function structureOf(records: readonly AudienceRecord[]): Structure {
  const stride = Math.max(...records.map((record) => record.stride));
  const fromMs = Math.max(...records.map((record) => record.fromMs));
  const untilMs = Math.min(...records.map((record) => record.untilMs));
  const isLookedAt = ({ firstMs }: AudienceEvent): boolean =>
    firstMs <= untilMs && Math.floor(firstMs / SLOT_MS) % stride === 0 && (records.length === 1 || firstMs >= fromMs);
  const events = unionOf(
    records.map((record) => record.events.filter((event) => isLookedAt(event) && event.due >= LEAST_HEARERS)),
  );
  const sum = (count: (record: AudienceRecord) => number): number =>
    records.reduce((total, record) => total + count(record), 0);
  const clients = sum((record) => record.clients);
  const behind = sum((record) => record.behind);
  const unheard = { clients: sum((record) => record.unheard.clients), due: Math.min(...dueOf(records)) };
  const merged = mergedGroups(records, isLookedAt);
  const structure: Structure = {
    kind: 'unknown',
    clients,
    hearers: clients - unheard.clients - behind,
    unheard: { ...unheard, due: unheard.clients === 0 ? 0 : unheard.due },
    eventsPerClient: Math.max(...records.map((record) => record.eventsPerClient)),
    events,
    groups: merged.filter((group) => group.clients > 1 && group.events.length >= LEAST_EVENTS_OF_GROUP),
    reach: {
      heardBy: medianOf(events.map(({ heardBy }) => heardBy)),
      due: medianOf(events.map(({ due }) => due)),
      share: medianOf(events.map(({ heardBy, due }) => heardBy / due)),
    },
    numbering: null,
    areCopies: false,
    fromMs,
    untilMs,
    stride,
  };
  structure.kind = behind > FEW * (clients - unheard.clients) ? 'apart' : kindOf(structure);
  return explained(structure);
}

function kindOf({ events, hearers, groups }: Structure): Structure['kind'] {
  if (events.length < LEAST_EVENTS || hearers < LEAST_HEARERS) return 'unknown';
  if (events.filter(({ heardBy }) => heardBy === 1).length >= MOST * events.length) return 'own';
  if (groups.reduce((sum, group) => sum + group.clients, 0) < MOST * hearers) return 'mixed';
  if (groups.length === 1) return 'common';
  const shares = groups.flatMap((one, at) => groups.slice(at + 1).map((other) => sharedPart(one, other)));
  if (shares.every((share) => share <= FEW)) return 'groups';
  return shares.every((share) => share <= FEW || share >= MOST) ? 'parts' : 'mixed';
}

function explained(structure: Structure): Structure {
  const { kind, groups, events, hearers, stride } = structure;
  if (kind === 'own') {
    const times = events.map(({ firstMs }) => firstMs);
    return {
      ...structure,
      numbering: commonNumbering(events, stride),
      areCopies: areCopiesForEach(times, hearers),
    };
  }
  if (kind !== 'groups') return structure;
  const [first, ...others] = groups.map((group) => group.events.map(({ firstMs }) => firstMs));
  return {
    ...structure,
    numbering: splitNumbering(
      groups.map((group) => group.events),
      stride,
    ),
    areCopies: others.every((times) => areCopies(first ?? [], times)),
  };
}

/** The part of the smaller set that the larger one has as well. */
function sharedPart(one: HeardGroup, other: HeardGroup): number {
  const [smaller, larger] = one.events.length < other.events.length ? [one, other] : [other, one];
  return shared(smaller, larger) / Math.max(1, smaller.events.length);
}

function shared(one: HeardGroup, other: HeardGroup): number {
  const keys = new Set(other.events.map(({ key }) => key));
  return one.events.filter(({ key }) => keys.has(key)).length;
}

/** Groups of several processes that heard the same are one. */
function mergedGroups(records: readonly AudienceRecord[], isLookedAt: (event: AudienceEvent) => boolean): HeardGroup[] {
  const merged: HeardGroup[] = [];
  for (const { groups, events } of records) {
    for (const { clients, heard } of groups) {
      const group = { clients, events: heard.map((at) => events[at] as AudienceEvent).filter(isLookedAt) };
      const same = merged.find((other) => {
        const both = shared(group, other);
        return both > 0 && both >= ALIKE_SHARE * (group.events.length + other.events.length - both);
      });
      if (same === undefined) merged.push(group);
      else same.clients += clients;
    }
  }
  return merged.toSorted((one, other) => other.clients - one.clients);
}

/** In the order in which they came; what several processes heard is one event. */
function unionOf(heard: readonly (readonly AudienceEvent[])[]): AudienceEvent[] {
  const events = new Map<string, AudienceEvent>();
  for (const event of heard.flat()) {
    const known = events.get(event.key);
    events.set(
      event.key,
      known === undefined
        ? event
        : {
            ...known,
            firstMs: Math.min(known.firstMs, event.firstMs),
            heardBy: known.heardBy + event.heardBy,
            due: known.due + event.due,
          },
    );
  }
  return [...events.values()].toSorted((one, other) => one.firstMs - other.firstMs);
}

function dueOf(records: readonly AudienceRecord[]): number[] {
  return records.flatMap(({ unheard }) => (unheard.clients > 0 ? [unheard.due] : []));
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
}
