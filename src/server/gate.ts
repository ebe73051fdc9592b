/**
 * Who may publish and remove: holders of the token, and no web page behind a person's back. And under which names a
 * server that listens on loopback answers at all: what only this machine is to read, no page may read for its owner.
 *
 * The token comes in the `Authorization` header and nowhere else: a query ends up in logs and histories. It
 * is compared by digest in constant time, so neither its length nor its first characters can be measured.
 *
 * Without the token no page gets in, so Host and Origin are the second lock: a page that knows or guesses a
 * token must still be of an origin that was allowed (CSRF), and its name must not have been pointed at this
 * machine by its owner (DNS rebinding). A name is what rebinding needs; an IP address in `Host` is always safe.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { withoutBrackets } from '../core/host.ts';
import { isLocalhost } from '../core/loopback.ts';
import type { ErrorAnswer } from './answer.ts';

export interface GateOptions {
  /** The token that lets a request pass; null when no request may. */
  token: string | null;
  /** Allowed host names in lower case; localhost and IP addresses are always allowed. */
  allowedHosts: readonly string[];
  /** Only this machine reaches the server. */
  isLocal: boolean;
  isAllowedOrigin(origin: string): boolean;
}

const UNKNOWN_HOST: ErrorAnswer = {
  statusCode: 421,
  error: 'unknown-host',
  message: 'this server does not accept that host name (allow it with --allow-host)',
};
const BEARER = /^Bearer +([\w.~+/=-]+)$/i;

export class Gate {
  readonly #options: GateOptions;
  readonly #digest: Buffer | null;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#digest = options.token === null ? null : digest(options.token);
  }

  /** Judges the name that a request came by, whatever it asks for; null when it may pass. */
  checkName(req: IncomingMessage): ErrorAnswer | null {
    const host = hostOf(req);
    // A name without a dot is one of this network, such as that of a proxy's group of servers: no stranger owns it.
    // No browser leaves the name out, and it takes a browser to be turned against its owner.
    return !this.#options.isLocal || !nameOf(host).includes('.') || this.#isKnownHost(host) ? null : UNKNOWN_HOST;
  }

  /** Judges a request that publishes or removes; null when it may pass. */
  check(req: IncomingMessage): ErrorAnswer | null {
    if (this.#digest === null) {
      return {
        statusCode: 403,
        error: 'publishing-is-off',
        message: 'this server was started without a publish token (--publish-token-env VARIABLE, or --publish-token)',
      };
    }
    const host = hostOf(req);
    if (!this.#isKnownHost(host)) return UNKNOWN_HOST;
    const { origin } = req.headers;
    if (origin !== undefined && !this.#options.isAllowedOrigin(origin) && !isSameOrigin(origin, host)) {
      return { statusCode: 403, error: 'cross-origin', message: 'pages of that origin are not allowed to do this' };
    }
    const token = BEARER.exec(req.headers.authorization ?? '')?.[1];
    if (token === undefined || !timingSafeEqual(digest(token), this.#digest)) {
      return {
        statusCode: 401,
        error: 'unauthorized',
        message: 'the header "Authorization: Bearer TOKEN" is missing or its token is wrong',
        headers: { 'WWW-Authenticate': 'Bearer' },
      };
    }
    return null;
  }

  #isKnownHost(host: string): boolean {
    const name = nameOf(host);
    return isIP(name) !== 0 || isLocalhost(name) || this.#options.allowedHosts.includes(name);
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'latin1').digest();
}

/** The name and the port that a request came by. HTTP/2 has them in a pseudo-header (RFC 9113, 8.3.1). */
function hostOf({ headers }: IncomingMessage): string {
  const host = headers.host ?? headers[':authority'];
  return typeof host === 'string' ? host.toLowerCase() : '';
}

function nameOf(host: string): string {
  return withoutBrackets(host.replace(/:\d*$/, ''));
}

/** `null`, the origin of files and sandboxes, equals nothing. */
function isSameOrigin(origin: string, host: string): boolean {
  return origin.toLowerCase() === `http://${host}` || origin.toLowerCase() === `https://${host}`;
}
