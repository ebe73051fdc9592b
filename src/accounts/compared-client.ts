/** What a comparison keeps of a client, and of an event. */
import type { Content, KeyedEvent } from './event-key.ts';
import type { SequenceState } from './sequence-state.ts';

/** An event with the number it got here, good for one numbering. */
export interface ComparedEvent extends KeyedEvent {
  number: number;
  numbering: number;
}

/** What a newcomer heard and nobody else has yet. */
export interface Pending {
  key: string;
  id: string | null;
  content: Content;
  sinceMs: number;
}

export interface ComparedClient extends SequenceState {
  pending: Pending | null;
}
