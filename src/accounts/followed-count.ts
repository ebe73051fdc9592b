/**
 * Whether a number that was found goes on counting: by one from each event of a stream to the next, and at the same
 * moment on all streams. A counter of each connection looks like one of all until others come, a percentage until it is
 * a hundred.
 */

/** So many of the last numbers are kept, each with the time at which the first client heard it. */
const KEPT = 64;
/** Clients that hear a number later than this after the first one are behind: their numbers are their own. */
const SAME_MOMENT_MS = 250;
/** So large a share may be out of step. */
const TOLERATED = 0.1;

export class FollowedCount {
  private witness: object | null = null;
  private last = -1;
  private steps = 0;
  private odd = 0;
  private heard = 0;
  private behind = 0;
  private readonly counts = new Float64Array(KEPT).fill(-1);
  private readonly cameMs = new Float64Array(KEPT);

  note(client: object, count: number, nowMs: number): void {
    this.witness ??= client;
    if (this.witness === client) {
      this.steps += 1;
      if (this.steps > 1 && count !== this.last + 1) this.odd += 1;
      this.last = count;
    }
    const at = count % KEPT;
    this.heard += 1;
    if (this.counts[at] === count) {
      if (nowMs - (this.cameMs[at] as number) > SAME_MOMENT_MS) this.behind += 1;
    } else if (count < (this.counts[at] as number)) {
      this.behind += 1;
    } else {
      this.counts[at] = count;
      this.cameMs[at] = nowMs;
    }
  }

  get holds(): boolean {
    return this.odd <= TOLERATED * this.steps && this.behind <= TOLERATED * this.heard;
  }
}
