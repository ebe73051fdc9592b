/**
 * The streams of one probe while they run: which connection is opened when, and when enough is known.
 */
import { stampPointers } from '../accounts/stamp-pointers.ts';
import { isMarker } from '../core/stream-marker.ts';
import { markerOf } from '../options/values/until.ts';
import type { ProbePlan } from '../options/probe-options.ts';
import type { ProfileChecks, ProfileVerdict } from '../protocols/profile-checks.ts';
import type { SseEvent } from '../sse/handlers.ts';
import { Listening } from './listening.ts';
import { type ProbeProgress, progressOf } from './progress.ts';
import type { ProbeRoom } from './probe-room.ts';
import { ProfileWatch } from './profile-watch.ts';
import type { RequestSpec } from './request-spec.ts';
import type { ProbeResult } from './result.ts';
import { rhythmOf } from './rhythm.ts';
import { rhythmIsKnown } from './rhythm-known.ts';
import type { AuxiliaryContext, AuxiliaryName } from './auxiliary-streams.ts';
import { AuxiliaryWatch } from './auxiliary-watch.ts';
import type { Connector, Contact } from '../reach/connector.ts';

const LOOK_EVERY_MS = 20;
/** So long before the end of the time what is asked last is asked, whatever else is open. */
const LAST_MS = 2500;
/** The beginning of an answer that is no stream is waited for. */
const EXCERPT_MS = 300;

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
  room: ProbeRoom;
}

export class Watch {
  main: Listening | null = null;
  readonly asksTwice: boolean;
  endedBy: ProbeResult['endedBy'] = 'answered';
  endMs = 0;
  complete = false;
  untilCame = false;
  profileVerdict: ProfileVerdict = { checks: [] };
  private readonly options: WatchOptions;
  private readonly others: AuxiliaryWatch;
  private finish: (() => void) | null = null;
  private lookedMs: number | null = null;
  private looksSoon = false;
  /** The longest that this process did not come to look: what arrived meanwhile was read that much later. */
  ownStopMs = 0;

  constructor(options: WatchOptions) {
    const { plan, checks } = options;
    this.options = options;
    this.asksTwice = plan.method === 'GET' && plan.until === null && checks.asksTwice;
    this.others = new AuxiliaryWatch({ ...options, asksTwice: this.asksTwice, onNews: () => this.lookSoon() });
  }

  /** The other connections, those that were opened. */
  get auxiliary(): ReadonlyMap<AuxiliaryName, Listening> {
    return this.others.streams;
  }

  /** @throws {UsageError} when the request cannot be sent as it is */
  async run(): Promise<void> {
    const { connector, requestSpec: asked, nowMs, signal, checks, plan, room } = this.options;
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
        limits: plan,
        room,
        holdsMessages: plan.profile !== 'sse',
        nowMs,
        pointers: stampPointers(plan),
        onNews: () => {
          profiled.look(main);
          this.lookSoon();
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

  /** How far it is by now. */
  progress(): ProbeProgress {
    const { plan, nowMs, limitMs } = this.options;
    return progressOf({ plan, main: this.main, untilCame: this.untilCame, nowMs: nowMs(), limitMs });
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

  private heard({ type, data }: SseEvent): void {
    const marker = markerOf(this.options.plan);
    if (marker !== null && isMarker(marker, type, data)) this.untilCame = this.complete = true;
  }

  /** Once for all that one read brings: a server may cut what it sends into pieces of a byte. */
  private lookSoon(): void {
    if (this.looksSoon) return;
    this.looksSoon = true;
    setImmediate(() => {
      this.looksSoon = false;
      this.look();
    });
  }

  private look(): void {
    const { main } = this;
    if (this.finish === null || main === null) return;
    const context = this.context(main);
    this.noteOwnStop(context.nowMs);
    const reason = this.reasonToEnd(main, context);
    if (reason !== null) this.end(reason);
  }

  /** @returns why nothing more is to be learnt; null while something is */
  private reasonToEnd(main: Listening, context: AuxiliaryContext): ProbeResult['endedBy'] | null {
    const { plan, checks } = this.options;
    if (plan.until !== null && this.hasCome(main)) {
      this.untilCame = true;
      if (!this.needsResume()) return 'until';
    }
    if (this.complete && !checks.asksTwice) return 'answered';
    if (main.isFull) return 'bytes';
    if (this.isNoStream(main, context.nowMs)) return 'answered';
    this.others.look(context);
    if (!this.others.isAnswered(main, this.needsResume())) return null;
    const reason = this.nothingLeft(main, context.nowMs);
    const isNearEnd = context.nowMs > this.options.limitMs - LAST_MS;
    return (reason !== null || isNearEnd) && this.others.askLast(context) ? reason : null;
  }

  private nothingLeft(main: Listening, nowMs: number): ProbeResult['endedBy'] | null {
    if (main.end !== null) return 'stream';
    if (this.untilCame) return 'until';
    return this.options.plan.until === null && this.rhythmIsKnown(main, nowMs) ? 'answered' : null;
  }

  /** The answer is none that is watched, and what it says has been read. */
  private isNoStream(main: Listening, nowMs: number): boolean {
    if (main.refusal !== null && (main.end !== null || nowMs - (main.headMs ?? 0) > EXCERPT_MS)) return true;
    return main.end !== null && !main.isStream;
  }

  private noteOwnStop(nowMs: number): void {
    this.ownStopMs = Math.max(this.ownStopMs, nowMs - (this.lookedMs ?? nowMs) - LOOK_EVERY_MS);
    this.lookedMs = nowMs;
  }

  private hasCome(main: Listening): boolean {
    switch (this.options.plan.until?.kind) {
      case 'headers':
        return main.head !== null;
      case 'event':
        return main.log.firstEventMs !== null;
      case 'heartbeat':
        return rhythmOf(main.log, main.headMs ?? 0).beats > 0;
      default:
        return this.untilCame;
    }
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
    return {
      main,
      nowMs: nowMs(),
      durationMs: limitMs,
      otherProtocol: bothSpoken ? 'http/1.1' : null,
      mayClose: connector.isLean,
    };
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
    this.others.leave();
    finish();
  }
}
