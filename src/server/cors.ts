/**
 * Which web pages of other origins may read (Fetch standard, 3.3): those whose origin was named, exactly.
 *
 * There is no `*`: with it no browser sends credentials, and an operator with a login in front would be
 * tempted to echo any origin instead. `null`, the origin of files and sandboxes, is nobody's name. Every
 * answer says `Vary: Origin`, refusals too, or a cache would give one page what was meant for another.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

const PREFLIGHT_MAX_AGE_SECONDS = 600;
const ALLOWED_HEADERS = 'Last-Event-ID, Authorization, Content-Type';

export class CrossOrigin {
  readonly #origins: ReadonlySet<string>;

  /** @param origins as a browser sends them: scheme, host, port; lower case */
  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
  }

  isAllowed(origin: string): boolean {
    return this.#origins.has(origin);
  }

  /** Adds the CORS fields to the head of the answer, whatever the answer will be. */
  admit(req: IncomingMessage, res: ServerResponse): void {
    if (this.#origins.size === 0) return;
    res.setHeader('Vary', 'Origin');
    const { origin } = req.headers;
    if (origin === undefined || !this.#origins.has(origin)) return;
    res.setHeader('Access-Control-Allow-Origin', origin);
    res.setHeader('Access-Control-Allow-Credentials', 'true');
  }

  /** The answer to OPTIONS. Without an allowed origin a browser goes no further, whatever else it says. */
  preflight(res: ServerResponse, allow: string): void {
    res.writeHead(204, {
      Allow: allow,
      'Access-Control-Allow-Methods': allow,
      'Access-Control-Allow-Headers': ALLOWED_HEADERS,
      'Access-Control-Max-Age': PREFLIGHT_MAX_AGE_SECONDS,
    });
    res.end();
  }
}
