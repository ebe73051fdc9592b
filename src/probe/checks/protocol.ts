import { formatDuration } from '../../core/units.ts';
import type { Listening } from '../listening.ts';
import { pass, skip, warn, type Check } from './check.ts';

/** One version takes so much longer that somebody should look. */
const SLOWER_MS = 1000;

/**
 * Which HTTP is spoken, and is it the same stream in both versions where both are offered? Over HTTP/1.1 a browser
 * opens six connections to one origin, all tabs together: the seventh stream hangs without an error.
 */
export const protocol: Check = {
  id: 'protocol',
  needs: 'head',
  judge({ auxiliary, contact, proxy, plan }, main) {
    const spoken = main.head?.httpVersion ?? '1.1';
    const offered = contact.handshake?.protocol ?? null;
    const evidence = { protocol: spoken === '2' ? 'h2' : `http/${spoken}`, offeredByAlpn: offered };
    if (spoken === '1.0')
      return warn(
        'HTTP/1.0: connections are not kept alive',
        evidence,
        'Make the proxy use HTTP/1.1 to the server: in nginx `proxy_http_version 1.1;`.',
      );
    const other = auxiliary.get('other');
    if (other !== undefined) return compare(main, other, evidence);
    if (plan.http1 || plan.http2 || proxy !== null) return pass(`${evidence.protocol}, as requested`, evidence);
    if (spoken === '2') return pass('HTTP/2', evidence);
    return pass(
      'HTTP/1.1: a browser opens at most six streams per origin, across all tabs',
      evidence,
      'Offer HTTP/2 over TLS: in nginx `http2 on;`.',
    );
  },
};

function compare(main: Listening, other: Listening, evidence: Record<string, unknown>): ReturnType<typeof pass> {
  const hint = 'Find out what the front end does differently for the two versions.';
  const otherEvidence = {
    ...evidence,
    other: other.head === null ? null : other.head.httpVersion,
    otherStatus: other.head?.statusCode ?? null,
  };
  if (other.head === null) {
    if (other.end === null || other.end.cause === 'closed-by-us')
      return skip('HTTP/2 works; HTTP/1.1 did not respond in time', otherEvidence);
    return warn(
      `HTTP/2 works, but HTTP/1.1 fails: ${other.end.cause}`,
      { ...otherEvidence, detail: other.end.detail },
      hint,
    );
  }
  if (!other.isStream)
    return warn(
      `HTTP/2 gets the stream, but HTTP/1.1 gets ${other.refusal?.detail ?? 'no stream'}`,
      otherEvidence,
      hint,
    );
  const mainMs = (main.headMs ?? 0) - (main.askedMs ?? 0);
  const otherMs = (other.headMs ?? 0) - (other.askedMs ?? 0);
  const times = { ...otherEvidence, headersMs: mainMs, otherHeadersMs: otherMs };
  if (Math.abs(mainMs - otherMs) > SLOWER_MS)
    return warn(
      `the response headers took ${formatDuration(mainMs)} over HTTP/2 and ${formatDuration(otherMs)} over HTTP/1.1`,
      times,
      hint,
    );
  return pass('HTTP/2, and the same stream over HTTP/1.1', times);
}
