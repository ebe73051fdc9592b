/**
 * Response heads that come with the first event and not before, on the first streams of healthy clients: a return is
 * answered with what it missed, at any time.
 *
 * Heads that are held back until the first event (`node:http` without `flushHeaders` does it) are told from a server that
 * is slow to accept by what the others hear: a held head comes together with an event, nobody heard anything between the
 * request and that event, and clients that asked at different times get theirs at one moment. Where each connection is
 * sent events of its own there is no such moment: then all have waited for as long, whenever they asked.
 */
import type { StreamEvent } from '../../client/event-cache.ts';
import type { Subscription } from '../../client/subscription.ts';
import { APART_MS, LATE_HEAD_MS, ONE_MOMENT_MS, TOGETHER_MS } from '../../findings/arrivals.ts';
import { isLongHead, isPeriodOfTimer } from '../../findings/held-head.ts';
import type { Measured } from '../../measure/figures.ts';
import type { PROTOCOL_FIGURES } from '../../record/load-figures.ts';

/**
 * A head is not late that took less than so many times what the connection took: the network is slow, or the accepting.
 */
const LATE_HEAD_CONNECTS = 5;
/** What may lie between the stamp of an event and our clock: the same machine, or one with the same time. */
const CLOCK_SLACK_MS = 50;
/** Clients whose second event is waited for. */
const MAX_PENDING = 1000;

export class HeldHeads {
  private readonly figures: Measured<typeof PROTOCOL_FIGURES>;
  /** When the last published event was heard, the first one of the same moment, and the last one before that. */
  private lastHeardMs = Number.NEGATIVE_INFINITY;
  private momentMs = Number.NEGATIVE_INFINITY;
  private beforeMs = Number.NEGATIVE_INFINITY;
  /** How long the first of those waited whose heads came at this moment; NaN: none yet. */
  private firstWaitMs = Number.NaN;
  private releaseCounted = false;
  /** When the last head came that counts as one that waited for an event of its own. */
  private lastOwnMs = Number.NEGATIVE_INFINITY;
  /** How long clients waited for their heads whose second event will tell whether that was its period. */
  private readonly pending = new Map<Subscription, number>();

  constructor(figures: Measured<typeof PROTOCOL_FIGURES>) {
    this.figures = figures;
  }

  /** A published event of a healthy client on its first stream. */
  published(client: Subscription, event: StreamEvent): void {
    const { nowMs } = client.context;
    if (nowMs - this.lastHeardMs > ONE_MOMENT_MS) {
      this.beforeMs = this.lastHeardMs;
      this.momentMs = nowMs;
      this.firstWaitMs = Number.NaN;
      this.releaseCounted = false;
    }
    this.lastHeardMs = nowMs;
    if (client.headJudged) {
      if (this.pending.size > 0) this.second(client, nowMs);
      return;
    }
    client.headJudged = true;
    this.judge(client, event);
  }

  private judge(client: Subscription, event: StreamEvent): void {
    const { openedMs, phaseStartMs: askedMs, attemptStartMs, context } = client;
    const { counts } = this.figures;
    counts.headsJudged += 1;
    const { nowMs, wallOffsetMs } = context;
    if (nowMs - openedMs > TOGETHER_MS || !isBornSince(event, askedMs + wallOffsetMs, nowMs + wallOffsetMs)) return;
    const waitMs = openedMs - askedMs;
    const isLate = waitMs >= LATE_HEAD_MS && waitMs >= LATE_HEAD_CONNECTS * (askedMs - attemptStartMs);
    if (isLate) this.first(client, waitMs);
    if (askedMs < this.beforeMs || askedMs > this.momentMs) return;
    counts.headsWithEvent += 1;
    if (!isLate) return;
    counts.headsHeld += 1;
    if (Number.isNaN(this.firstWaitMs)) this.firstWaitMs = waitMs;
    if (this.releaseCounted || Math.abs(waitMs - this.firstWaitMs) < APART_MS) return;
    this.releaseCounted = true;
    counts.headsReleased += 1;
  }

  private first(client: Subscription, waitMs: number): void {
    if (isLongHead(waitMs)) this.waited(client.openedMs, waitMs);
    if (this.pending.size < MAX_PENDING) this.pending.set(client, waitMs);
  }

  private second(client: Subscription, nowMs: number): void {
    const waitMs = this.pending.get(client);
    // What was sent with the first is the rest of a greeting.
    if (waitMs === undefined || nowMs - client.openedMs <= TOGETHER_MS) return;
    this.pending.delete(client);
    if (!isPeriodOfTimer(waitMs, nowMs - client.openedMs)) return;
    this.figures.counts.ownHeadPeriods += 1;
    if (!isLongHead(waitMs)) this.waited(client.openedMs, waitMs);
  }

  private waited(openedMs: number, waitMs: number): void {
    const { counts, times } = this.figures;
    times.ownHeadWait.record(waitMs);
    if (Math.abs(openedMs - this.lastOwnMs) < APART_MS) return;
    this.lastOwnMs = openedMs;
    counts.ownHeadMoments += 1;
  }
}

/** Written after the request came in, as far as it says when: what is older is a greeting with the last state. */
function isBornSince({ sentMs, scheduledMs }: StreamEvent, askedMs: number, nowMs: number): boolean {
  const bornMs = Number.isNaN(sentMs) ? scheduledMs : sentMs;
  return Number.isNaN(bornMs) || (bornMs >= askedMs - CLOCK_SLACK_MS && bornMs <= nowMs + CLOCK_SLACK_MS);
}
