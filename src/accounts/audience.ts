/**
 * Who hears what: which clients of a load process were sent the same events, so that a server whose events reach one
 * group of them, or one client each, is told by that structure. The comparison (comparison.ts) can only say that clients
 * differ.
 *
 * Events are the same when they say the same, times left out; where the same is said again and again, when their ids
 * are. The first healthy clients are looked at, each for the events that came while its stream was open. It accuses
 * nobody: what the groups mean is for the verdict.
 */
import type { AudienceRecord } from './audience-record.ts';
import { groupsOf, hasBit, type Hearer, setBit } from './audience-groups.ts';
import { type KeyedEvent, keyOf } from './event-key.ts';
import { numbersIn } from './event-numbers.ts';
import { SeenKeys, shortKey } from './seen-keys.ts';
import { MOST_LOOKED_AT, type ToldEvent, ToldEvents } from './told-events.ts';

/** What is heard so long after others heard it is a stream in its own time. */
const BEHIND_MS = 1500;
const BEHIND_SHARE = 0.2;
/** What comes so soon after a stream has opened is a greeting, or history. */
const GREETED_MS = 1000;
/** Events that came so shortly before the end, or before a stream opened, may have met one client and not another. */
const EDGE_MS = 500;
/** When a larger share of what clients heard came to them before, it names no event. */
const REPEATED_SHARE = 0.1;
const LEAST_HEARINGS = 32;
const MOST_GROUPS = 16;
/** As many parsers as blocks that are kept (event-cache.ts). */
const REMEMBERED = 64;

/** What is known of a client here; times are those of its own clock. */
export interface AudienceClient {
  readonly index: number;
  readonly openedMs: number;
  readonly state: string;
  readonly completed: boolean;
}

type NamedEvent = KeyedEvent & { readonly slot: number };

export class Audience {
  private readonly processes: number;
  private naming: 'untimed' | 'id' | null = 'untimed';
  private readonly told = new ToldEvents();
  private readonly seen: SeenKeys | null;
  private hearings = 0;
  private repeated = 0;
  /** By place: when the stream was opened, what it heard since, and what of it late. */
  private readonly openedMs = new Float64Array(MOST_LOOKED_AT).fill(-1);
  private readonly heardOf = new Int32Array(MOST_LOOKED_AT);
  private readonly lateOf = new Int32Array(MOST_LOOKED_AT);
  /** The last events, as the cache of blocks gave them. */
  private readonly remembered: ({ event: NamedEvent; told: ToldEvent | null } | undefined)[] = [];

  /** @param processes that the clients are spread over */
  constructor(processes: number) {
    this.processes = processes;
    this.seen = processes > 1 ? new SeenKeys() : null;
  }

  /** A healthy client heard a published event. @param wallOffsetMs what to add to the client's times for Unix ms */
  heard(client: AudienceClient, event: NamedEvent, nowMs: number, wallOffsetMs: number): void {
    const place = this.placeOf(client);
    if (place >= MOST_LOOKED_AT) return;
    if (this.openedMs[place] !== client.openedMs) this.begin(place, client.openedMs);
    this.heardOf[place] = (this.heardOf[place] as number) + 1;
    const told = this.toldOf(event, nowMs + wallOffsetMs);
    if (told === null || nowMs - client.openedMs < GREETED_MS) {
      if (told !== null) setBit(told.heardBy, place);
      return;
    }
    this.hearings += 1;
    if (nowMs + wallOffsetMs - told.firstMs > BEHIND_MS) this.lateOf[place] = (this.lateOf[place] as number) + 1;
    if (hasBit(told.heardBy, place)) this.repeat(event);
    else setBit(told.heardBy, place);
  }

