/**
 * The events that an audience is looked at by, with the clients that heard each: all that came within whole seconds, of
 * which ever fewer are kept as a run goes on, so that the memory is bounded and the run is covered from end to end.
 */
import { SLOT_MS } from './audience-record.ts';

/** Clients that are looked at; their places are bits. */
export const MOST_LOOKED_AT = 256;
const MOST_EVENTS = 2048;
/** A second with more events is looked at until so many have come. */
const MOST_IN_SLOT = 512;

export interface ToldEvent {
  /** What stands for its name in all processes. */
  readonly key: string;
  readonly firstMs: number;
  /** The clients that heard it, by their places. */
  readonly heardBy: Uint32Array;
  readonly numbers: Readonly<Record<string, number>>;
}

export class ToldEvents {
  /** One second out of so many is kept. */
  stride = 1;
  private readonly byKey = new Map<string, ToldEvent>();
  private slot = -1;
  private inSlot = 0;

  find(key: string): ToldEvent | undefined {
    return this.byKey.get(key);
  }

  /** @returns null where its second is not looked at, or has had enough events */
  add(key: string, firstMs: number, numbers: () => Readonly<Record<string, number>>): ToldEvent | null {
    const slot = slotOf(firstMs);
    if (slot % this.stride !== 0) return null;
    if (slot !== this.slot) {
      this.slot = slot;
      this.inSlot = 0;
    }
    if (this.inSlot >= MOST_IN_SLOT) return null;
    this.inSlot += 1;
    const event = { key, firstMs, heardBy: new Uint32Array(MOST_LOOKED_AT / 32), numbers: numbers() };
    this.byKey.set(key, event);
    if (this.byKey.size > MOST_EVENTS) this.thinOut();
    return event;
  }

  /** In the order in which they came. */
  inOrder(): ToldEvent[] {
    return [...this.byKey.values()].toSorted((one, other) => one.firstMs - other.firstMs);
  }

  clear(): void {
    this.byKey.clear();
    this.inSlot = 0;
  }

  private thinOut(): void {
    while (this.byKey.size > MOST_EVENTS && this.stride < Number.MAX_SAFE_INTEGER / 2) {
      this.stride *= 2;
      for (const [key, { firstMs }] of this.byKey) if (slotOf(firstMs) % this.stride !== 0) this.byKey.delete(key);
    }
  }
}

function slotOf(ms: number): number {
  return Math.floor(ms / SLOT_MS);
}
