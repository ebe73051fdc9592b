/**
 * What one stream said and when, in bounded memory: all that the checks judge by.
 *
 * Times are milliseconds from the start of the probe. Text of the server is kept only as far as it is shown.
 */
import { isLastComment } from '../accounts/farewell.ts';
import { isHeartbeat, isNotice, type Promises, readPromises } from '../accounts/server-words.ts';
import { FieldSearch } from '../accounts/field-search.ts';
import { DEFAULT_POINTERS, type StampPointers } from '../accounts/stamp-pointers.ts';
import { type Stamps, stampReader } from '../accounts/stamps.ts';
import { UNREAD } from '../client/event-cache.ts';
import { keptText } from '../core/kept-text.ts';
import { HELD_MS } from '../findings/arrivals.ts';
import { withoutDataSample } from '../findings/undispatched.ts';
import { blankFigures } from '../measure/blank-figures.ts';
import { Bunching, noBunch } from '../measure/bunching.ts';
import { TimeHistogram } from '../measure/histogram.ts';
import { REPLACED_FIGURES, ReplacedCharacters } from '../measure/replaced-characters.ts';
import type { Malformed, SseEvent } from '../sse/handlers.ts';
import type { GivenId } from './given-id.ts';
import { type EventToNote, type NotedEvent, notedEvent, notedId } from './noted-event.ts';
import type { Arrival } from './result.ts';

const MAX_ARRIVALS = 1000;
/** Published events that are remembered; later ones are only counted. */
const MAX_NOTED = 5000;
const MAX_BEATS = 1000;
const MAX_MOVED_IDS = 1000;
const MAX_TYPES = 50;
const [MAX_TYPE_CHARACTERS, MAX_ID_CHARACTERS] = [100, 1000] as const;
const MAX_DEVIATIONS = 20;
/** Under this name the types beyond the bound are counted. */
const OTHER_TYPES = '…';

export interface Beat {
  readonly atMs: number;
  readonly kind: 'comment' | 'event';
}

export interface Deviation {
  readonly defect: Malformed;
  /** Where the line begins, in bytes of the decoded body; for broken text in data, where its event begins. */
  readonly offset: number;
  /** Hostile text. */
  readonly sample: string;
}

export class StreamLog {
  readonly arrivals: Arrival[] = [];
  /** The first `MAX_NOTED`. */
  readonly published: NotedEvent[] = [];
  readonly beats: Beat[] = [];
  /** The first `MAX_MOVED_IDS`. */
  readonly movedIds: GivenId[] = [];
  readonly deviations: Deviation[] = [];
  readonly eventTypes = new Map<string, number>();
  readonly bunching = new Bunching();
  /** Replacement characters in the data. */
  readonly replaced = blankFigures(REPLACED_FIGURES);
  private readonly replacing = new ReplacedCharacters(this.replaced);
  /** What came last ended with a replacement character. */
  endsReplaced = false;
  /** From one part of an event to the next. */
  readonly restAfter = new TimeHistogram();
  deviationCount = 0;
  events = 0;
  publishedCount = 0;
  publishedWithId = 0;
  comments = 0;
  bytes = 0;
  /** Bytes in a content coding that came since they last ended as a flush does. */
  heldInCodingBytes = 0;
  /** How often a compressor stood still in the middle of an event, and for how long at most. */
  stopsInEvent = 0;
  longestStopInEventMs = 0;
  /** Blocks with a type or an id and no data, and a line of the first. Hostile text. */
  withoutDataCount = 0;
  withoutDataSample = '';
  retryMs: number | null = null;
  /** Its beginning. */
  lastEventId = '';
  private lastIdCharacters = 0;
  /** What a `connected` event promised. */
  promisedMs: number | null = null;
  /** The server says from where a stream goes on, so it replays. */
  promisesReplay = false;
  /** A `missed` event came: what is lost was not lost in silence. */
  missedSaid = false;
  firstByteMs: number | null = null;
  firstEventMs: number | null = null;
  firstPublishedMs: number | null = null;
  /** The longest time without a byte between two reads, and when it began. */
  maxSilenceMs = 0;
  silenceFromMs = 0;
  /** The longest one that a byte has ended: all others may have gone on. */
  maxEndedSilenceMs = 0;
  /** The same since the last heartbeat. */
  silenceSinceBeat = { ms: 0, fromMs: 0 };
  lastByteMs = 0;
  /** The data of the last event, its beginning: whether it says that the stream is over. */
  lastData = '';
  lastType = '';
  /** A comment said that the stream is about to end. */
  saidLastComment = false;
  readonly bunch = noBunch();
  private current: Arrival = { atMs: 0, bytes: 0, events: 0, comments: 0 };

  /** Where the numbers and the times of the events are. */
  readonly search: FieldSearch;
  private readonly readStamps: (type: string, data: string) => Stamps;

  constructor(pointers: StampPointers = DEFAULT_POINTERS) {
    this.search = new FieldSearch(pointers, 1);
    this.readStamps = stampReader(pointers, Date.now, this.search);
  }

  /** The head is there: silence counts from now on. */
  opened(atMs: number): void {
    this.lastByteMs = atMs;
    this.bunch.openedMs = atMs;
    this.bunching.begin(this.bunch, false);
  }

  /** Bytes that were read together; what they say follows. */
  arrived(atMs: number, bytes: number): void {
    this.firstByteMs ??= atMs;
    this.silentUntil(atMs);
    this.maxEndedSilenceMs = Math.max(this.maxEndedSilenceMs, atMs - this.lastByteMs);
    this.lastByteMs = atMs;
    this.bytes += bytes;
    this.current = { atMs, bytes, events: 0, comments: 0 };
    if (this.arrivals.length < MAX_ARRIVALS) this.arrivals.push(this.current);
  }

