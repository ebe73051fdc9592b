/** Where the number and the times of an event stand in its data, as JSON pointers (RFC 6901). */
export interface StampPointers {
  seq: string;
  scheduled: string;
  sent: string;
  /** The user said where the number is, and where the time. */
  seqGiven: boolean;
  timeGiven: boolean;
}

export const DEFAULT_POINTERS: StampPointers = {
  seq: '/seq',
  scheduled: '/scheduled',
  sent: '/sent',
  seqGiven: false,
  timeGiven: false,
};

/** From what `--seq` and `--sent-at` say. */
export function stampPointers({
  seqPointer,
  sentAtPointer,
}: {
  readonly seqPointer: string;
  readonly sentAtPointer: string;
}): StampPointers {
  const seqGiven = seqPointer !== 'auto';
  const timeGiven = sentAtPointer !== 'auto';
  return {
    seq: seqGiven ? seqPointer : DEFAULT_POINTERS.seq,
    scheduled: timeGiven ? sentAtPointer : DEFAULT_POINTERS.scheduled,
    sent: DEFAULT_POINTERS.sent,
    seqGiven,
    timeGiven,
  };
}
