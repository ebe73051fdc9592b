/**
 * What to do about an attempt that came to no stream, by what became of it: `probe` says it of its one attempt, `soak` of
 * the cause that most of its clients met.
 */
const BY_CAUSE: Readonly<Record<string, string>> = {
  dns: 'Check the name, and the resolver of this machine: `getent hosts NAME`.',
  refused: 'Nothing listens there, or a firewall says no: check host and port, and that the server is up (`ss -ltn`).',
  'connect-timeout': 'Nobody answers: check the address, security groups and firewalls that drop packets.',
  'client-limit': 'This machine has no descriptor or port left: see `ulimit -n`.',
};

/** Under load a server that is up refuses when its backlog is full, or its descriptors are gone. */
const FULL =
  'Check the limits of server and proxy (clients, descriptors, listen backlog) against the number of clients of this run.';
const FULL_CAUSES = new Set<string>(['refused', 'connect-timeout', 'reset', 'headers-timeout', 'eof-truncated']);

/** Empty where the cause says all. @param cause one of core/causes.ts */
export function adviceOnCause(cause: string): string {
  return BY_CAUSE[cause] ?? '';
}

/** What a status other than 200 asks for. */
export function adviceOnStatus(statusCode: number): string {
  if (statusCode === 401 || statusCode === 403) return 'Say who asks: --bearer-env VARIABLE, or --header "Cookie: …".';
  if (statusCode === 404 || statusCode === 405) return 'Check path and method.';
  if (statusCode === 406)
    return 'The server wants another Accept; a stream is asked for with `Accept: text/event-stream`.';
  if (statusCode === 429 || statusCode === 503)
    return 'The server is full or limits clients: say when to come back with Retry-After; EventSource never does by itself.';
  if (statusCode >= 500) return 'The server, or a gateway in front of it, failed: look at their logs.';
  return 'A stream answers 200 with `Content-Type: text/event-stream`.';
}

/** @param cause as a soak counts it: `refused`, or `http-status: status 503` */
export function adviceUnderLoad(cause: string): string {
  const status = /^http-status: status (\d+)$/.exec(cause)?.[1];
  if (status !== undefined) return adviceOnStatus(Number(status));
  if (FULL_CAUSES.has(cause)) return FULL;
  return adviceOnCause(cause.split(':', 1)[0] ?? '') || FULL;
}