  /** Bytes that have yet to be decoded. */
  coded(bytes: number, endsFlushed: boolean): void {
    this.heldInCodingBytes = endsFlushed ? 0 : this.heldInCodingBytes + bytes;
  }

  /** Nothing was decoded until now, and the last that was is the beginning of an event. */
  stoppedInEvent(atMs: number): void {
    const stopMs = atMs - this.lastByteMs;
    if (this.heldInCodingBytes === 0 || stopMs < HELD_MS) return;
    this.stopsInEvent += 1;
    this.longestStopInEventMs = Math.max(this.longestStopInEventMs, stopMs);
  }

  /** More comes of an event that was cut. @param beginsReplaced it begins with a replacement character */
  goesOn(atMs: number, beginsReplaced: boolean): void {
    this.restAfter.record(atMs - this.lastByteMs);
    if (beginsReplaced && this.endsReplaced) this.replacing.split(this);
  }

  /** Also for a silence that nothing has ended yet. */
  silentUntil(atMs: number): void {
    const silentMs = atMs - this.lastByteMs;
    if (silentMs > this.silenceSinceBeat.ms) this.silenceSinceBeat = { ms: silentMs, fromMs: this.lastByteMs };
    if (silentMs <= this.maxSilenceMs) return;
    this.maxSilenceMs = silentMs;
    this.silenceFromMs = this.lastByteMs;
  }

  /** @param digest what stands for data that nobody could hold, of which only the beginning is told */
  event({ type, data, lastEventId }: SseEvent, ownId: boolean, digest?: string): void {
    const { atMs } = this.current;
    this.current.events += 1;
    this.events += 1;
    this.saidLastComment = false;
    this.firstEventMs ??= atMs;
    this.setLastId(lastEventId);
    this.lastData = keptText(data, MAX_TYPE_CHARACTERS);
    if (type !== this.lastType) this.lastType = keptText(type, MAX_TYPE_CHARACTERS);
    this.countType(this.lastType);
    if (digest === undefined) this.replacing.read(data);
    const stamps = digest === undefined ? this.readStamps(type, data) : UNREAD;
    // Where its data have a number, or what the user named, it was published to somebody.
    if (isHeartbeat(type) && stamps.seq < 0 && !stamps.asked) {
      this.beat('event');
      if (ownId) this.moveId(lastEventId);
    } else if (isNotice(type)) {
      if (type === 'connected') this.greeted(readPromises(data));
      else this.missedSaid = true;
    } else this.publishes({ type, data, id: ownId ? lastEventId : null, digest }, stamps);
  }

  private greeted({ heartbeatMs, replays }: Promises): void {
    this.promisedMs ??= heartbeatMs;
    this.promisesReplay ||= replays;
  }

  withoutData(type: string, lastEventId: string): void {
    if (this.withoutDataCount === 0) this.withoutDataSample = withoutDataSample(type, lastEventId);
    this.withoutDataCount += 1;
    if (!this.isLastId(lastEventId)) this.moveId(lastEventId);
    if (isHeartbeat(type)) this.beat('event');
  }

  comment(text: string): void {
    this.saidLastComment = isLastComment(text);
    this.current.comments += 1;
    this.comments += 1;
    this.beat('comment');
  }

  malformed(defect: Malformed, sample: string, offset: number): void {
    this.deviationCount += 1;
    if (this.deviations.length < MAX_DEVIATIONS) this.deviations.push({ defect, offset, sample });
  }

  private publishes(event: Omit<EventToNote, 'atMs'>, stamps: Stamps): void {
    const { id } = event;
    const { atMs } = this.current;
    this.firstPublishedMs ??= atMs;
    this.publishedCount += 1;
    if (id !== null && id !== '') this.publishedWithId += 1;
    const { seq, scheduledMs, sentMs, timeFound } = stamps;
    this.search.heard(this, stamps, atMs);
    const dueMs = Number.isNaN(scheduledMs) ? sentMs : scheduledMs;
    // A guess accuses nobody.
    if (!Number.isNaN(dueMs) && !timeFound) this.bunching.heard(this.bunch, atMs, dueMs, sentMs);
    if (this.published.length >= MAX_NOTED) return;
    this.published.push(notedEvent({ ...event, atMs }, { seq, dueMs, sentMs }));
  }

  private moveId(id: string): void {
    this.setLastId(id);
    if (this.movedIds.length >= MAX_MOVED_IDS) return;
    this.movedIds.push({ atMs: this.current.atMs, id: notedId(id), behind: this.publishedCount });
  }

  private isLastId(id: string): boolean {
    return id.length === this.lastIdCharacters && id.startsWith(this.lastEventId);
  }

  private setLastId(id: string): void {
    if (this.isLastId(id)) return;
    this.lastEventId = keptText(id, MAX_ID_CHARACTERS);
    this.lastIdCharacters = id.length;
  }

  private beat(kind: Beat['kind']): void {
    this.silenceSinceBeat = { ms: 0, fromMs: this.current.atMs };
    if (this.beats.length < MAX_BEATS) this.beats.push({ atMs: this.current.atMs, kind });
  }

  private countType(type: string): void {
    const name = this.eventTypes.has(type) || this.eventTypes.size < MAX_TYPES ? type : OTHER_TYPES;
    this.eventTypes.set(name, (this.eventTypes.get(name) ?? 0) + 1);
  }
}
