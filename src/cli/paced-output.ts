/**
 * Prints records as fast as somebody reads them, and holds no text for those who do not: what waits are the records
 * themselves, each put into words only when its turn comes, and piece by piece.
 *
 * The words can be a thousand times the record: a server may set an id of 1 MiB and send tiny events behind it, each
 * of which is printed with that id. How many records wait is for the caller to bound, who is told to stop.
 */
import type { Writable } from 'node:stream';

/** What is written at once: small pieces are gathered, so that a line is one call. */
const CHUNK_CHARACTERS = 16_384;

export class PacedOutput<Item> {
  private readonly stream: Writable;
  private readonly wordsOf: (item: Item) => Iterable<string>;
  private readonly onRoom: () => void;
  private waiting: Item[] = [];
  /** Index in `waiting` of the item that is written next. */
  private next = 0;
  private words: Iterator<string> | undefined;
  private isFull = false;

  /** @param onRoom all that waited is on its way; called whenever `print` has returned false before */
  constructor(stream: Writable, wordsOf: (item: Item) => Iterable<string>, onRoom: () => void) {
    this.stream = stream;
    this.wordsOf = wordsOf;
    this.onRoom = onRoom;
    stream
      .on('drain', () => {
        this.isFull = false;
        if (this.write()) this.onRoom();
      })
      .on('error', () => {
        this.waiting = [];
        this.words = undefined;
      });
  }

  /** @returns false when there is no room for more until `onRoom` */
  print(item: Item): boolean {
    this.waiting.push(item);
    return this.isFull ? false : this.write();
  }

  private write(): boolean {
    for (let chunk = this.chunk(); chunk !== ''; chunk = this.chunk()) {
      if (!this.stream.write(chunk)) {
        this.isFull = true;
        return false;
      }
    }
    return true;
  }

  private chunk(): string {
    let chunk = '';
    while (chunk.length < CHUNK_CHARACTERS) {
      const words = (this.words ??= this.wordsOfNext());
      if (words === undefined) break;
      const { value, done } = words.next();
      if (done === true) this.words = undefined;
      else chunk += value;
    }
    return chunk;
  }

  private wordsOfNext(): Iterator<string> | undefined {
    const item = this.waiting[this.next];
    if (item === undefined) {
      this.waiting = [];
      this.next = 0;
      return undefined;
    }
    this.next += 1;
    return this.wordsOf(item)[Symbol.iterator]();
  }
}
