/**
 * The kernel's table of connections as a load process sees it: by asking the run, which reads it for all
 * (connection-table.ts).
 */
import type { ConnectionRows, RowsAsked, SeenEnds } from './connection-table.ts';

export class AskedTable implements ConnectionRows {
  private readonly ask: (asked: RowsAsked) => void;
  private readonly tellToHurry: () => void;
  private answer: ((seen: SeenEnds | null) => void) | null = null;

  /** @param ask asks the run, which answers with `answered` */
  constructor(ask: (asked: RowsAsked) => void, tellToHurry: () => void) {
    this.ask = ask;
    this.tellToHurry = tellToHurry;
  }

  /** One question at a time. */
  read(asked: RowsAsked): Promise<SeenEnds | null> {
    return new Promise((resolve) => {
      this.answer = resolve;
      this.ask(asked);
    });
  }

  hurry(): void {
    this.tellToHurry();
  }

  /** What the run has seen. */
  answered(seen: SeenEnds | null): void {
    this.answer?.(seen);
    this.answer = null;
  }
}