  /**
   * What was heard by all that have a stream now.
   *
   * @param clients all of the process that are healthy
   */
  record(clients: readonly AudienceClient[], nowMs: number, wallOffsetMs: number): AudienceRecord | null {
    if (this.naming === null) return null;
    const untilMs = nowMs + wallOffsetMs - EDGE_MS;
    const events = this.told.inOrder().filter(({ firstMs }) => firstMs <= untilMs);
    const open = clients.filter((client) => client.state === 'open' && !client.completed);
    const looked = open.map((client) => this.look(client, events, wallOffsetMs)).filter((one) => one !== null);
    const hearers = looked.filter(({ count, isBehind }) => count > 0 && !isBehind);
    const groups = groupsOf(hearers);
    const told = groups.slice(0, MOST_GROUPS).map((members) => heardByMost(members, events.length));
    const silent = looked.filter(({ count }) => count === 0);
    const due = silent.map(({ from }) => told[0]?.filter((at) => at >= from).length ?? 0);
    return {
      stride: this.told.stride,
      clients: looked.length,
      behind: looked.filter(({ isBehind }) => isBehind).length,
      unheard: { clients: silent.length, due: due.length === 0 ? 0 : Math.min(...due) },
      fromMs: median(looked.map(({ openedMs }) => openedMs)) + wallOffsetMs + EDGE_MS,
      untilMs,
      eventsPerClient: median(looked.map(({ count }) => count)),
      groups: told.map((heard, at) => ({ clients: (groups[at] as Looked[]).length, heard })),
      moreGroups: Math.max(0, groups.length - MOST_GROUPS),
      events: events.map(({ key, firstMs, numbers }, at) => ({
        key,
        firstMs,
        heardBy: hearers.filter(({ from, heard }) => at >= from && hasBit(heard, at)).length,
        due: hearers.filter(({ from }) => at >= from).length,
        numbers,
      })),
      seen: this.seen?.toText() ?? null,
    };
  }

  private placeOf({ index }: AudienceClient): number {
    return Math.floor(index / this.processes);
  }

  private begin(place: number, openedMs: number): void {
    this.openedMs[place] = openedMs;
    this.heardOf[place] = 0;
    this.lateOf[place] = 0;
  }

  private toldOf(event: NamedEvent, wallMs: number): ToldEvent | null {
    const known = event.slot < 0 ? undefined : this.remembered[event.slot % REMEMBERED];
    if (known?.event === event) return known.told;
    const name = this.naming === null ? null : keyOf(event, this.naming);
    const told = name === null ? null : this.named(shortKey(name), event, wallMs);
    if (event.slot >= 0) this.remembered[event.slot % REMEMBERED] = { event, told };
    return told;
  }

  private named(key: string, event: NamedEvent, wallMs: number): ToldEvent | null {
    const known = this.told.find(key);
    if (known !== undefined) return known;
    this.seen?.add(key);
    return this.told.add(key, wallMs, () => numbersIn(event, wallMs));
  }

  /** What names events may name none. */
  private repeat({ id }: NamedEvent): void {
    this.repeated += 1;
    if (this.hearings < LEAST_HEARINGS || this.repeated <= REPEATED_SHARE * this.hearings) return;
    this.naming = this.naming === 'untimed' && id !== null ? 'id' : null;
    this.hearings = 0;
    this.repeated = 0;
    this.told.clear();
    this.remembered.length = 0;
    this.lateOf.fill(0);
  }

  private look(client: AudienceClient, events: readonly ToldEvent[], wallOffsetMs: number): Looked | null {
    const place = this.placeOf(client);
    if (place >= MOST_LOOKED_AT) return null;
    const heard = new Uint32Array(Math.ceil(events.length / 32));
    for (const [at, { heardBy }] of events.entries()) if (hasBit(heardBy, place)) setBit(heard, at);
    const sinceMs = client.openedMs + wallOffsetMs + EDGE_MS;
    const first = events.findIndex(({ firstMs }) => firstMs >= sinceMs);
    const count = this.openedMs[place] === client.openedMs ? (this.heardOf[place] as number) : 0;
    return {
      from: first < 0 ? events.length : first,
      heard,
      openedMs: client.openedMs,
      count,
      isBehind: (this.lateOf[place] as number) > BEHIND_SHARE * count,
    };
  }
}

interface Looked extends Hearer {
  readonly openedMs: number;
  /** Events that it heard since its stream opened. */
  readonly count: number;
  readonly isBehind: boolean;
}

/** The events that at least half of these heard, of those whose stream was open. */
function heardByMost(members: readonly Looked[], events: number): number[] {
  const heard: number[] = [];
  for (let at = 0; at < events; at++) {
    let due = 0;
    let by = 0;
    for (const member of members) {
      if (at < member.from) continue;
      due += 1;
      if (hasBit(member.heard, at)) by += 1;
    }
    if (due > 0 && 2 * by >= due) heard.push(at);
  }
  return heard;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
}
