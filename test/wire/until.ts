import { setTimeout as delay } from 'node:timers/promises';

/** Polls, with a deadline that only a hang reaches. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  for (let waitedMs = 0; waitedMs < 20_000; waitedMs += 5) {
    if (condition()) return;
    await delay(5);
  }
  throw new Error(`waited in vain until ${what}`);
}

export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}
