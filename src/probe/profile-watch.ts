/**
 * The checks of a profile beside the main stream: tells them what happens there, in the order in which they expect it.
 */
import type { ProbePlan } from '../options/probe-options.ts';
import type { SseEvent } from '../sse/handlers.ts';
import type { Listening } from './listening.ts';
import type { CheckResult } from '../findings/check-result.ts';
import type { ProfileChecks, ProfileSession, ProfileVerdict } from '../protocols/profile-checks.ts';
import { ConnectedHost } from './profile-host.ts';
import type { RequestSpec } from './request-spec.ts';
import type { Connector } from '../reach/connector.ts';

/**
 * Well within the time that a probe has by default: an answer that stands still is to be told from one that goes on.
 */
const STALLED_AFTER_MS = 10_000;

export interface ProfileWatchOptions {
  connector: Connector;
  requestSpec: RequestSpec;
  plan: ProbePlan;
  nowMs: () => number;
  signal: AbortSignal;
  onAnswered: () => void;
}

export class ProfileWatch {
  private readonly session: ProfileSession;
  private readonly host: ConnectedHost;
  private readonly requestSpec: RequestSpec;
  private refused: CheckResult | null = null;
  private told: 'nothing' | 'asked' | 'opened' = 'nothing';

  /** @throws {UsageError} when what the user gave cannot be asked */
  constructor(checks: ProfileChecks, { connector, requestSpec, plan, nowMs, signal, onAnswered }: ProfileWatchOptions) {
    const { url, headers, body, version, method } = requestSpec;
    this.requestSpec = requestSpec;
    this.host = new ConnectedHost({ connector, version, nowMs, signal, onAnswered });
    this.session = checks.start(
      {
        url,
        headers,
        body,
        version,
        // GET is what a plan says that says nothing.
        method: method === 'GET' ? null : method,
        stalledAfterMs: plan.heartbeatWithinMs ?? STALLED_AFTER_MS,
      },
      this.host,
    );
  }

  /** The request of the stream; null where the profile failed before there was one. */
  async begin(): Promise<RequestSpec | null> {
    const found = await this.session.begin();
    if ('status' in found) {
      this.refused = found;
      return null;
    }
    return { ...this.requestSpec, ...found };
  }

  /** Something happened on the stream. */
  look({ askedMs, head }: Listening): void {
    if (this.told === 'nothing' && askedMs !== null) {
      this.told = 'asked';
      this.session.asked(askedMs);
    }
    if (this.told === 'asked' && head !== null) {
      this.told = 'opened';
      this.session.opened(head);
    }
  }

  heard(event: SseEvent, atMs: number): void {
    this.session.heard(event, atMs);
  }

  ended(main: Listening, atMs: number): void {
    this.look(main);
    const { cause, detail, atMs: endMs } = main.end ?? { cause: 'closed-by-us' as const, detail: '', atMs };
    this.session.ended({ cause, detail, atMs: endMs, excerpt: main.excerpt });
  }

  async leave(): Promise<ProfileVerdict> {
    this.host.beginToLeave();
    await this.session.leave();
    const verdict = this.session.judge();
    return this.refused === null
      ? verdict
      : { ...verdict, checks: [...verdict.checks.filter(({ id }) => id !== this.refused?.id), this.refused] };
  }
}
