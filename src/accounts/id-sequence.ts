/**
 * Do the ids of a stream prove to be a sequence? Only then do they promise anything: PocketBase repeats the id of
 * the client, MCP sends UUIDs, others the time.
 *
 * Proof is that the distinct events of a stream, in the order in which anybody first heard them, carry whole
 * numbers behind one constant prefix that rise by one: eight times at the least, and nine times in ten; or that these
 * numbers cover a range, whatever their order (number-range.ts). Numbers that nobody heard are told, and held against
 * nobody: they may have been lost for everybody, or never been.
 */
import { NumberRange } from './number-range.ts';

const MIN_STEPS = 8;
const MIN_SHARE = 0.9;
/** The prefix is as short as can be; the number is written as it is counted, without leading zeros. */
export const NUMBERED: RegExp = /^(.*?)(0|[1-9]\d{0,14})$/s;
const MAX_ID_CHARS = 128;
/** What is later than so many others is another one. */
const MOST_LATE = 32;

export class IdSequence {
  /** Numbers that were passed over. */
  skipped = 0;
  private prefix: string | null = null;
  private last = -1;
  private byOne = 0;
  private otherwise = 0;
  /** The part of `otherwise` that is forgiven when all that was skipped comes after all. */
  private skips = 0;
  /** The numbers behind the prefix that came last, also where nobody listened for a while. */
  private range = new NumberRange();
  private rangePrefix: string | null = null;
  private strangers = 0;

  /**
   * The id of the next event; null where it has none.
   *
   * @returns its number, as far as it goes on with the ids before; else NaN
   */
  note(id: string | null): number {
    const found = id === null || id.length > MAX_ID_CHARS ? null : NUMBERED.exec(id);
    if (found === null || found[1] === undefined || found[2] === undefined) {
      this.otherwise += 1;
      this.strangers += 1;
      return Number.NaN;
    }
    const number = Number(found[2]);
    this.noteRange(found[1], number);
    const goesOn = found[1] === this.prefix;
    const step = number - this.last;
    if (goesOn && step === 1) {
      this.byOne += 1;
    } else if (goesOn && step < 0 && step >= -MOST_LATE && this.skipped > 0) {
      // It came late: it was not skipped after all.
      this.fill();
    } else if (this.prefix !== null) {
      this.otherwise += 1;
      if (goesOn && step > 1) this.skip(step - 1);
    }
    const isFirst = this.prefix === null;
    this.prefix = found[1];
    this.last = goesOn ? Math.max(number, this.last) : number;
    return goesOn || isFirst ? number : Number.NaN;
  }

  /** What comes next need not go on from here: nobody listened for a while. */
  interrupt(): void {
    this.prefix = null;
  }

  get proven(): boolean {
    if (this.byOne >= MIN_STEPS && this.byOne >= MIN_SHARE * (this.byOne + this.otherwise)) return true;
    return this.strangers === 0 && this.range.isCovered;
  }

  private noteRange(prefix: string, number: number): void {
    if (prefix !== this.rangePrefix) this.range = new NumberRange();
    this.rangePrefix = prefix;
    this.range.note(number);
  }

  private skip(count: number): void {
    this.skipped += count;
    this.skips += 1;
  }

  private fill(): void {
    this.skipped -= 1;
    if (this.skipped > 0) return;
    this.otherwise -= this.skips;
    this.skips = 0;
  }
}
