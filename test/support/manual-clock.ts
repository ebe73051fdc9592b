/** A clock that stands still until a test lets time pass: deadlines come when they are meant to, on any machine. */
import type { Clock } from '../../src/core/clock.ts';

const UNIX_MS = Date.UTC(2026, 0, 1);

export class ManualClock implements Clock {
  private ms = 1000;

  nowMs(): number {
    return this.ms;
  }

  wallMs(): number {
    return UNIX_MS + this.ms;
  }

  pass(ms: number): void {
    this.ms += ms;
  }
}
