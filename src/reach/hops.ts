/**
 * Where redirects lead, and with which transport, for everybody who reaches a server as a `Reach` says.
 */
import { HopResolver, type HopOptions } from './hop-resolver.ts';
import { firstHop } from './redirect.ts';
import type { Transport } from '../wire/transport.ts';
import { unconfirmed, type Confirmation } from './confirm-target.ts';
import { openTransport, proxyOf, transportSpec, type Reach, type TransportSpec } from './transport-spec.ts';

export interface HopsOptions extends Pick<HopOptions, 'start' | 'transport' | 'refuses'> {
  reach: Reach;
  /** Ends the question what another server speaks. */
  signal?: AbortSignal;
}

export function hopsFor({ reach, signal, ...options }: HopsOptions): HopResolver {
  return new HopResolver({
    ...options,
    openTransport: async (to, address) => openTransport(await transportSpec(to, address, reach, signal)),
    proxied: (to) => proxyOf(to, reach) !== null,
  });
}

/**
 * For many clients: they may not be sent to a public host that is not confirmed. @param transport the one that speaks
 * to the target
 */
export function confirmedHops(
  { url, address, transport: reach }: { url: URL; address: string; transport: TransportSpec },
  plan: Confirmation & { method: string },
  transport: Transport,
): HopResolver {
  return hopsFor({
    start: firstHop(url, plan.method, address),
    transport,
    reach,
    refuses: (to, scope) => unconfirmed(to, scope, plan),
  });
}
