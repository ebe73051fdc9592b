/**
 * How the clients of a plan open their streams: by one request, or as their profile has it.
 */
import type { Subscription, SubscriptionContext } from '../../client/subscription.ts';
import type { Clock } from '../../core/clock.ts';
import type { Summary } from '../../record/summary.ts';
import type { ProfileAccounts } from '../../protocols/profile.ts';
import { PROFILES } from '../../protocols/profiles.ts';
import type { Transport } from '../../wire/transport.ts';
import type { RequestPlan, Requests } from './requests.ts';

export interface StreamOpening extends Pick<SubscriptionContext, 'transport' | 'requestFor'> {
  /** Null where the events are a feed. */
  accounts: ProfileAccounts | null;
}

export interface StreamOpeningOptions {
  plan: RequestPlan & { clients: number };
  requests: Requests;
  /** The transport that speaks to the target. */
  transport: Transport;
  clock: Clock;
}

/** Loads what the profile needs. @returns how they are opened, once it is known where that is counted */
export async function loadStreamOpening({
  plan: { profile = 'sse', clients },
  requests,
  transport,
  clock,
}: StreamOpeningOptions): Promise<(figures: Summary) => StreamOpening> {
  const plain = (client: Subscription): ReturnType<SubscriptionContext['requestFor']> => requests.for(client);
  const { accounts: load } = PROFILES[profile];
  if (load === null) return () => ({ transport, requestFor: plain, accounts: null });
  const open = await load();
  return (figures) => {
    const accounts = open({ figures, clients, transport, ask: requests.options, nowMs: () => clock.nowMs() });
    return { transport: accounts, requestFor: (client) => accounts.requestFor(client, plain(client)), accounts };
  };
}
