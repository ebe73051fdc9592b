/**
 * The checks of a profile: what a probe must know of a protocol that is spoken over an event stream, beyond the stream
 * itself.
 *
 * How to ask (requests before, method, headers, body), how to read the events, what else to judge, how to leave. The
 * probe goes on watching one stream as it watches any other; a profile is told of it and asks beside it:
 *
 * 1. `start(ask, host)`, then `begin()`: the request of the stream, or the check that failed before there was one
 * 2. `opened` with the head (also of a refusal), `heard` for each event, `ended` once, also when we end it
 * 3. `host.answered()` is called once nothing more is to be learnt from the stream
 * 4. `leave()` after `ended`, however that came; then `judge()`, whose checks stand in place of those of the same id
 *
 * It holds no socket, timer or deadline: those are the host's, and so is the bound on time.
 */
import type { Cause } from '../core/causes.ts';
import type { CheckId } from '../findings/check-rows.ts';
import type { CheckResult } from '../findings/check-result.ts';
import type { SseEvent } from '../sse/handlers.ts';
import type { ResponseHead } from '../wire/transport.ts';
import type { Reply } from './exchange.ts';

/** What the user has asked for; null where that is left to the profile. */
export interface ProfileAsk {
  url: URL;
  method: string | null;
  /** The header fields of the command line, a bearer token among them, go with every request to the URL's origin. */
  headers: ReadonlyArray<readonly [name: string, value: string]>;
  body: string | null;
  /** How long an answer that has begun may be silent before it counts as stalled. */
  stalledAfterMs: number;
  /** The version of sse-probe, for protocols in which clients introduce themselves. */
  version: string;
}

export interface StreamAsk {
  method: string;
  url: URL;
  headers: ReadonlyArray<readonly [name: string, value: string]>;
  body: string | null;
}

export interface ProfileHost {
  /** One request beside the stream. Never throws for what the network does. @param until the event that ends it */
  ask(request: StreamAsk, until?: (event: SseEvent) => boolean): Promise<Reply>;
  /** The clock that `atMs` of the events is read from. */
  nowMs(): number;
  /** Nothing more is to be learnt from the stream. */
  answered(): void;
}

export interface ProfileVerdict {
  /** The checks that stand in place of the probe's own of the same id. */
  checks: readonly CheckResult[];
  /**
   * The time from the request of the stream to the first token, for `timingsMs.firstToken`; null where no token came,
   * left out in protocols without tokens.
   */
  firstTokenMs?: number | null;
  /** What `profile` of the result holds, the name among it; left out where there are no figures. */
  figures?: Readonly<Record<string, unknown>>;
}

/** How the stream ended, or was refused, or never came to be. */
export interface StreamEnding {
  cause: Cause;
  detail: string;
  atMs: number;
  /** The beginning of an answer that was no stream; hostile text. */
  excerpt: string;
}

export interface ProfileSession {
  /** The request of the stream, or why there is none. */
  begin(): Promise<StreamAsk | CheckResult>;
  /** The request of the stream goes out. */
  asked(atMs: number): void;
  opened(head: ResponseHead): void;
  /** @param atMs of the read that brought it: events that came together have the same */
  heard(event: SseEvent, atMs: number): void;
  ended(end: StreamEnding): void;
  leave(): Promise<void>;
  judge(): ProfileVerdict;
}

export interface ProfileChecks {
  /** The stream is over with what was asked; else it goes on, and is watched like every other. */
  readonly isOneAnswer: boolean;
  /** Other connections may ask the same, where the plan allows it. */
  readonly asksTwice: boolean;
  /**
   * Checks that say nothing here, or would ask for a second stream where there can be or should be one only, each with
   * the reason.
   */
  readonly skips: Readonly<Partial<Record<CheckId, string>>>;
  /** @throws {UsageError} when what the user gave cannot be asked */
  start(ask: ProfileAsk, host: ProfileHost): ProfileSession;
}
