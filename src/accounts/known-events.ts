/** The numbers of the last events, by what names each of them. */
import { spokenKey } from './event-key.ts';

export class KnownEvents {
  private readonly seqs = new Map<string, number>();
  private readonly keys: (string | undefined)[];

  /** @param most events that are remembered */
  constructor(most: number) {
    this.keys = Array.from({ length: most });
  }

  /** Undefined for an event that is not known, or not any more. */
  seqOf(key: string): number | undefined {
    return this.seqs.get(key);
  }

  /** The event takes the place of the oldest one. */
  add(key: string, seq: number): void {
    const at = seq % this.keys.length;
    const oldest = this.keys[at];
    if (oldest !== undefined) this.seqs.delete(oldest);
    this.keys[at] = key;
    this.seqs.set(key, seq);
  }

  /** What a sentence calls one of the last events; null where it cannot be named. */
  spoken(seq: number): string | null {
    const key = this.keys[seq % this.keys.length];
    return key === undefined ? null : spokenKey(key);
  }

  clear(): void {
    this.seqs.clear();
    this.keys.fill(undefined);
  }
}
