/**
 * After many streams were dropped at once: do their clients come back all at one moment?
 *
 * Every client waits as long as `retry:` says, so a server that tells all the same brings them all back together:
 * the moment of its restart is repeated. Told apart by jitter they spread. Counted in slots of an eighth of a
 * second; nothing is kept of single clients. Also counted: streams that lived shorter than their reconnection time,
 * which is a loop when it happens over and over.
 */
import { figures, type Measured } from './figures.ts';

export const RECONNECT_BURST_FIGURES = figures({
  counts: [
    /** The streams of the largest mass drop whose clients came back in one burst, and the clients in that burst. */
    'stormDropped',
    'stormPeak',
    /** Streams that ended before their own reconnection time had passed. */
    'shortLives',
  ],
});

const SLOT_MS = 125;
/** A mass drop is within a second. */
const DROP_SLOTS = 8;
/** A burst is what comes within two slots, so that no boundary parts it. */
export const BURST_MS: number = 2 * SLOT_MS;
/** Fewer are no burden for anybody. */
const MASS_LEAST = 20;
const MASS_SHARE = 0.1;
/** So many of those that were dropped come back in one burst. A jitter of 20 % of 2 s gives a third. */
const BURST_SHARE = 2 / 3;
/** Who comes back later comes for another reason. */
const RETURN_MS = 60_000;

export class ReconnectBurst {
  /** The largest mass drop that came back in a burst, and how many came in that burst; 0 when none did. */
  dropped = 0;
  peak = 0;
  shortLives = 0;
  private readonly least: number;
  private readonly clients: () => number;
  private readonly drops: number[] = Array.from<number>({ length: DROP_SLOTS }).fill(0);
  private dropSlot = 0;
  /** The mass drop that is being watched. */
  private mass = 0;
  private massUntilMs = Number.NEGATIVE_INFINITY;
  private returnSlot = 0;
  private returns = 0;
  private returnsBefore = 0;
  private mostReturns = 0;

  /** @param processes share the clients @param clients how many healthy ones this process has */
  constructor(processes: number, clients: () => number) {
    this.least = Math.ceil(MASS_LEAST / processes);
    this.clients = clients;
  }

  lost(nowMs: number, ageMs: number, retryMs: number): void {
    if (ageMs < retryMs) this.shortLives += 1;
    const slot = Math.floor(nowMs / SLOT_MS);
    const passed = Math.min(slot - this.dropSlot, DROP_SLOTS);
    for (let step = 1; step <= passed; step++) this.drops[(this.dropSlot + step) % DROP_SLOTS] = 0;
    this.dropSlot = slot;
    this.drops[slot % DROP_SLOTS] = (this.drops[slot % DROP_SLOTS] as number) + 1;
    const within = this.drops.reduce((sum, count) => sum + count, 0);
    if (within < Math.max(this.least, this.clients() * MASS_SHARE)) return;
    if (nowMs > this.massUntilMs) this.settle();
    this.mass = Math.max(this.mass, within);
    this.massUntilMs = nowMs + RETURN_MS;
  }

  /** A client that had lost its stream reached the server again. */
  returned(nowMs: number): void {
    if (nowMs > this.massUntilMs) return;
    const slot = Math.floor(nowMs / SLOT_MS);
    if (slot !== this.returnSlot) {
      this.returnsBefore = slot === this.returnSlot + 1 ? this.returns : 0;
      this.returns = 0;
      this.returnSlot = slot;
    }
    this.returns += 1;
    this.mostReturns = Math.max(this.mostReturns, this.returns + this.returnsBefore);
  }

  /** Judges the mass drop that was watched; at the end, too. */
  settle(): void {
    if (this.mass > this.dropped && this.mostReturns >= this.mass * BURST_SHARE) {
      this.dropped = this.mass;
      this.peak = this.mostReturns;
    }
    this.mass = 0;
    this.mostReturns = 0;
  }

  /** Enters what was counted so far. */
  enterInto({ counts }: Measured<typeof RECONNECT_BURST_FIGURES>): void {
    counts.stormDropped = this.dropped;
    counts.stormPeak = this.peak;
    counts.shortLives = this.shortLives;
  }
}
