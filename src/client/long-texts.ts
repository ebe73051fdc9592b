/**
 * The long data that a load process is being sent: one copy of each text, whoever receives it.
 *
 * A feed may begin with its whole state on a line of megabytes, and it sends that to every client. What each of a
 * thousand would hold is the same bytes. So a client does not hold them: it compares what it is sent with what another
 * has been sent already and remembers how far it has come. The client that is furthest makes the text longer, and one
 * whose bytes differ goes on with a text of its own. Nothing is taken for the same that is not, byte for byte.
 *
 * It refuses to hold more than its bound, over all texts: what finds no room there is digested as it comes, so that
 * the event can still be told from others and known again.
 */
import { createHash, type Hash } from 'node:crypto';
import type { StreamEvent } from './event-cache.ts';

/** Data that is longer is shared; shorter data is each client's own until its event is complete. */
export const LONG_BYTES: number = 32 * 1024;
/** What the texts of a feed may take, over all load processes of a machine. */
export const MAX_TEXT_BYTES: number = 64 * 1024 ** 2;
/**
 * What all clients on a machine may hold beside that of unfinished events. The limits of the parser are for one client:
 * a thousand times 16 MiB is no bound, and a server without line ends does it to all of them at once.
 */
export const MAX_HELD_BYTES: number = 240 * 1024 ** 2;
/** Texts that nobody is reading any more are kept for whoever comes next: the state of a feed, and what changed lately. */
const MAX_UNREAD_TEXTS = 8;
/** So much of a digested text is kept, to be shown. */
const HEAD_BYTES = 1000;

export interface TextBounds {
  /** What all texts may take. */
  readonly maxBytes: number;
  /** Whether it is enough to know an event again that found no room. */
  readonly mayDigest: boolean;
  /** What all clients may hold beside them. */
  readonly maxHeldBytes?: number;
}

/** @param processes that share the memory of the machine */
export function boundsOfFeed(processes = 1): TextBounds {
  return { maxBytes: MAX_TEXT_BYTES / processes, mayDigest: true, maxHeldBytes: MAX_HELD_BYTES / processes };
}

/** Answers and messages are judged by what they say, and are mostly each client's own. */
export function boundsOfMessages(processes = 1): TextBounds {
  return {
    maxBytes: (MAX_TEXT_BYTES + MAX_HELD_BYTES) / processes,
    mayDigest: false,
    maxHeldBytes: MAX_HELD_BYTES / processes,
  };
}

/** Bytes that one client has been sent, and others may be sent too. */
class LongText {
  bytes: Buffer;
  usedBytes = 0;
  readers = 0;
  /** What its first `eventBytes` bytes said as the data of an event. */
  event: StreamEvent | null = null;
  eventBytes = 0;
  /** These bytes are not all UTF-8. */
  isBroken = false;

  constructor(bytes: number) {
    this.bytes = Buffer.allocUnsafe(2 * bytes);
  }

  /** How many bytes of `piece` stand at `at` already; -1 where others do. */
  knows(at: number, piece: Buffer): number {
    const known = Math.min(piece.length, this.usedBytes - at);
    return known === 0 || piece.compare(this.bytes, at, at + known, 0, known) === 0 ? known : -1;
  }

  add(piece: Buffer): void {
    const needed = this.usedBytes + piece.length;
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.bytes.length));
      this.bytes.copy(larger, 0, 0, this.usedBytes);
      this.bytes = larger;
    }
    piece.copy(this.bytes, this.usedBytes);
    this.usedBytes = needed;
  }
}

/** All long texts of one load process. */
export class LongTexts {
  /** Oldest first. */
  private readonly texts: LongText[] = [];
  readonly bounds: TextBounds;
  private usedBytes = 0;

  constructor(bounds: TextBounds = boundsOfFeed()) {
    this.bounds = bounds;
  }

  /** What all texts take; a buffer that has grown may be up to twice as long, of which nothing was touched. */
  get heldBytes(): number {
    return this.usedBytes;
  }

  /** A text that begins with `before[0, at)` and goes on with `piece`; null where there is no room for one. */
  find(before: Buffer, at: number, piece: Buffer): LongText | null {
    const start = before.subarray(0, at);
    for (const text of this.texts) {
      // The piece first: texts that part somewhere have the same beginning.
      if (text.usedBytes < at || text.knows(at, piece) === -1 || text.knows(0, start) !== at) continue;
      if (this.extend(text, at, piece)) return this.reading(text);
    }
    if (!this.makesRoom(at + piece.length)) return null;
    const text = new LongText(at + piece.length);
    text.add(start);
    text.add(piece);
    this.usedBytes += text.usedBytes;
    this.texts.push(text);
    return this.reading(text);
  }

