/**
 * A response head that comes with the first event: what `probe` and `soak` say of it, and when it counts where each
 * connection is sent events of its own, at times of its own.
 *
 * A head that is held and a server that is slow to answer and then greets with an event look alike there. One is told from
 * the other where the wait is the period of the events that follow; a wait of a second is too long in either case.
 */
import { countedOf, formatDuration } from '../core/units.ts';
import { LATE_HEAD_MS } from './arrivals.ts';

const LONG_HEAD_MS = 900;
/** Two times are the same that differ by less than this, or this part of them: what delays one event brings the next nearer. */
const ALIKE_MS = 75;
const ALIKE_SHARE = 0.15;

const COMES = 'The response headers arrive only with the first event';

interface HeldClients {
  clients: number;
  /** Those that were looked at. */
  of: number;
  longestMs: number;
}

/** What every client waited for that asked at another time. */
export function heldForClientsSays({ clients, of, longestMs }: HeldClients): string {
  return `${COMES}: ${countedOf(clients, of, 'client')} waited for it, up to ${formatDuration(longestMs)}`;
}

export function heldForTwoSays(waitMs: number, otherMs: number): string {
  return `${COMES}: they took ${formatDuration(waitMs)} here and ${formatDuration(otherMs)} for a second client`;
}

/** Where the wait is no period: a server that takes so long for each head looks the same. */
const EITHER = 'the server waits for the event, or is slow to respond';

export function lateForClientsSays({ clients, of, longestMs }: HeldClients): string {
  return `The response headers arrived with the first event and up to ${formatDuration(longestMs)} after the request for ${countedOf(clients, of, 'client')}: ${EITHER}`;
}

export function lateForTwoSays(waitMs: number, otherMs: number): string {
  return `The response headers took ${formatDuration(waitMs)} here and ${formatDuration(otherMs)} for a second client, and arrived with the first event: ${EITHER}`;
}

export function isAlike(oneMs: number, otherMs: number): boolean {
  return Math.abs(oneMs - otherMs) <= Math.max(ALIKE_MS, ALIKE_SHARE * Math.max(oneMs, otherMs));
}

/** Too long, whatever it waited for. */
export function isLongHead(waitMs: number): boolean {
  return waitMs >= LONG_HEAD_MS;
}

/** The timer of the connection let the head go with its first event. @param periodMs from the first event to the second */
export function isPeriodOfTimer(waitMs: number, periodMs: number): boolean {
  return waitMs >= LATE_HEAD_MS && isAlike(waitMs, periodMs);
}
