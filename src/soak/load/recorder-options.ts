/** What a recorder is told of the run whose events it hears. */
import type { StampPointers } from '../../accounts/stamp-pointers.ts';
import type { CompletionPlan } from './completion-watch.ts';

export interface RecorderOptions {
  /** Load processes that the clients of the run are spread over. */
  processes: number;
  /** The clients ask for a content coding. */
  codingAsked: boolean;
  /** Where the numbers and times in the events are, as far as somebody said. */
  pointers: StampPointers;
  /** Somebody vouches for the sequence numbers in the events. */
  seqTrusted: boolean;
  /** How streams end as planned; null where they have no end. */
  finite?: CompletionPlan | null;
}