  /** Adds what of `piece` the text does not have yet behind `at`; false where there is no room for it. */
  extend(text: LongText, at: number, piece: Buffer): boolean {
    const more = piece.subarray(text.usedBytes - at);
    if (more.length === 0) return true;
    text.readers += 1;
    const hasRoom = this.makesRoom(more.length);
    text.readers -= 1;
    if (!hasRoom) return false;
    text.add(more);
    this.usedBytes += more.length;
    return true;
  }

  /** The reader of a text has ended. */
  leave(text: LongText): void {
    text.readers -= 1;
    if (text.readers > 0) return;
    if (text.event === null) return this.forget(text);
    const unread = this.texts.filter(({ readers }) => readers === 0);
    if (unread.length > MAX_UNREAD_TEXTS) this.forget(unread[0] as LongText);
  }

  private reading(text: LongText): LongText {
    text.readers += 1;
    return text;
  }

  private makesRoom(bytes: number): boolean {
    // Asked for each piece of every text: the texts are looked through only where there is no room.
    while (this.usedBytes + bytes > this.bounds.maxBytes) {
      const spare = this.oldestUnread();
      if (spare === undefined) return false;
      this.forget(spare);
    }
    return true;
  }

  private oldestUnread(): LongText | undefined {
    return this.texts.find(({ readers }) => readers === 0);
  }

  private forget(text: LongText): void {
    this.texts.splice(this.texts.indexOf(text), 1);
    this.usedBytes -= text.usedBytes;
  }
}

/** How far one client has come in its long data. */
export class LongReading {
  /** Bytes of data so far. */
  bytes = 0;
  private readonly texts: LongTexts;
  private text: LongText | null = null;
  private hash: Hash | null = null;
  private head = '';

  constructor(texts: LongTexts) {
    this.texts = texts;
  }

  /** No text has room for it: it is digested, and its data is lost. */
  get isDigested(): boolean {
    return this.hash !== null;
  }

  append(piece: Buffer): void {
    const { text, texts, bytes } = this;
    if (piece.length === 0) return;
    this.bytes += piece.length;
    if (this.hash !== null) {
      this.hash.update(piece);
    } else if (text === null) {
      this.text = texts.find(NOTHING, 0, piece);
      if (this.text === null) this.digest(NOTHING, piece);
    } else if (text.knows(bytes, piece) === -1) {
      this.text = texts.find(text.bytes, bytes, piece);
      texts.leave(text);
      if (this.text === null) this.digest(text.bytes.subarray(0, bytes), piece);
    } else if (!texts.extend(text, bytes, piece)) {
      this.text = null;
      texts.leave(text);
      this.digest(text.bytes.subarray(0, bytes), piece);
    }
  }

  /** The event of this data, if somebody has read the same before; `data` and what it says are the same for every id. */
  known(type: string): StreamEvent | null {
    const { text } = this;
    return text !== null && text.eventBytes === this.bytes && text.event?.type === type ? text.event : null;
  }

  /** What the data says, for those who will be sent the same. */
  learn(event: StreamEvent, isBroken: boolean): void {
    if (this.text === null) return;
    this.text.event = event;
    this.text.eventBytes = this.bytes;
    this.text.isBroken = isBroken;
  }

  /** The data is not all UTF-8, as whoever read it found. */
  get isBroken(): boolean {
    return this.text?.isBroken === true;
  }

  /** The bytes of the data, valid until the next call; where it is digested only those of its beginning. */
  range(maxBytes: number = this.bytes): Buffer {
    return this.text === null
      ? Buffer.from(this.head).subarray(0, maxBytes)
      : this.text.bytes.subarray(0, Math.min(maxBytes, this.bytes));
  }

  /** As `event-key.ts` digests long data. Ends the reading of what is digested. */
  digestText(): string {
    return this.hash?.digest('base64') ?? '';
  }

  /** Nothing is read on. */
  release(): void {
    if (this.text !== null) this.texts.leave(this.text);
    this.text = null;
    this.hash = null;
  }

  private digest(before: Buffer, piece: Buffer): void {
    this.head = Buffer.concat([before.subarray(0, HEAD_BYTES), piece.subarray(0, HEAD_BYTES)])
      .subarray(0, HEAD_BYTES)
      .toString('utf8');
    this.hash = createHash('sha256').update(before).update(piece);
  }
}

const NOTHING = Buffer.alloc(0);
