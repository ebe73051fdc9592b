/**
 * Where redirects may lead the clients of a run: with which transport, and against whom they may not be sent.
 */
import { HopResolver } from './hop-resolver.ts';
import { firstHop } from './redirect.ts';
import type { Transport } from '../wire/transport.ts';
import { unconfirmed, type Confirmation } from './confirm-target.ts';
import { openTransport, proxyOf, transportSpec, type TransportSpec } from './transport-spec.ts';

/** @param transport the one that speaks to the target */
export function hopsFor(
  { url, address, transport: reach }: { url: URL; address: string; transport: TransportSpec },
  plan: Confirmation & { method: string },
  transport: Transport,
): HopResolver {
  return new HopResolver({
    start: firstHop(url, plan.method, address),
    transport,
    openTransport: async (to, at) => openTransport(await transportSpec(to, at, reach)),
    proxied: (to) => proxyOf(to, reach) !== null,
    refuses: (to, scope) => unconfirmed(to, scope, plan),
  });
}
