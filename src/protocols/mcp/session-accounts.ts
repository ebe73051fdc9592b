/**
 * Sessions with a server of the Model Context Protocol under load: opened, refused, forgotten by the server, and what
 * became of them when their clients left.
 */
import type { McpObserver } from './mcp-session.ts';
import { countUp, type Summary } from '../../measure/summary.ts';

/** Distinct failures that are kept apart; a hostile server could make one for each attempt. */
const MAX_FAILURES = 20;
const OTHERS = 'others';

export class SessionAccounts implements McpObserver {
  private readonly summary: Summary;

  constructor(summary: Summary) {
    this.summary = summary;
  }

  opened(initializeMs: number): void {
    this.summary.counts.sessions += 1;
    this.summary.times.initialize.record(initializeMs);
  }

  failed(step: string, why: string, refused: boolean): void {
    const { counts, sessionFailures } = this.summary;
    if (refused && step !== 'ping') counts.sessionsRefused += 1;
    const key = `${step}: ${why}`;
    countUp(sessionFailures, sessionFailures.has(key) || sessionFailures.size < MAX_FAILURES ? key : OTHERS);
  }

  expired(): void {
    this.summary.counts.sessionsExpired += 1;
  }

  streamless(): void {
    this.summary.counts.sessionsStreamless += 1;
  }

  pinged(tookMs: number): void {
    this.summary.times.sessionPing.record(tookMs);
  }

  ended(done: boolean): void {
    if (done) this.summary.counts.sessionsEnded += 1;
    else this.summary.counts.sessionsNotEnded += 1;
  }

  abandoned(): void {
    this.summary.counts.sessionsAbandoned += 1;
  }
}
