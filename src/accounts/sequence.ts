/**
 * By what the events of a run were held to account, and why not where they were not.
 *
 * Each load process decides for its own clients and counts itself under what it used. Several are as good as
 * the weakest that measured anything.
 */
import type { EventExamples } from './event-examples.ts';

/** From the one that is believed most to the one that is believed least. */
const SEQUENCE_METHODS = ['pointer', 'ids', 'comparison', 'none'] as const;
export type SequenceMethod = (typeof SEQUENCE_METHODS)[number];

export const NO_SEQUENCE = {
  personal: 'events differ between clients',
  repeated: 'the same events repeat',
  'few-clients': 'fewer than three clients received the same events',
  'few-events': 'too few events arrived',
  finite: 'each stream has its own end',
} as const;

export type NoSequence = keyof typeof NO_SEQUENCE;

/** What a process found of loss, doubles and order. */
export interface Counted {
  method: Exclude<SequenceMethod, 'none'>;
  /** Events that were held to account, each once a client. */
  heard: number;
  lost: number;
  duplicated: number;
  reordered: number;
  /** The part of `reordered` that came late in a replay. */
  resumeLate: number;
  resumeLost: number;
  resumeDuplicated: number;
  /** Numbers that nobody heard: never sent, or lost for all. */
  skipped: number;
  /** Each connection counts for itself: nobody can be held to what another one heard. */
  apart: boolean;
  examples: EventExamples;
}

/** The same, or why a process cannot tell. */
export type SequenceVerdict = Counted | { method: 'none'; reason: NoSequence };

/** What a whole run used; null when no event came that could be counted. */
export interface RunSequence {
  method: SequenceMethod;
  /** Why, for each process that could not tell. */
  reasons: NoSequence[];
}

export function sequenceOf({ sequence }: { readonly sequence: ReadonlyMap<string, number> }): RunSequence | null {
  const methods = SEQUENCE_METHODS.filter((method) => method !== 'none' && sequence.has(method));
  const reasons = (Object.keys(NO_SEQUENCE) as NoSequence[]).filter((reason) => sequence.has(reason));
  if (methods.length === 0 && reasons.length === 0) return null;
  return { method: methods.at(-1) ?? 'none', reasons };
}

/**
 * Whether anything can be said of the order of events. Clients that are compared show what came to a few of them in
 * another order than to the others, and not an order that is wrong for all: that nothing was found says nothing.
 */
export function isOrderJudged(method: SequenceMethod, { reordered }: { readonly reordered: number }): boolean {
  return method === 'pointer' || method === 'ids' || (method === 'comparison' && reordered > 0);
}
