/**
 * The streams of one probe while they run: which connection is opened when, and when enough is known.
 */
import type { CheckId } from '../findings/check-rows.ts';
import type { ProbePlan } from '../options/probe-options.ts';
import type { ProfileChecks, ProfileVerdict } from '../protocols/profile-checks.ts';
import type { SseEvent } from '../sse/handlers.ts';
import { Listening, MAX_BYTES } from './listening.ts';
import { ProfileWatch } from './profile-watch.ts';
import type { RequestSpec } from './request-spec.ts';
import type { ProbeResult } from './result.ts';
import { rhythmIsKnown } from './rhythm-known.ts';
import {
  AUXILIARY_STREAMS,
  type AuxiliaryContext,
  type AuxiliaryName,
  type AuxiliaryPlan,
} from './auxiliary-streams.ts';
import type { Connector, Contact } from '../reach/connector.ts';

const LOOK_EVERY_MS = 20;
/** The beginning of an answer that is no stream is waited for. */
const EXCERPT_MS = 300;

/** The check that an auxiliary stream answers: where a profile skips the check, it is not asked. */
const ASKED_FOR: Readonly<Record<AuxiliaryName, CheckId>> = {
  twin: 'cached',
  coded: 'compression',
  resume: 'resume',
  wrongPath: 'error-status',
  withoutToken: 'error-status',
  other: 'protocol',
  again: 'completion',
};

export interface WatchOptions {
  plan: ProbePlan;
  connector: Connector;
  contact: Contact;
  requestSpec: RequestSpec;
  /** From the start of the probe. */
  nowMs: () => number;
  /** All of it is over by then. */
  limitMs: number;
  signal: AbortSignal;
  checks: ProfileChecks;
}

export class Watch {
  main: Listening | null = null;
  readonly auxiliary = new Map<AuxiliaryName, Listening>();
  readonly asksTwice: boolean;
  endedBy: ProbeResult['endedBy'] = 'answered';
  endMs = 0;
  complete = false;
  untilCame = false;
  profileVerdict: ProfileVerdict = { checks: [] };
  private readonly options: WatchOptions;
  private readonly answered = new Set<AuxiliaryName>();
  private finish: (() => void) | null = null;
  private mainEnded = false;
  private lookedMs: number | null = null;
  /** The longest that this process did not come to look: what arrived meanwhile was read that much later. */
  ownStopMs = 0;

  constructor(options: WatchOptions) {
    const { plan, checks } = options;
    this.options = options;
    this.asksTwice = plan.method === 'GET' && plan.until === null && checks.asksTwice;
  }

  /** @throws {UsageError} when the request cannot be sent as it is */
  async run(): Promise<void> {
    const { connector, requestSpec: asked, nowMs, signal, checks, plan } = this.options;
    const profiled = new ProfileWatch(checks, {
      connector,
      requestSpec: asked,
      plan,
      nowMs,
      signal,
      onAnswered: () => {
        this.complete = checks.isOneAnswer;
        this.look();
      },
    });
    const requestSpec = await profiled.begin();
    if (requestSpec !== null) {
      const main = new Listening({
        connector,
        requestSpec,
        nowMs,
        onNews: () => {
          profiled.look(main);
          this.look();
        },
        onEvent: (event, atMs) => {
          this.heard(event);
          profiled.heard(event, atMs);
        },
      });
      this.main = main;
      await this.listen(main);
      profiled.ended(main, this.endMs);
    } else {
      this.endMs = nowMs();
    }
    this.profileVerdict = await profiled.leave();
  }

  private async listen(main: Listening): Promise<void> {
    const { signal } = this.options;
    const over = new Promise<void>((resolve) => {
      this.finish = resolve;
    });
    const onAbort = (): void => this.end(this.timeIsUp());
    const looking = setInterval(() => this.look(), LOOK_EVERY_MS);
    signal.addEventListener('abort', onAbort);
    try {
      if (signal.aborted) onAbort();
      else await main.start();
      await over;
    } finally {
      signal.removeEventListener('abort', onAbort);
      clearInterval(looking);
    }
  }

  private heard({ data }: SseEvent): void {
    const { until } = this.options.plan;
    if (until?.kind === 'text' && data.includes(until.text)) this.untilCame = this.complete = true;
  }

