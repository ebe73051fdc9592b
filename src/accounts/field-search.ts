/**
 * Where the events of a stream say their number and their time, where nobody said so: found among the members of their
 * data, whatever these are called, from the first events of a few streams.
 *
 * A member counts when it rises by one from each event of a stream to the next and stands at the same number on all
 * streams at the same moment. It tells the time when it lies near ours and goes on as the events arrive. Names that are
 * known go before others; of several times the one that was taken last, just before the event came, is that of sending.
 *
 * A guess accuses nobody: a number that was found only names events where the data of clients differ (comparison.ts), a
 * time that was found only measures. What counts at first and then does not is taken back.
 */
import type { EventStamps } from '../client/event-cache.ts';
import { pointerPath } from '../core/json-pointer.ts';
import { FollowedCount } from './followed-count.ts';
import type { Fields, SequenceField } from './found-fields.ts';
import { LEAST_EVENTS, MemberTrack } from './member-track.ts';
import type { StampPointers } from './stamp-pointers.ts';
import { timeUnit, type TimeUnit } from './unix-time.ts';

/** Streams that are looked at. */
const MOST_STREAMS = 4;
/** Members of one stream that are followed, by their names: those that come later are not new names of the same. */
const MOST_FOLLOWED = 200;
/** After so many events of one stream nobody waits for a second one. */
const ALONE_EVENTS = 20;
/** Nothing is searched any more after so many events and so long, or after the most. */
const ENOUGH_EVENTS = 64;
const ENOUGH_MS = 5000;
const MOST_EVENTS = 2000;
/** The same where the streams that are looked at ended, events of all others included. */
const MOST_LOOKED_AT = 20_000;

const KNOWN_SEQUENCE = '/seq';
const KNOWN_TIMES: ReadonlySet<string> = new Set(['/scheduled', '/sent']);

/** What a search has found, or takes: the pointer, and whether its name is one of those that are known. */
export interface FoundFields {
  sequence: SequenceField | null;
  time: SequenceField | null;
}

/** The part of an event that is looked at. */
type SearchedEvent = Pick<Required<EventStamps>, 'members' | 'foundSeq'>;

interface Stream {
  readonly client: object;
  readonly sinceMs: number;
  events: number;
  readonly tracks: Map<string, MemberTrack>;
}

export class FieldSearch {
  /** What was found so far; it is used only when it was taken. */
  found: FoundFields = { sequence: null, time: null };
  /** Whether the members of events are still looked at. */
  searching: boolean;
  /** Where to read what was found under a name that nobody knew, once it was taken. */
  sequencePath: readonly string[] | null = null;
  timePath: readonly string[] | null = null;
  /** Whether a number was read, and the unit of the times that were read. */
  private sequenceWasRead = false;
  private unit: TimeUnit | null = null;
  private taken: FoundFields;
  private readonly wanted: { readonly sequence: boolean; readonly time: boolean };
  private readonly agreeing: number;
  private readonly decides: boolean;
  private readonly streams: Stream[] = [];
  private lookedAt = 0;
  private readonly followed = new FollowedCount();

  /**
   * @param agreeing streams that have to say the same, where there are so many
   * @param decides what is found is taken at once; else somebody says what several processes take
   */
  constructor({ seq, scheduled, seqGiven, timeGiven }: StampPointers, agreeing: number, decides = true) {
    this.decides = decides;
    this.wanted = { sequence: !seqGiven, time: !timeGiven };
    this.agreeing = agreeing;
    this.searching = !seqGiven || !timeGiven;
    this.taken = {
      sequence: seqGiven ? { pointer: seq, origin: 'given' } : null,
      time: timeGiven ? { pointer: scheduled, origin: 'given' } : null,
    };
  }

  /** What can be said of where numbers and times are. */
  get fields(): Fields {
    const { sequence, time } = this.taken;
    const { unit } = this;
    const isThere = sequence?.origin === 'given' ? this.sequenceWasRead : this.followed.holds;
    return {
      sequence: isThere ? sequence : null,
      time: time === null || unit === null ? null : { ...time, unit },
    };
  }

  /** Where the user said that a number stands, and none was read; null where there is nothing to say. */
  get missing(): string | null {
    const { sequence } = this.taken;
    return sequence?.origin === 'given' && !this.sequenceWasRead ? sequence.pointer : null;
  }

