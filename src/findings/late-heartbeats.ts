/** Heartbeats that came behind their promised schedule, in the words of `probe` and `soak` alike. */
import { counted, formatDuration } from '../core/units.ts';

/** @param byMs how far behind the promised period the latest of them came */
export function lateHeartbeats(late: number, byMs: number, periodMs: number): string {
  return `${counted(late, 'heartbeat')} arrived up to ${formatDuration(byMs)} late; the server announces one every ${formatDuration(periodMs)}.`;
}
