/** Which client of a churning fleet is the next to leave. */
import type { Subscription } from '../../client/subscription.ts';
import type { Random } from '../../core/random.ts';

/** Any healthy one that has a stream; null where none has. */
export function pickLeaver(clients: readonly Subscription[], random: Random): Subscription | null {
  const { length } = clients;
  const first = Math.floor(random.next() * length);
  for (let step = 0; step < length; step++) {
    const client = clients[(first + step) % length] as Subscription;
    if (client.behaviour.kind === 'healthy' && client.state === 'open') return client;
  }
  return null;
}
