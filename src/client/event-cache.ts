/**
 * What one event says, read once for all clients that receive the same bytes.
 *
 * A server that fans out sends every client the same block of bytes. Decoding text and JSON for each of
 * 18,000 clients is most of what a client could cost; comparing 150 bytes with the block that the neighbour
 * has just received is nearly free. So the last blocks are kept as bytes beside what they mean. A block that
 * differs by one byte, arrives cut, or holds anything but one plain event goes through the parser: the cache
 * can make reading cheaper, never different.
 */

/** A member of an event's data that may count, or tell the time. */
export interface EventMember {
  readonly pointer: string;
  /** A whole number; -1 for something else. */
  readonly count: number;
  /** Unix ms near our time; NaN for something else. */
  readonly timeMs: number;
}

/** What the measuring side wants from an event's data, read once for each distinct event. */
export interface EventStamps {
  /** Sequence number that counts without holes; -1 where there is none. */
  seq: number;
  /** The number in a member that was found to count; -1 where there is none. */
  foundSeq?: number;
  /** When the event was due and when it was written, Unix ms; NaN where it does not say. */
  scheduledMs: number;
  sentMs: number;
  /** The event has something in the place of a time that is not a time. */
  badTime?: boolean;
  /** The times are written in whole seconds. */
  coarse?: boolean;
  /** It says when it was due, and not only when it was sent: the server has a schedule. */
  planned?: boolean;
  /** The times were found by what they look like: a guess. */
  timeFound?: boolean;
  /** Something stands where the user said that a number, or a time, is. */
  asked?: boolean;
  /** What may count or tell the time, while that is searched for. */
  members?: readonly EventMember[] | null;
  /** The data was too long to be read: it may have a number and times all the same. */
  unread?: boolean;
}

export interface StreamEvent extends Required<EventStamps> {
  type: string;
  data: string;
  /** What stands for the data where it is long (`event-key.ts`); null until somebody has asked for it. */
  digest: string | null;
  /** The event's own id; null when it sets none, which leaves the id before in force. */
  id: string | null;
  /** Slot of the cache that keeps the event; -1 when none does. */
  slot: number;
  /** The event's number, for consumers that number events; valid in one numbering only. */
  number: number;
  numbering: number;
}

export type StampReader = (type: string, data: string) => EventStamps;

export interface KnownBlock {
  bytes: Uint8Array;
  event: StreamEvent;
  /** The last event id that the block sets; null when it leaves it as it was, which is each client's own. */
  lastEventId: string | null;
}

/** What is read of an event whose data says nothing. */
export const NO_STAMPS: Readonly<Required<EventStamps>> = {
  seq: -1,
  foundSeq: -1,
  scheduledMs: Number.NaN,
  sentMs: Number.NaN,
  badTime: false,
  coarse: false,
  planned: false,
  timeFound: false,
  asked: false,
  members: null,
  unread: false,
};
/** The same of data that is too long to be read. */
export const UNREAD: Readonly<Required<EventStamps>> = { ...NO_STAMPS, unread: true };
const SLOTS = 64;
/** Larger blocks are not worth comparing: their cost is the copying in the kernel. */
const MAX_BLOCK_BYTES = 16 * 1024;
const LINE_FEED = 0x0a;

/** Where a block lies: `[blockStart, blockEnd)`. The parser says so itself, so that no event costs an object. */
export interface BlockPlace {
  readonly blockStart: number;
  readonly blockEnd: number;
}

export class EventCache {
  private readonly blocks: (KnownBlock | null)[] = Array.from<null>({ length: SLOTS }).fill(null);
  private readonly readStamps: StampReader;
  private newest = -1;

  constructor(readStamps: StampReader) {
    this.readStamps = readStamps;
  }

  /**
   * The block that `bytes` has at `start`, or null. `after` is the slot of what this client received last:
   * streams run in the same order for all, so the block behind it is the likely one, then the newest.
   */
  find(after: number, bytes: Uint8Array, start: number, end: number): KnownBlock | null {
    const next = (after + 1) % SLOTS;
    const likely = this.blocks[next] ?? null;
    if (likely !== null && sameBytes(likely.bytes, bytes, start, end)) return likely;
    if (this.newest < 0 || this.newest === next) return null;
    const newest = this.blocks[this.newest] ?? null;
    return newest !== null && sameBytes(newest.bytes, bytes, start, end) ? newest : null;
  }

  /** An event that came through the parser, from a block that cannot be kept. */
  read(type: string, data: string, id: string | null): StreamEvent {
    const {
      seq,
      foundSeq = -1,
      scheduledMs,
      sentMs,
      badTime = false,
      coarse = false,
      ...rest
    } = this.readStamps(type, data);
    const { planned = false, timeFound = false, asked = false, members = null, unread = false } = rest;
    // One literal, so that all events are of one shape.
    return {
      type,
      data,
      digest: null,
      id,
      slot: -1,
      number: -1,
      numbering: 0,
      seq,
      foundSeq,
      scheduledMs,
      sentMs,
      badTime,
      coarse,
      planned,
      timeFound,
      asked,
      members,
      unread,
    };
  }

  /** An event whose data nobody could hold: it is told by its digest, and `head` is shown for it. */
  digested(type: string, head: string, digest: string, id: string | null): StreamEvent {
    return { type, data: head, digest, id, slot: -1, number: -1, numbering: 0, ...UNREAD };
  }

  /** Keeps a block of `bytes`, which is copied, beside what it said; `lastEventId` is what it sets. */
  keep(bytes: Uint8Array, block: BlockPlace, event: StreamEvent, lastEventId: string | null): void {
    const { blockStart: start, blockEnd: end } = block;
    if (end - start > MAX_BLOCK_BYTES) return;
    this.newest = (this.newest + 1) % SLOTS;
    event.slot = this.newest;
    // Not `bytes.slice`: on a Buffer that is a view of the buffer that every stream shares.
    this.blocks[this.newest] = { bytes: Uint8Array.prototype.slice.call(bytes, start, end), event, lastEventId };
  }
}

function sameBytes(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = known.length;
  if (end - start < length || bytes[start + length - 1] !== LINE_FEED) return false;
  for (let at = 0; at < length; at++) {
    if (known[at] !== bytes[start + at]) return false;
  }
  return true;
}
