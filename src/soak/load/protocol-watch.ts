/**
 * Is what arrives an event stream as the standards have it? Heads, lines and ends that are not, counted.
 */
import { HELD_MS } from '../../findings/arrivals.ts';
import type { Cause } from '../../core/causes.ts';
import { printable } from '../../core/printable.ts';
import type { EventReader } from '../../client/event-reader.ts';
import type { StreamEvent } from '../../client/event-cache.ts';
import type { Subscription } from '../../client/subscription.ts';
import { noteDefect } from '../../measure/defects.ts';
import { countUp, type Measured } from '../../measure/figures.ts';
import type { EVENT_PART_FIGURES } from '../../measure/event-parts.ts';
import { type REPLACED_FIGURES, ReplacedCharacters } from '../../measure/replaced-characters.ts';
import type { CountsByKind } from '../../measure/kind-counts.ts';
import type { CACHE_FIGURES, PROTOCOL_FIGURES, RECORDER_FIGURES } from '../../record/load-figures.ts';
import { type Malformed, SAMPLE_BYTES, type UnfinishedBlock } from '../../sse/handlers.ts';
import { misnamedSays } from '../../findings/misnamed-field.ts';
import { isHeldByCompressor, NOT_FLUSHED_AFTER_MS } from '../../findings/not-flushed.ts';
import { type Undispatched, undispatched, undispatchedSample, withoutDataSample } from '../../findings/undispatched.ts';
import { CacheWatch } from './cache-watch.ts';
import { HeldHeads } from './held-heads.ts';
import { noteMarks } from './refused-answers.ts';
import { codingOf } from '../../wire/content-coding.ts';
import type { ResponseHead } from '../../wire/transport.ts';

/**
 * An end that may have come from a time-out, a restart or an eviction, though it is told under a word that blames
 * the format: RFC 9113, 5.4 leaves the code of a reset to the sender, and proxies end streams with any; and a coded
 * body that lasts until the close is cut by every close.
 */
const CUT = /^the stream was reset with |unexpected end of file$/;

/** Whether a stream was given up because nothing sound could be read from it any more. */
export function isUnreadable(cause: Cause, detail: string): boolean {
  if (cause === 'line-limit' || cause === 'event-limit') return true;
  return (cause === 'http-protocol' || cause === 'decode') && !CUT.test(detail);
}

/** Whether headers of the plan replace our own `Accept-Encoding: identity` by one that lets the server choose. */
export function asksForCoding(headers: readonly (readonly [name: string, value: string])[]): boolean {
  return headers.some(
    ([name, value]) => name.toLowerCase() === 'accept-encoding' && value.trim().toLowerCase() !== 'identity',
  );
}

type ProtocolFigures = Measured<typeof PROTOCOL_FIGURES> &
  Measured<typeof CACHE_FIGURES> &
  Measured<typeof EVENT_PART_FIGURES> &
  Measured<typeof REPLACED_FIGURES> &
  Pick<Measured<typeof RECORDER_FIGURES>, 'serverMarks'> &
  CountsByKind;

export class ProtocolWatch {
  private readonly summary: ProtocolFigures;
  private readonly codingAsked: boolean;
  private readonly cache: CacheWatch;
  private readonly replaced: ReplacedCharacters;
  private readonly sampled = new Set<Malformed | Undispatched | Cause>();
  private readonly heads: HeldHeads;

  /** @param codingAsked the plan itself asks for a content coding */
  constructor(summary: ProtocolFigures, codingAsked: boolean) {
    this.summary = summary;
    this.cache = new CacheWatch(summary);
    this.replaced = new ReplacedCharacters(summary);
    this.codingAsked = codingAsked;
    this.heads = new HeldHeads(summary);
  }

  opened(head: ResponseHead, { phaseStartMs, context: { nowMs, wallOffsetMs } }: Subscription): void {
    this.cache.opened(head, phaseStartMs, nowMs, nowMs + wallOffsetMs);
    if (this.summary.serverMarks.size === 0) noteMarks(this.summary, head.headers);
    const field = head.headers.get('content-encoding');
    if (field === undefined || this.codingAsked) return;
    const coding = codingOf(field);
    if (typeof coding === 'string' && coding !== 'identity') countUp(this.summary.codings, coding);
    else if (typeof coding === 'object' && 'unknown' in coding) {
      this.summary.counts.unknownCodings += 1;
      // One name is enough: a server may send another with each answer.
      if (this.summary.unknownCodingNames.size === 0)
        countUp(this.summary.unknownCodingNames, printable(coding.unknown));
    }
  }

