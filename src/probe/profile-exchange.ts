/** The small exchanges that a profile needs beside its stream, within the time that it has. */
import { Exchange, type Reply } from '../protocols/exchange.ts';
import { firstHop } from '../reach/redirect.ts';
import type { SseEvent } from '../sse/handlers.ts';
import type { Transport } from '../wire/transport.ts';
import { requestBytes } from './request-spec.ts';
import type { StreamAsk } from '../protocols/profile-checks.ts';

/** The place where a request is sent, and by what. */
export interface Recipient {
  transport: Transport;
  /** Address and port of the URL's host, or what stands in for it. */
  host: string;
  port: number;
  version: string;
  nowMs: () => number;
}

/**
 * @param until the event that ends it
 * @throws {UsageError} for a request that cannot be sent
 */
export function exchange(
  recipient: Recipient,
  request: StreamAsk,
  signal: AbortSignal,
  until?: (event: SseEvent) => boolean,
): Promise<Reply> {
  const { transport, host, port, version, nowMs } = recipient;
  return new Promise((resolve, reject) => {
    const done = (reply: Reply): void => {
      signal.removeEventListener('abort', abort);
      resolve(reply);
    };
    const one = new Exchange({ nowMs, until, done });
    const abort = (): void => one.leave('time was up');
    try {
      const bytes = requestBytes({ ...request, lastEventId: '', version }, firstHop(request.url, request.method, host));
      if (signal.aborted) {
        one.leave('there was no time for it');
        return;
      }
      signal.addEventListener('abort', abort);
      one.open(transport, { host, port, bytes });
    } catch (error) {
      reject(error as Error);
    }
  });
}
