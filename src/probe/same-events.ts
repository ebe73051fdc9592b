/**
 * Which event of one stream is the same as one of another: only those that came once can be told apart from themselves.
 */
import type { NotedEvent } from './noted-event.ts';

/** When each event came, by its key; those that came several times are left out. */
export function arrivalTimes(events: readonly NotedEvent[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  const repeated = new Set<string>();
  for (const { key, atMs } of events) {
    if (times.has(key)) repeated.add(key);
    times.set(key, atMs);
  }
  for (const key of repeated) times.delete(key);
  return times;
}
