/**
 * When each event was due and how far apart the clients heard it, for the last events that were sent.
 *
 * A fixed ring by sequence number: one client's silence can be filled with the times that its neighbours
 * know, and the silence of all with the period that the events before had.
 */
import type { TimeHistogram } from '../measure/histogram.ts';

const RING = 4096;
/** An event may take so much longer than the slowest one so far until all have heard it, and is late beyond. */
const SPREAD_FACTOR = 1.5;
const SPREAD_SLACK_MS = 250;

export class Schedule {
  private readonly seqs = new Float64Array(RING).fill(-1);
  private readonly dueMs = new Float64Array(RING);
  private readonly firstHeardMs = new Float64Array(RING);
  private readonly lastHeardMs = new Float64Array(RING);
  private readonly spread: TimeHistogram;
  private headSeq = -1;
  /** The longest that any event took from the first client that heard it to the last one. */
  private longestSpreadMs = 0;
  /**
   * The least time that an event took to whom heard it first: what a clock that is not ours is off, or all are late by.
   */
  private leastLagMs = Number.POSITIVE_INFINITY;

  /** @param spread takes the spread of each event that leaves the ring */
  constructor(spread: TimeHistogram) {
    this.spread = spread;
  }

  /**
   * One healthy client heard one event.
   *
   * @param openedMs when its stream began, wall clock: what others heard before that, it was told from history
   */
  heard(seq: number, dueMs: number, wallMs: number, openedMs = Number.NEGATIVE_INFINITY): void {
    const at = seq % RING;
    if (seq < this.headSeq && this.startsAgain(seq, dueMs)) {
      this.flushAll();
      this.headSeq = -1;
    }
    if (this.seqs[at] !== seq) {
      // Older than what the ring holds: somebody is very late, and the ring has moved on.
      if (seq < (this.seqs[at] as number)) return;
      this.flush(at);
      this.seqs[at] = seq;
      this.dueMs[at] = dueMs;
      this.firstHeardMs[at] = wallMs;
      this.lastHeardMs[at] = wallMs;
      if (wallMs - dueMs < this.leastLagMs) this.leastLagMs = wallMs - dueMs;
      if (seq > this.headSeq) this.headSeq = seq;
    }
    if ((this.firstHeardMs[at] as number) < openedMs) return;
    this.lastHeardMs[at] = wallMs;
    this.longestSpreadMs = Math.max(this.longestSpreadMs, wallMs - (this.firstHeardMs[at] as number));
  }

  /**
   * The highest number up to `seq` that all clients should have heard by now, by how long events took to reach the last
   * one: where each connection has a ticker of its own, the newest is still to come for most.
   */
  reachedAll(seq: number, wallMs: number): number {
    const untilMs = wallMs - this.longestSpreadMs * SPREAD_FACTOR - SPREAD_SLACK_MS;
    let reached = seq;
    while (reached >= 0 && reached > seq - RING && !this.isHeardBy(reached, untilMs)) reached -= 1;
    return reached;
  }

  /** The spreads still in the ring: at the end of a run. */
  flushAll(): void {
    for (let at = 0; at < RING; at++) this.flush(at);
  }

  /**
   * Calls `visit` with the due time of every event after `heardSeq`: of those that some client has heard, and
   * of those that nobody has, a period or longer after they should have come, where the server has a schedule.
   */
  eachOverdue(
    heardSeq: number,
    { wallMs, isPlanned }: { wallMs: number; isPlanned: boolean },
    visit: (dueMs: number) => void,
  ): void {
    const first = Math.max(heardSeq + 1, this.headSeq - RING + 1);
    for (let seq = first; seq <= this.headSeq; seq++) {
      const dueMs = this.dueMs[seq % RING] as number;
      // An event need not say when it was due.
      if (this.seqs[seq % RING] === seq && !Number.isNaN(dueMs)) visit(dueMs);
    }
    const periodMs = isPlanned ? this.periodMs() : null;
    if (periodMs === null) return;
    const headDueMs = this.dueMs[this.headSeq % RING] as number;
    const overdue = Math.min(Math.floor((wallMs - this.leastLagMs - headDueMs) / periodMs) - 1, RING);
    for (let k = 1; k <= overdue; k++) visit(headDueMs + k * periodMs);
  }

  /** Milliseconds between events lately; null when there were too few to tell. */
  periodMs(): number | null {
    for (let span = Math.min(16, this.headSeq); span >= 2; span--) {
      const earlier = this.headSeq - span;
      if (this.seqs[earlier % RING] !== earlier) continue;
      const spanMs = (this.dueMs[this.headSeq % RING] as number) - (this.dueMs[earlier % RING] as number);
      return spanMs > 0 ? spanMs / span : null;
    }
    return null;
  }

  /** A lower number that was due later than the highest: the server was restarted, and what we hold is of before. */
  private startsAgain(seq: number, dueMs: number): boolean {
    const at = seq % RING;
    const isNew = this.seqs[at] !== seq || dueMs > (this.dueMs[at] as number);
    return isNew && dueMs > (this.dueMs[this.headSeq % RING] as number);
  }

  private isHeardBy(seq: number, untilMs: number): boolean {
    return this.seqs[seq % RING] === seq && (this.firstHeardMs[seq % RING] as number) <= untilMs;
  }

  private flush(at: number): void {
    const seq = this.seqs[at] as number;
    if (seq >= 0) this.spread.record((this.lastHeardMs[at] as number) - (this.firstHeardMs[at] as number));
    this.seqs[at] = -1;
  }
}
