/**
 * Which questions of a soak its clients have heard enough to judge. The verdict asks it at the end (verdict/questions.ts,
 * which knows by what each was judged, and all other questions), and a run once a second, for those who watch it.
 */
import { type SequenceMethod, sequenceOf } from '../accounts/sequence.ts';
import type { ClientKind } from '../core/client-kinds.ts';
import type { Summary } from './summary.ts';

export const HEARD_ENOUGH = {
  connections: (summary) => summary.total('connected') > 0,
  loss: (summary) => methodOf(summary) !== 'none',
  order: (summary) => methodOf(summary) === 'pointer' || methodOf(summary) === 'ids',
  latency: ({ times }) => times.latency.count > 0,
  resuming: ({ counts }) => counts.resumptions > 0 && counts.eventsWithId > 0 && counts.apart === 0,
  completion: ({ counts }) => counts.completed > 0,
  answers: ({ counts }) => counts.answers > 0,
  sessions: ({ counts }) => counts.sessions > 0,
  'slow-clients': (summary) => connectedOf(summary, 'slow') > 0,
  eviction: ({ counts }) => counts.evictionsSeen + counts.evictionsMissed > 0,
} as const satisfies Record<string, (summary: Summary) => boolean>;

/** By what the events of a run are held to account. */
export function methodOf(summary: Pick<Summary, 'sequence'>): SequenceMethod {
  return sequenceOf(summary)?.method ?? 'none';
}

export function connectedOf({ byKind }: Pick<Summary, 'byKind'>, kind: ClientKind): number {
  return byKind.get(kind)?.connected ?? 0;
}
