import { jsonPointer } from './values/words.ts';
import type { OptionTable } from './option.ts';

/** Where the number and the time of an event stand in its data. */
export const fieldOptions = {
  seqPointer: {
    flag: 'seq',
    group: 'Judging',
    kind: jsonPointer,
    default: 'auto',
    help: 'JSON pointer to the sequence number in the data; auto: find a member that counts up',
  },
  sentAtPointer: {
    flag: 'sent-at',
    group: 'Judging',
    kind: jsonPointer,
    default: 'auto',
    help: 'JSON pointer to the sending time in the data (s, ms, µs, ns or ISO 8601); auto: find a member close to now',
  },
} as const satisfies OptionTable;
