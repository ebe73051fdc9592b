/** A backplane whose events are seen on their way to the hub: those that other servers of the feed have published too. */
import type { Backplane } from '../hub/backplane.ts';
import type { PublishedEvent } from '../hub/hub-client.ts';

/** @param onEvent told of each event after it went out, with its id */
export function watchedBackplane(
  backplane: Backplane,
  onEvent: (id: string, event: PublishedEvent) => void,
): Backplane {
  return {
    start: backplane.start,
    follow: ({ onLife, onEntry }) =>
      backplane.follow({
        onLife,
        onEntry(entry) {
          onEntry(entry);
          if (entry.event !== null) onEvent(entry.event.id ?? `${entry.life}-${entry.seq}`, entry.event);
        },
      }),
    append: (event) => backplane.append(event),
    head: () => backplane.head(),
    state: () => backplane.state(),
    close: () => backplane.close(),
  };
}
