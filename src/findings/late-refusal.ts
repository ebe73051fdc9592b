/**
 * An answer that says no after a time: somebody waited for the head of the stream for so long, and no longer. What `probe`
 * says of its one answer, and `soak` of all that have the same status.
 */
import { formatDuration } from '../core/units.ts';
import { LEAST_LIMIT_MS, limitToleranceMs } from './cuts.ts';

const WAITED_IN_VAIN: Readonly<Record<number, string>> = {
  408: '`TimeoutLayer` of tower-http (axum), or a middleware for time limits',
  502: '`ProxyTimeout` of Apache httpd',
  503: "Go's `http.TimeoutHandler` (after exactly its time; it buffers the whole response, so do not use it for streams), `first_byte_timeout` of Varnish, or `asyncTimeout` of Tomcat",
  504: '`proxy_read_timeout` of nginx, `timeout server` of HAProxy, `ProxyTimeout` of Apache httpd, or `timeout` of the route in Envoy',
};

export interface RefusedHeads {
  /** Answers with one status, and how long their clients waited for the head. */
  attempts: number;
  shortestMs: number;
  longestMs: number;
}

/**
 * To stand before what is advised for any answer with this status; empty where answers came at once, where their times
 * vary as those of a server under load do, or where the status says something else.
 *
 * @param ownStopMs for how long we stood still at most, and may have read a head late
 */
export function adviceOnLateRefusal(
  statusCode: number,
  { attempts, shortestMs, longestMs }: RefusedHeads,
  ownStopMs = 0,
): string {
  const limits = WAITED_IN_VAIN[statusCode];
  if (limits === undefined || shortestMs < LEAST_LIMIT_MS) return '';
  const toleranceMs = limitToleranceMs(shortestMs);
  if (longestMs - shortestMs > toleranceMs + Math.min(ownStopMs, toleranceMs)) return '';
  const who = attempts === 1 ? 'It' : `Each of ${attempts}`;
  return `${who} arrived after ${formatDuration(Math.round(shortestMs / 100) * 100)}, like a timeout while waiting for the response headers: ${limits}. `;
}
