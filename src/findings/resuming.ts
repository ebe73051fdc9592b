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
  return `${counted(events, 'event')} came again ${AFTER_RETURN}${such(events, id)}.`;
}

export function lateAfterReturn(events: number, id?: Quoted): string {
  return `${counted(events, 'event')} came out of order ${AFTER_RETURN}${such(events, id)}.`;
}

export const ORDER_ADVICE =
  'Send the history from the oldest event to the newest, and what is live behind it: the id that came last is the one that a client returns with.';

/** Events that were replayed under an id that they did not have before, or under none. */
export function renamedAfterReturn(events: number, id?: Quoted): string {
  return `${counted(events, 'event')} came under ${events === 1 ? 'a new id' : 'new ids'}, or none, ${AFTER_RETURN}${such(events, id, 'had the id')}.`;
}

export const RENAMED_ADVICE =
  'Keep the id of an event with it, and replay it under that: a client returns with the id that it was sent last, and knows by it what it had.';

/** @param id the id that a heartbeat gave; empty where it took the id away. @param events that were missing; or returns without an id */
export function movedByHeartbeat(id: string, events: number): string {
  if (id !== '')
    return `The id that a client returns with is a heartbeat's (${quote(id)}): ${missingAfterReturn(events)}`;
  const times = events === 0 ? 'a client that returns behind one sends' : `${counted(events, 'return')} sent`;
  return `The id is taken away by an \`id:\` without a value, as in a heartbeat: ${times} no Last-Event-ID, and what came meanwhile is lost.`;
}

export const MOVED_ADVICE =
  'Send heartbeats as a comment (`: ping`), or without `id:`: whatever carries an id becomes the place that a client returns to.';

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
  const who = `${counted(clients, 'client')} that returned with an id such as ${quote(returnedId)} heard nothing for ${formatDuration(silentMs)}`;
  return begunAnew
    ? `Ids began anew: ${who}, while a client without one was sent ${quote(freshId)}.`
    : `${who}, while clients without an id were sent events.`;
}

export const UNHEARD_ADVICE =
  'Take an id that is above the newest, or that is not known, for one of an earlier life, and send what there is; give ids an epoch that changes with each start (`LIFE-N`), or let them count on over a restart.';

export function refusedAfterReturn(detail: string, unknownId: string | null = null): string {
  const what = unknownId === null ? 'Last-Event-ID' : `a Last-Event-ID that is not known (${quote(unknownId)})`;
  return `a client that comes back with ${what} is refused: ${detail}`;
}

export const REFUSED_ADVICE =
  'Take a Last-Event-ID that is not known for none, and say so in an event; a browser gives up for good.';

function such(events: number, id: Quoted, what = 'id'): string {
  if (id === null || id === undefined || id === '') return '';
  return events === 1 ? ` (${what} ${quote(id)})` : ` (one ${what === 'id' ? 'has the id' : what} ${quote(id)})`;
}
