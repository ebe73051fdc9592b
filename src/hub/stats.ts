/** What a stream server counts: the hub's part of `/stats`, the same for the sound hub and the faulty ones. */

export const EVICTION_REASONS = ['stalled', 'unacknowledged', 'overflow'] as const;
/** Why the hub itself removed a client; see `DisconnectReason`. */
export type EvictionReason = (typeof EVICTION_REASONS)[number];

/** What became of events since the hub began. */
export interface HubCounters {
  /** Events that were published. */
  published: number;
  /** Events that were written to a client, once for each client, those that were kept for it included. */
  delivered: number;
  /** Events that were not sent to a client because it was too far behind, once for each client. */
  dropped: number;
  /** Events that were written to a client that came back for them, once for each client. */
  replayed: number;
}

/** What a hub counts since it began, and what waits now. */
export interface HubStats {
  /** The clients of the hub. */
  clients: {
    /** Clients that are here now. */
    connected: number;
    /** Clients that are here and take what is written to them. */
    accepting: number;
    /** Clients that are here and have not yet taken what was written last. */
    blocked: number;
    /** Clients that have come since the hub began. */
    total: number;
    /** Most clients that were here at once. */
    peak: number;
    /** Clients that were turned away because all places were taken. */
    refused: number;
  };
  /** Clients that the hub itself removed, by the reason. */
  evicted: Record<EvictionReason, number>;
  /** Streams that ended at the maximal age: a schedule, no eviction. */
  expired: number;
  /** Bytes that wait for all clients now. */
  queuedBytes: number;
  /** What became of events. */
  events: HubCounters;
}

/** One client, as a server may list it. Without addresses: anybody may ask. */
export interface ClientDescription {
  /** The id that the hub gave the client. */
  id: string;
  /** How long the client has been here, in milliseconds. */
  ageMs: number;
  /** Bytes that wait for the client. */
  queuedBytes: number;
  /**
   * Bytes that the client's machine had not acknowledged when the hub last looked at the kernel's table of connections;
   * null where there is no such figure: not on Linux, over HTTP/2, before the first look.
   */
  unacknowledgedBytes: number | null;
  /** Whether the client has not yet taken what was written last. */
  blocked: boolean;
  /**
   * How long the client has taken nothing of what waits for it, in milliseconds; 0 when nothing waits, or when it took
   * some between the hub's last two looks. At `evictAfterMs` the client is evicted.
   */
  noProgressMs: number;
  /** How long ago the client was last known to take what it is sent, in milliseconds. */
  lastAcceptedAgoMs: number;
  /** Bytes handed to the client's socket so far. */
  writtenBytes: number;
  /** The client's User-Agent, cut; empty when it sent none. */
  userAgent: string;
}

/**
 * Which clients come first. `oldest`: those here longest. `worst`: those that have taken nothing for the longest time, then
 * those with the most bytes queued and unacknowledged, then those here longest.
 */
export type ClientOrder = 'oldest' | 'worst';

/** Whether one component of a server works, as `/readyz` shows it. */
export interface ComponentState {
  /** Whether it works. */
  ready: boolean;
  /** A sentence that says how it works, or what is wrong. */
  detail: string;
  /** Set where the server has no such component, or it is turned off: nothing is wrong, and nothing works either. */
  off?: true;
}
