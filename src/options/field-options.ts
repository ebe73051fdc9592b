import { jsonPointer } from './values/words.ts';
import type { OptionTable } from './option.ts';

/** Where the number and the time of an event stand in its data. */
export const fieldOptions = {
  seqPointer: {
    flag: 'seq',
    group: 'Judging',
    kind: jsonPointer,
    default: 'auto',
    help: 'JSON pointer to the sequence number in data; auto: a member that counts',
  },
  sentAtPointer: {
    flag: 'sent-at',
    group: 'Judging',
    kind: jsonPointer,
    default: 'auto',
    help: 'JSON pointer to the time in data; auto: a member that goes with our clock, in s, ms, µs, ns or ISO 8601',
  },
} as const satisfies OptionTable;
