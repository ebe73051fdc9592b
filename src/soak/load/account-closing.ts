/** The end of all accounts: what every client that reads should have heard by then, and has not. */
import type { EventAccounts } from '../../accounts/event-accounts.ts';
import type { EventLatency } from '../../accounts/event-latency.ts';
import type { Subscription } from '../../client/subscription.ts';
import type { TimeHistogram } from '../../measure/histogram.ts';

export interface Closing {
  clients: readonly Subscription[];
  accounts: EventAccounts;
  latency: EventLatency;
  /** The server has a schedule, so that what nobody heard is known to be late; a feed without one may have gone quiet. */
  isPlanned: boolean;
  /** Takes the longest silence of each stream that is open. */
  silence: TimeHistogram;
}

/** @param headSeq the highest number that anybody had heard when the load ended */
export function closeAccounts(
  { clients, accounts, latency, isPlanned, silence }: Closing,
  headSeq: number,
  nowMs: number,
): void {
  const mayClose = accounts.mayClose(nowMs);
  for (const client of clients) {
    if (client.behaviour.kind !== 'healthy' || client.state !== 'open' || client.completed) continue;
    const wallMs = nowMs + client.context.wallOffsetMs;
    silence.record(Math.max(client.longestSilenceMs, nowMs - client.lastByteMs));
    if (!mayClose || !accounts.isHeldToAll(client)) continue;
    const reachedSeq = accounts.schedule.reachedAll(headSeq, wallMs);
    if (client.lastSeq < reachedSeq || reachedSeq === headSeq)
      accounts.schedule.eachOverdue(client.lastSeq, { wallMs, isPlanned }, (dueMs) => latency.overdue(wallMs - dueMs));
    accounts.closeAt(client, reachedSeq);
  }
  accounts.closeSpread(mayClose);
  latency.close();
}
