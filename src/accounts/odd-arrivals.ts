/** What an account notes of an event that was not the one after the client's last. */

/** Events that a client passed over: behind its Last-Event-ID, or before it had been at the head. */
export interface PassedOver {
  firstSeq: number;
  count: number;
  inResume: boolean;
  behind: boolean;
}

/** One that a client had passed over came after all; null where it lies before the account. */
export interface Late {
  seq: number;
  missedInResume: boolean | null;
  behind: boolean;
  /** In a replay. */
  isPast: boolean;
}

/** One came that a client had, or, where that is not proven, one that is later than the account goes back. */
export interface Again {
  seq: number;
  inResume: boolean;
  behind: boolean;
  isProven: boolean;
}
