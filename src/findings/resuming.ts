/**
 * What a server that does not replay is held to, in the words of both commands.
 *
 * Ids alone promise nothing: a feed of the last state gives them, too. So one that goes on with its newest event, and
 * never said that it replays, gets a warning; one that replays some of what was missed and not all of it, or said that it
 * replays, loses events.
 */
import { counted } from '../core/units.ts';

export function missingAfterReturn(events: number): string {
  return `${counted(events, 'event')} ${events === 1 ? 'was' : 'were'} missing after reconnecting with Last-Event-ID.`;
}

/** The same of a server that looks at no id. */
export function idIgnored(events: number): string {
  return `Last-Event-ID is ignored: events have ids, and ${missingAfterReturn(events)}`;
}
