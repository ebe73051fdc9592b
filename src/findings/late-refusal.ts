/** An answer that says no after a time: somebody waited for the head of the stream for so long, and no longer. */
import { formatDuration } from '../core/units.ts';
import { LEAST_LIMIT_MS } from './cuts.ts';

const WAITED_IN_VAIN: Readonly<Record<number, string>> = {
  502: '`ProxyTimeout` of Apache httpd',
  503: "Go's `http.TimeoutHandler` (after exactly its time; it holds back all that is written until then, so no stream may stand behind it), `first_byte_timeout` of Varnish, or `asyncTimeout` of Tomcat",
  504: '`proxy_read_timeout` of nginx, `timeout server` of HAProxy, `ProxyTimeout` of Apache httpd, or `timeout` of the route in Envoy',
};

/** To stand before what is advised for any answer with this status; empty where it came at once, or says something else. */
export function adviceOnLateRefusal(statusCode: number, waitedMs: number): string {
  const limits = WAITED_IN_VAIN[statusCode];
  if (limits === undefined || waitedMs < LEAST_LIMIT_MS) return '';
  return `It came after ${formatDuration(Math.round(waitedMs / 100) * 100)}, as when a time is up in which the head did not come: ${limits}. `;
}