  private look(): void {
    const { main } = this;
    if (this.finish === null || main === null) return;
    const { plan, nowMs } = this.options;
    if (plan.until !== null && this.hasCome(main)) {
      this.untilCame = true;
      if (!this.needsResume()) return this.end('until');
    }
    if (this.complete && !this.options.checks.asksTwice) return this.end('answered');
    if (main.log.bytes >= MAX_BYTES) return this.end('bytes');
    const context = this.context(main);
    this.ownStopMs = Math.max(this.ownStopMs, context.nowMs - (this.lookedMs ?? context.nowMs) - LOOK_EVERY_MS);
    this.lookedMs = context.nowMs;
    if (main.end !== null && !this.mainEnded) {
      // Whether the twin ends at the same age is a new question.
      this.mainEnded = true;
      this.answered.delete('twin');
    }
    if (main.refusal !== null && (main.end !== null || nowMs() - (main.headMs ?? 0) > EXCERPT_MS))
      return this.end('answered');
    if (main.end !== null && !main.isStream) return this.end('answered');
    this.lookAtAuxiliary(context);
    if (!this.sidesAreAnswered(main)) return;
    if (main.end !== null) this.end('stream');
    else if (this.untilCame) this.end('until');
    else if (plan.until === null && this.rhythmIsKnown(main, context.nowMs)) this.end('answered');
  }

  private hasCome(main: Listening): boolean {
    switch (this.options.plan.until?.kind) {
      case 'headers':
        return main.head !== null;
      case 'event':
        return main.log.firstEventMs !== null;
      case 'heartbeat':
        return main.log.beats.length > 0;
      default:
        return this.untilCame;
    }
  }

  private lookAtAuxiliary(context: AuxiliaryContext): void {
    for (const plan of AUXILIARY_STREAMS) {
      const listening = this.auxiliary.get(plan.name);
      if (listening === undefined) {
        if (this.mayAsk(plan)) this.openAuxiliary(plan, context);
      } else if (!this.answered.has(plan.name) && (listening.end !== null || plan.isAnswered(listening, context))) {
        this.answered.add(plan.name);
        if (plan.stays !== true) listening.leave();
      }
    }
  }

  private mayAsk({ name }: AuxiliaryPlan): boolean {
    const { plan, checks } = this.options;
    if (checks.skips[ASKED_FOR[name]] !== undefined) return false;
    return this.asksTwice || (name === 'resume' && plan.resume);
  }

  private openAuxiliary(plan: AuxiliaryPlan, context: AuxiliaryContext): void {
    const requestSpec = plan.requestSpec(context);
    if (requestSpec === null) return;
    const { connector, nowMs } = this.options;
    const protocol = plan.speaks?.(context) ?? null;
    const listening = new Listening({
      connector,
      requestSpec,
      nowMs,
      onNews: () => this.look(),
      ...(protocol === null ? {} : { protocol }),
    });
    this.auxiliary.set(plan.name, listening);
    void listening.start();
  }

  private sidesAreAnswered(main: Listening): boolean {
    if (this.needsResume() && !this.answered.has('resume')) return false;
    // With `Last-Event-ID` it comes when there is something to come back behind: not every stream has that.
    return [...this.auxiliary.keys()].every(
      (name) =>
        this.answered.has(name) || (name === 'twin' && main.end !== null && this.auxiliary.get('twin')?.end !== null),
    );
  }

  private needsResume(): boolean {
    return this.options.plan.resume && this.main?.isStream === true && this.main.end === null;
  }

  private rhythmIsKnown(main: Listening, nowMs: number): boolean {
    const { heartbeatWithinMs } = this.options.plan;
    return rhythmIsKnown(main, { nowMs, heartbeatWithinMs, ownStopMs: this.ownStopMs });
  }

  private context(main: Listening): AuxiliaryContext {
    const { nowMs, limitMs, connector, contact, plan } = this.options;
    const bothSpoken = contact.handshake?.protocol === 'h2' && !plan.http1 && !plan.http2 && connector.proxy === null;
    return { main, nowMs: nowMs(), durationMs: limitMs, otherProtocol: bothSpoken ? 'http/1.1' : null };
  }

  private timeIsUp(): ProbeResult['endedBy'] {
    const { deadlineMs, durationMs } = this.options.plan;
    return deadlineMs !== null && deadlineMs < durationMs ? 'deadline' : 'duration';
  }

  private end(endedBy: ProbeResult['endedBy']): void {
    const { finish } = this;
    if (finish === null) return;
    this.finish = null;
    this.endedBy = endedBy;
    this.endMs = this.options.nowMs();
    this.main?.leave();
    for (const stream of this.auxiliary.values()) stream.leave();
    finish();
  }
}
