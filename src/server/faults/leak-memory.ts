/**
 * Every event and every stream leave something behind that nobody frees: messages kept "until the client is
 * initialised" (spring-framework#33340, out of memory every few days), sessions that are never deleted
 * (UsefulSoftwareCo/executor#1684: 709 KiB each).
 *
 * How much an event leaves depends on the time since the last one, so that memory grows evenly and alike at
 * one event a second and at a thousand. It has no bound: that is the defect.
 */
import type { ServerResponse } from 'node:http';
import type { WrappingFault } from './fault.ts';
import { WrappedServer } from './wrapped-server.ts';

/** In 15 s this is twice what a sound server is allowed to keep. */
const LEAK_BYTES_PER_SECOND = 2 * 1024 * 1024;
/** More than a sound server is allowed to keep for a stream, or many clients would hide the leak. */
const LEAK_BYTES_PER_STREAM = 4 * 1024;
const MAX_LEAK_MS = 1000;

class LeakMemory extends WrappedServer {
  readonly #kept: Buffer[] = [];
  #lastPublishMs = Number.NEGATIVE_INFINITY;

  override publish(event: { event?: string; data: string; id?: string }): string {
    const nowMs = performance.now();
    const sinceMs = Math.min(MAX_LEAK_MS, nowMs - this.#lastPublishMs);
    this.#lastPublishMs = nowMs;
    this.#keep(Math.ceil((sinceMs / 1000) * LEAK_BYTES_PER_SECOND));
    return super.publish(event);
  }

  protected override streamOpened(_res: ServerResponse): void {
    this.#keep(LEAK_BYTES_PER_STREAM);
  }

  #keep(sizeBytes: number): void {
    // Written to, since pages of zeros are not resident.
    this.#kept.push(Buffer.alloc(sizeBytes, 1));
  }
}

export const leakMemory: WrappingFault = {
  summary: 'every event and every stream leaks memory, 2 MiB/s',
  wrap: (inner) => new LeakMemory(inner),
};