  /** From now on these are read, where nothing is yet. */
  take({ sequence, time }: FoundFields): void {
    this.taken = { sequence: this.taken.sequence ?? sequence, time: this.taken.time ?? time };
    this.sequencePath = pathOfFound(this.taken.sequence);
    this.timePath = pathOfFound(this.taken.time);
  }

  /** What was read of an event: its number, -1 without one, and its time. */
  noteRead(count: number, timeMs: number, time: unknown): void {
    if (count >= 0) this.sequenceWasRead = true;
    if (this.unit === null && !Number.isNaN(timeMs)) this.unit = timeUnit(time);
  }

  /** An event of one of the streams. */
  heard(client: object, { members, foundSeq }: SearchedEvent, nowMs: number): void {
    if (foundSeq >= 0) this.followed.note(client, foundSeq, nowMs);
    if (members === null || !this.searching) return;
    this.lookedAt += 1;
    if (this.lookedAt > MOST_LOOKED_AT) this.searching = false;
    const stream = this.streamOf(client, nowMs);
    if (stream === null) return;
    stream.events += 1;
    for (const member of members) {
      const track = stream.tracks.get(member.pointer) ?? followed(stream, member.pointer);
      track?.note(member, nowMs);
    }
    if (!this.knowsEnough(stream)) return;
    const { sequence, time } = this.found;
    this.found = {
      sequence: sequence ?? (this.wanted.sequence ? this.counting() : null),
      time: time ?? (this.wanted.time ? timeOf(stream) : null),
    };
    this.searching = this.isMissing() && !isOver(stream, nowMs);
    if (this.decides) this.take(this.found);
  }

  private streamOf(client: object, sinceMs: number): Stream | null {
    const known = this.streams.find((stream) => stream.client === client);
    if (known !== undefined) return known;
    if (this.streams.length >= MOST_STREAMS) return null;
    const stream = { client, sinceMs, events: 0, tracks: new Map<string, MemberTrack>() };
    this.streams.push(stream);
    return stream;
  }

  private knowsEnough({ events }: Stream): boolean {
    const enough = this.streams.filter((stream) => stream.events >= LEAST_EVENTS).length >= this.agreeing;
    return events >= (enough ? LEAST_EVENTS : ALONE_EVENTS);
  }

  private isMissing(): boolean {
    const { wanted, found } = this;
    return (wanted.sequence && found.sequence === null) || (wanted.time && found.time === null);
  }

  private counting(): SequenceField | null {
    const pointers = [...(this.streams[0]?.tracks.keys() ?? [])].filter((pointer) => this.counts(pointer));
    const pointer = pointers.find((one) => one === KNOWN_SEQUENCE) ?? pointers[0];
    return pointer === undefined ? null : { pointer, origin: pointer === KNOWN_SEQUENCE ? 'known' : 'found' };
  }

  private counts(pointer: string): boolean {
    const tracks: MemberTrack[] = [];
    for (const { events, tracks: all } of this.streams) {
      const track = all.get(pointer);
      if (track?.isBroken === true || (events >= LEAST_EVENTS && !isOften(track, events))) return false;
      if (track?.isCounting === true) tracks.push(track);
    }
    const [first] = tracks;
    return first !== undefined && tracks.every((track) => track === first || first.goesWith(track));
  }
}

/** Null where there are enough already. */
function followed({ tracks }: Stream, pointer: string): MemberTrack | null {
  if (tracks.size >= MOST_FOLLOWED) return null;
  const track = new MemberTrack();
  tracks.set(pointer, track);
  return track;
}

function timeOf({ events, tracks }: Stream): SequenceField | null {
  let best: SequenceField | null = null;
  let bestMs = Number.NEGATIVE_INFINITY;
  for (const [pointer, track] of tracks) {
    if (KNOWN_TIMES.has(pointer) && !Number.isNaN(track.lastTimeMs)) return { pointer, origin: 'known' };
    if (!track.isTime || !isOften(track, events)) continue;
    if (track.lastTimeMs <= bestMs) continue;
    best = { pointer, origin: 'found' };
    bestMs = track.lastTimeMs;
  }
  return best;
}

/** At least half of the events have it. */
function isOften(track: MemberTrack | undefined, events: number): boolean {
  return track !== undefined && 2 * track.heard >= events;
}

function isOver({ events, sinceMs }: Stream, nowMs: number): boolean {
  return events >= MOST_EVENTS || (events >= ENOUGH_EVENTS && nowMs - sinceMs >= ENOUGH_MS);
}

function pathOfFound(field: SequenceField | null): string[] | null {
  return field?.origin === 'found' ? pointerPath(field.pointer) : null;
}
