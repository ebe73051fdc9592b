/**
 * Clients that asked and never had a response head, entered when the run is over: those whose time was up by then come
 * back and wait again, and those that still wait are in no count of failed attempts. Some of them may not even have a
 * connection, since a server that takes no more of them leaves them to the backlog of its kernel.
 */
import type { Subscription } from '../../client/subscription.ts';
import type { TimeHistogram } from '../../measure/histogram.ts';

export function enterWithoutHead(
  clients: readonly Subscription[],
  nowMs: number,
  withoutHead: Pick<TimeHistogram, 'record'>,
): void {
  for (const client of clients) {
    // The network of one that vanishes goes before its stream begins: that was us.
    const isJudged = client.opened === 0 && client.behaviour.kind !== 'vanished';
    const waitedMs = isJudged ? waitFor(client, nowMs) : null;
    if (waitedMs !== null) withoutHead.record(waitedMs);
  }
}

function waitFor({ state, lastCause, attemptStartMs, context }: Subscription, nowMs: number): number | null {
  const timedOutMs =
    lastCause === 'headers-timeout'
      ? context.headersTimeoutMs
      : lastCause === 'connect-timeout'
        ? context.connectTimeoutMs
        : null;
  if (state !== 'requesting' && state !== 'connecting') return timedOutMs;
  return Math.max(timedOutMs ?? 0, nowMs - attemptStartMs);
}
