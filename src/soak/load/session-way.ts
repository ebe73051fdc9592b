/**
 * How the clients of a plan come to their streams: by one request, or through a session.
 */
import { McpSessions } from '../../protocols/mcp/mcp-sessions.ts';
import type { McpObserver } from '../../protocols/mcp/mcp-session.ts';
import type { Subscription, SubscriptionContext } from '../../client/subscription.ts';
import type { Clock } from '../../core/clock.ts';
import type { Transport } from '../../wire/transport.ts';
import type { RequestPlan, Requests } from './requests.ts';

export interface Way extends Pick<SubscriptionContext, 'transport' | 'requestFor'> {
  /** Null where there are none. */
  sessions: McpSessions | null;
}

export interface WayOptions {
  /** The one that speaks to the target. */
  transport: Transport;
  /** Takes what becomes of sessions, where there are some. */
  observer: McpObserver;
  clock: Clock;
}

export function wayOf({ profile }: RequestPlan, requests: Requests, { transport, observer, clock }: WayOptions): Way {
  const plain = (client: Subscription): ReturnType<SubscriptionContext['requestFor']> => requests.for(client);
  if (profile !== 'mcp') return { transport, requestFor: plain, sessions: null };
  const sessions = new McpSessions({ transport, observer, ask: requests.options, nowMs: () => clock.nowMs() });
  return { transport: sessions, requestFor: (client) => sessions.requestFor(client, plain(client)), sessions };
}
