import type { EventEmitter } from 'node:events';

/**
 * Emits, and lets what a listener throws end the process as an uncaught exception, not the loop that it was
 * called from: one client's farewell must not keep an event from all the others, or a socket open.
 */
export function announce<Events extends Record<keyof Events, unknown[]>, Name extends keyof Events & string>(
  emitter: EventEmitter<Events>,
  name: Name,
  ...args: Events[Name]
): void {
  try {
    (emitter as unknown as EventEmitter).emit(name, ...args);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
