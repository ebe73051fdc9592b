/** What a stream server counts: the hub's part of `/stats`, the same for the sound hub and the faulty ones. */

/** Why the hub itself removed a client. */
export const EVICTION_REASONS = ['stalled', 'unacknowledged', 'overflow'] as const;
export type EvictionReason = (typeof EVICTION_REASONS)[number];

/** Counters on the hot path: plain fields of one object. */
export interface HubCounters {
  published: number;
  /** Written to a client, history included. */
  delivered: number;
  /** Events that were not sent because the client was too far behind. */
  dropped: number;
  replayed: number;
}

export interface HubStats {
  clients: { connected: number; accepting: number; blocked: number; total: number; peak: number; refused: number };
  evicted: Record<EvictionReason, number>;
  /** Streams ended at the maximal age: a schedule, no eviction. */
  expired: number;
  queuedBytes: number;
  events: HubCounters;
}

/** One line of `/clients`. Without addresses: anybody may ask. */
export interface ClientDescription {
  id: string;
  ageMs: number;
  queuedBytes: number;
  blocked: boolean;
  lastAcceptedAgoMs: number;
  /** Bytes handed to its socket so far. */
  writtenBytes: number;
  /** The client's User-Agent, cut; empty when it sent none. */
  userAgent: string;
}

/** Which clients come first: those here longest, or those with the most waiting (then those here longest). */
export type ClientOrder = 'oldest' | 'most-queued';

/** One component of `/readyz`. */
export interface ComponentState {
  ready: boolean;
  detail: string;
}
