/**
 * Sessions with a server of the Model Context Protocol under load: opened, refused, forgotten by the server, and what
 * became of them when their clients left.
 */
import type { McpObserver } from './mcp-host.ts';
import { countUp, figures, type Measured } from '../../measure/figures.ts';

export const SESSION_FIGURES = figures({
  counts: [
    'sessions',
    'sessionsRefused',
    /** Sessions that the server had forgotten. */
    'sessionsExpired',
    'sessionsStreamless',
    /** Sessions ended by DELETE, sessions that DELETE did not end, and sessions left behind on purpose. */
    'sessionsEnded',
    'sessionsNotEnded',
    'sessionsAbandoned',
  ],
  /** How long `initialize` and `ping` took. */
  times: ['initialize', 'sessionPing'],
  /** By request and cause. */
  tallies: ['sessionFailures'],
});
type SessionFigures = Measured<typeof SESSION_FIGURES>;

/** Distinct failures that are kept apart; a hostile server could make one for each attempt. */
const MAX_FAILURES = 20;
const OTHERS = 'others';

export class SessionAccounts implements McpObserver {
  private readonly summary: SessionFigures;

  constructor(summary: SessionFigures) {
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