  /** An event that was published: no heartbeat, and nothing that is about the stream itself. */
  published(client: Subscription, event: StreamEvent): void {
    const { counts } = this.summary;
    if (client.parser.lastEventId === '') counts.eventsWithoutId += 1;
    else counts.eventsWithId += 1;
    if (client.opened === 1 && client.behaviour.kind === 'healthy') this.heads.published(client, event);
  }

  read(data: string): void {
    this.replaced.read(data);
  }

  rest({ behaviour }: Subscription, afterMs: number): void {
    if (behaviour.kind === 'healthy') this.summary.times.restAfter.record(afterMs);
  }

  /** Others than healthy clients read in pieces of their own. */
  splitMark(client: Subscription): void {
    if (client.behaviour.kind === 'healthy') this.replaced.split(client);
  }

  malformed(client: EventReader, defect: Malformed, sample: string): void {
    const { summary } = this;
    summary.counts.malformed += 1;
    countUp(summary.malformed, defect);
    noteDefect(client, 'malformed');
    this.sample(defect, sample, ` (client ${client.index}, within its first ${client.receivedBytes} bytes)`);
    if (defect === 'unknown-field' && summary.misnamed.size === 0) countUp(summary.misnamed, misnamedSays(sample));
  }

  /** A compressor goes on, or the run ends: did it stand still in the middle of an event? */
  stopInEvent(client: EventReader): void {
    const stopMs = client.context.clock.nowMs() - client.lastByteMs;
    if (client.heldInCodingBytes === 0 || client.heldBytes === 0 || stopMs < HELD_MS) return;
    client.stopsInEvent += 1;
    client.longestStopInEventMs = Math.max(client.longestStopInEventMs, stopMs);
  }

  close(clients: readonly Subscription[]): void {
    const { counts } = this.summary;
    for (const client of clients) {
      if (client.behaviour.kind !== 'healthy') continue;
      if (client.state === 'open') this.stopInEvent(client);
      if (!isHeldByCompressor(client.stopsInEvent, client.longestStopInEventMs)) continue;
      counts.heldByCompressor += 1;
      counts.stopsInEvent += client.stopsInEvent;
    }
  }

  withoutData(type: string, lastEventId: string): void {
    const { counts, withoutDataSamples } = this.summary;
    counts.withoutData += 1;
    if (withoutDataSamples.size === 0)
      countUp(withoutDataSamples, printable(withoutDataSample(type, lastEventId), SAMPLE_BYTES));
  }

  /** A stream is over that gave no event. */
  unheard(client: EventReader, unfinished: UnfinishedBlock | null): void {
    if (unfinished === null) this.notFlushed(client);
    const mistake = unfinished === null ? null : undispatched(unfinished);
    if (unfinished === null || mistake === null) return;
    countUp(this.summary.undispatched, mistake);
    this.sample(mistake, undispatchedSample(unfinished), '');
  }

  /** An open stream that ended, and not by our doing. */
  ended(client: Subscription, cause: Cause, detail: string): void {
    if (!isUnreadable(cause, detail)) return;
    this.summary.kind(client.behaviour.kind).unreadable += 1;
    if (cause === 'http-protocol' || cause === 'decode') this.sample(cause, detail, '');
  }

  /** One of each kind: a server that sends nothing else is as well shown by one. */
  private sample(what: Malformed | Undispatched | Cause, text: string, where: string): void {
    if (this.sampled.has(what)) return;
    this.sampled.add(what);
    countUp(this.summary.malformedSamples, `${what}: ${printable(text, SAMPLE_BYTES)}${where}`);
  }

  private notFlushed({ context, openedMs, lastByteMs, heldInCodingBytes }: EventReader): void {
    if (heldInCodingBytes === 0 || context.clock.nowMs() - openedMs < NOT_FLUSHED_AFTER_MS) return;
    // Something could be read, if no event.
    if (lastByteMs > openedMs) return;
    this.summary.counts.notFlushed += 1;
    this.summary.counts.bytesNotFlushed += heldInCodingBytes;
  }
}
