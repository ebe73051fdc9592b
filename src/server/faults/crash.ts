/**
 * The process dies of an error that nobody listens for, most often a write to a client that has just gone
 * (better-sse#51, enisdenjo/graphql-sse#131, PeerTube#6414).
 */
import type { WrappingFault } from './fault.ts';
import { WrappedServer } from './wrapped-server.ts';

const CRASH_AFTER_MS = 5000;

class Crash extends WrappedServer {
  #timer: NodeJS.Timeout | undefined;

  override publish(event: { event?: string; data: string; id?: string }): string {
    if (this.#timer === undefined && this.inner.describeClients(1).length > 0) {
      this.#timer = setTimeout(() => {
        throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' });
      }, CRASH_AFTER_MS);
    }
    return super.publish(event);
  }

  override close(options: { graceMs: number }): Promise<void> {
    clearTimeout(this.#timer);
    return super.close(options);
  }
}

export const crash: WrappingFault = {
  summary: 'the process crashes with an uncaught error 5 s after its first event to a client',
  wrap: (inner) => new Crash(inner),
};
