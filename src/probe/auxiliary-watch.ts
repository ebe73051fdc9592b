/** The auxiliary streams of one probe while they run: which is opened when, and which has told all that it can. */
import { stampPointers } from '../accounts/stamp-pointers.ts';
import type { CheckId } from '../findings/check-rows.ts';
import type { ProbePlan } from '../options/probe-options.ts';
import type { ProfileChecks } from '../protocols/profile-checks.ts';
import type { Connector } from '../reach/connector.ts';
import {
  AUXILIARY_STREAMS,
  type AuxiliaryContext,
  type AuxiliaryName,
  type AuxiliaryPlan,
} from './auxiliary-streams.ts';
import { LAST_STREAMS } from './last-streams.ts';
import { Listening } from './listening.ts';
import type { ProbeRoom } from './probe-room.ts';

/** The check that an auxiliary stream answers: where a profile skips the check, it is not asked. */
const ASKED_FOR: Readonly<Record<AuxiliaryName, CheckId>> = {
  twin: 'cached',
  coded: 'compression',
  resume: 'resume',
  resumeBehindBeat: 'resume',
  resumeUnknown: 'resume',
  resumeForeign: 'resume',
  wrongPath: 'error-status',
  withoutToken: 'error-status',
  headOnly: 'error-status',
  behindHead: 'error-status',
  other: 'protocol',
  again: 'completion',
  fresh: 'silent-gap',
};

/** Most bytes of a body that are read beside the main stream. */
const MAX_AUXILIARY_BYTES = 16 * 1024 ** 2;

export interface AuxiliaryWatchOptions {
  plan: ProbePlan;
  connector: Connector;
  checks: ProfileChecks;
  room: ProbeRoom;
  /** Whether the server may be asked more than once. */
  asksTwice: boolean;
  nowMs: () => number;
  /** Something was heard. */
  onNews: () => void;
}

export class AuxiliaryWatch {
  readonly streams = new Map<AuxiliaryName, Listening>();
  private readonly options: AuxiliaryWatchOptions;
  private readonly answered = new Set<AuxiliaryName>();
  private mainEnded = false;

  constructor(options: AuxiliaryWatchOptions) {
    this.options = options;
  }

  /** Opens those whose time has come, and leaves those that are answered. */
  look(context: AuxiliaryContext): void {
    if (context.main.end !== null && !this.mainEnded) {
      // Whether the twin ends at the same age is a new question.
      this.mainEnded = true;
      this.answered.delete('twin');
    }
    for (const plan of AUXILIARY_STREAMS) this.lookAt(plan, context);
  }

  /** @returns whether all is answered that is asked when nothing else is left to ask */
  askLast(context: AuxiliaryContext): boolean {
    for (const plan of LAST_STREAMS) {
      this.lookAt(plan, context);
      const stream = this.streams.get(plan.name);
      // Behind one that we had to leave ourselves nothing is to be learnt.
      if (stream === undefined || stream.end?.cause === 'closed-by-us') return true;
      if (!this.answered.has(plan.name)) return false;
    }
    return true;
  }

  private lookAt(plan: AuxiliaryPlan, context: AuxiliaryContext): void {
    const listening = this.streams.get(plan.name);
    if (listening === undefined) {
      if (this.mayAsk(plan)) this.open(plan, context);
    } else if (!this.answered.has(plan.name) && (listening.end !== null || plan.isAnswered(listening, context))) {
      this.answered.add(plan.name);
      if (plan.stays !== true) listening.leave();
    }
  }

  /** @param needsResume the probe was told to come back with `Last-Event-ID`, and still can */
  isAnswered(main: Listening, needsResume: boolean): boolean {
    if (needsResume && !this.answered.has('resume')) return false;
    // With `Last-Event-ID` it comes when there is something to come back behind: not every stream has that.
    return [...this.streams].every(
      ([name, { end }]) =>
        LAST_STREAMS.some((last) => last.name === name) ||
        this.answered.has(name) ||
        (name === 'twin' && main.end !== null && end !== null),
    );
  }

  leave(): void {
    for (const stream of this.streams.values()) stream.leave();
  }

  private mayAsk({ name }: AuxiliaryPlan): boolean {
    const { plan, checks, asksTwice } = this.options;
    if (checks.skips[ASKED_FOR[name]] !== undefined) return false;
    return asksTwice || (ASKED_FOR[name] === 'resume' && plan.resume);
  }

  private open(plan: AuxiliaryPlan, context: AuxiliaryContext): void {
    const requestSpec = plan.requestSpec(context);
    if (requestSpec === null) return;
    const { connector, nowMs, onNews, plan: limits, room } = this.options;
    const protocol = plan.speaks?.(context) ?? null;
    const listening = new Listening({
      connector,
      requestSpec,
      limits,
      room,
      maxBytes: MAX_AUXILIARY_BYTES,
      nowMs,
      pointers: stampPointers(this.options.plan),
      onNews,
      ...(protocol === null ? {} : { protocol }),
    });
    this.streams.set(plan.name, listening);
    void listening.start();
  }
}
