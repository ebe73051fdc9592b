/**
 * Whether numbers that came are those of one range, in whatever order they came: nearly all of it is there, each near its
 * place, and on the whole they rise. So a server that sends some of its events late shows that it counts, and that these
 * were late. A countdown is none, nor are numbers that are drawn from far apart.
 */

/** Fewer may lie together by chance. */
const LEAST = 9;
/** The share of the range that has to be there, and of the numbers that have to be near their place. */
const MIN_SHARE = 0.9;
/** The share of the numbers that were higher than all before them. */
const RISING_SHARE = 0.4;
/** What is later than so many others is not near its place. */
const MOST_LATE = 32;

export class NumberRange {
  private count = 0;
  private least = Number.POSITIVE_INFINITY;
  private highest = Number.NEGATIVE_INFINITY;
  private rising = 0;
  private far = 0;

  /** Numbers of events that are not the same. */
  note(number: number): void {
    this.count += 1;
    if (number > this.highest) {
      this.rising += 1;
      if (number - this.highest > MOST_LATE && this.count > 1) this.far += 1;
    } else if (this.highest - number > MOST_LATE) {
      this.far += 1;
    }
    this.least = Math.min(this.least, number);
    this.highest = Math.max(this.highest, number);
  }

  get isCovered(): boolean {
    const { count, least, highest, rising, far } = this;
    return (
      count >= LEAST &&
      count >= MIN_SHARE * (highest - least + 1) &&
      count <= highest - least + 1 &&
      rising >= RISING_SHARE * count &&
      far <= (1 - MIN_SHARE) * count
    );
  }
}
