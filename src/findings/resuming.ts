/**
 * What is said of a client that came back with `Last-Event-ID`, in the words of both commands, and what a server that does
 * not replay is held to.
 *
 * Ids alone promise nothing: a feed of the last state gives them, too. So one that goes on with its newest event, and
 * never said that it replays, gets a warning; one that replays some of what was missed and not all of it, or said that it
 * replays, loses events.
 */
import { quote } from '../core/printable.ts';
import { counted, formatDuration } from '../core/units.ts';

const AFTER_RETURN = 'after reconnecting with Last-Event-ID';

/** @param id of one of the events that a sentence is about: hostile text; null where none is known */
type Quoted = string | null | undefined;

export function missingAfterReturn(events: number, id?: Quoted): string {
  return `${counted(events, 'event')} ${events === 1 ? 'was' : 'were'} missing ${AFTER_RETURN}${such(events, id)}.`;
}

/** The same of a server that looks at no id. */
export function idIgnored(events: number): string {
  return `Last-Event-ID is ignored: events have ids, and ${missingAfterReturn(events)}`;
}

/** Events that the client had, or that came twice since. */
export function againAfterReturn(events: number, id?: Quoted): string {
  return `${counted(events, 'event')} arrived again ${AFTER_RETURN}${such(events, id)}.`;
}

export function lateAfterReturn(events: number, id?: Quoted): string {
  return `${counted(events, 'event')} arrived out of order ${AFTER_RETURN}${such(events, id)}.`;
}

export const ORDER_ADVICE =
  'Send the history from the oldest event to the newest, and live events after it: a client resumes with the id that it received last.';

/** Events that were replayed under an id that they did not have before, or under none. */
export function renamedAfterReturn(events: number, id?: Quoted): string {
  return `${counted(events, 'event')} had ${events === 1 ? 'a new id' : 'new ids'}, or none, ${AFTER_RETURN}${such(events, id, 'had the id')}.`;
}

export const RENAMED_ADVICE =
  'Store the id with each event, and replay the event with the same id: clients resume with the last id they received.';

/** @param id the id that a heartbeat gave; empty where it took the id away. @param events that were missing; or returns without an id */
export function movedByHeartbeat(id: string, events: number): string {
  if (id !== '') return `Clients resume with the id of a heartbeat (${quote(id)}): ${missingAfterReturn(events)}`;
  const times = events === 0 ? 'a client that reconnects after one sends' : `${counted(events, 'reconnection')} sent`;
  return `An \`id:\` without a value, as in a heartbeat, clears the id: ${times} no Last-Event-ID, and missed events are lost.`;
}

export const MOVED_ADVICE =
  'Send heartbeats as a comment (`: ping`), or without `id:`; clients resume after the last id they received, whatever carried it.';

export interface Unheard {
  clients: number;
  silentMs: number;
  /** The id that one of them returned with, and one that clients without an id were sent: hostile text. */
  returnedId: string;
  freshId: string;
  /** The feed stands before the id that they returned with. */
  begunAnew: boolean;
}

export function unheardAfterReturn({ clients, silentMs, returnedId, freshId, begunAnew }: Unheard): string {
  const who = `${counted(clients, 'client')} that resumed with an id such as ${quote(returnedId)} received nothing for ${formatDuration(silentMs)}`;
  return begunAnew
    ? `Ids started over: ${who}, while a client without an id received ${quote(freshId)}.`
    : `${who}, while clients without an id received events.`;
}

export const UNHEARD_ADVICE =
  'Treat an unknown id, or one above the newest, as an id from before a restart, and send the events there are; add an epoch to the ids that changes with each start (`EPOCH-N`), or continue counting after a restart.';

export function refusedAfterReturn(detail: string, unknownId: string | null = null): string {
  const what = unknownId === null ? 'Last-Event-ID' : `an unknown Last-Event-ID (${quote(unknownId)})`;
  return `a client that reconnects with ${what} is rejected: ${detail}`;
}

export const REFUSED_ADVICE =
  'Treat an unknown Last-Event-ID as if there were none, and tell the client in an event; a rejected browser does not reconnect.';

function such(events: number, id: Quoted, what = 'id'): string {
  if (id === null || id === undefined || id === '') return '';
  return events === 1 ? ` (${what} ${quote(id)})` : ` (one ${what === 'id' ? 'has the id' : what} ${quote(id)})`;
}
